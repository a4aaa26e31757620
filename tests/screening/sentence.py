"""A sentence, and what should be found in it: the words that are meant stand in « »."""

from dataclasses import dataclass

from moderation.screening import Kind


@dataclass(frozen=True)
class Sentence:
    marked: str
    kinds: tuple[Kind, ...] = ()
    # Of the gravest finding.
    tier: int = 2
    # It is known to be misread: counted in the figures, and no failure.
    is_misread: bool = False

    @property
    def text(self) -> str:
        return self.marked.replace("«", "").replace("»", "")

    @property
    def findings(self) -> list[tuple[Kind, str]]:
        words = [part.partition("»")[0] for part in self.marked.split("«")[1:]]
        return list(zip(self.kinds, words, strict=True))


def found(kind: Kind, *marked: str, tier: int = 2) -> list[Sentence]:
    return [Sentence(each, (kind,) * each.count("«"), tier) for each in marked]


def nothing(*texts: str) -> list[Sentence]:
    return [Sentence(each) for each in texts]


def missed(kind: Kind, *marked: str) -> list[Sentence]:
    """Should be found, and is not."""
    return [Sentence(each, (kind,) * each.count("«"), is_misread=True) for each in marked]


def mistaken(*texts: str) -> list[Sentence]:
    """Should be left alone, and is not."""
    return [Sentence(each, is_misread=True) for each in texts]
