"""When people may take part: a window of time and its phase at a moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    DRAFT = "draft"
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Window:
    """From opens_at up to, not including, closes_at. A missing end is no limit on that side."""

    opens_at: datetime | None
    closes_at: datetime | None
    published: bool = True

    def within(self, outer: "Window") -> "Window":
        """The part of this window that lies inside the outer one."""
        opens = [each for each in (self.opens_at, outer.opens_at) if each]
        closes = [each for each in (self.closes_at, outer.closes_at) if each]
        return Window(
            opens_at=max(opens, default=None),
            closes_at=min(closes, default=None),
            published=self.published and outer.published,
        )

    def phase(self, at: datetime) -> Phase:
        if not self.published:
            return Phase.DRAFT
        if self.closes_at is not None and at >= self.closes_at:
            return Phase.CLOSED
        if self.opens_at is not None and at < self.opens_at:
            return Phase.UPCOMING
        return Phase.OPEN

    def accepts(self, at: datetime) -> bool:
        """Whether a comment may be accepted at this moment, which the database's clock tells."""
        return self.phase(at) is Phase.OPEN
