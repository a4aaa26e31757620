"""Where a page of comments ended, as an address says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cursor:
    """What a page showed last: its id, the count it was ranked by, and the discussion's newest
    comment when the first page was read (0 where the order does not need them)."""

    pk: int
    rank: int = 0
    as_of: int = 0

    def __str__(self) -> str:
        return f"{self.pk}.{self.rank}.{self.as_of}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """None for anything that is not a cursor: the reader then gets the first page."""
        parts = text.split(".")
        if len(parts) != 3 or not all(is_id(part) for part in parts):
            return None
        return cls(*(int(part) for part in parts))


def is_id(text: str) -> bool:
    """Whether a text from an address can be an id."""
    return text.isascii() and text.isdigit() and len(text) <= 18
