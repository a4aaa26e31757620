"""When people may take part: a window of time, its phase at a moment, and how it may change."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

FURTHEST = timedelta(days=3 * 366)


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


class Verb(StrEnum):
    """What staff do to dates, named as the readers' ledger has it (models.DateChange.Kind)."""

    MOVE = "moved"
    OPEN_NOW = "opened"
    EXTEND = "extended"
    CLOSE_NOW = "closed"
    REOPEN = "reopened"


_POSSIBLE: dict[Phase, tuple[Verb, ...]] = {
    Phase.DRAFT: (),
    Phase.UPCOMING: (Verb.MOVE, Verb.OPEN_NOW),
    Phase.OPEN: (Verb.EXTEND, Verb.CLOSE_NOW),
    Phase.CLOSED: (Verb.REOPEN,),
}


class DatesRefusedError(Exception):
    """Its text is a sentence for whoever asked for the change."""


def check_not_far(at: datetime, *ends: datetime | None) -> None:
    """Of dates that somebody sets now: a slip of the keyboard shall not last for centuries. Raises
    DatesRefusedError."""
    if any(end is not None and abs(end - at) > FURTHEST for end in ends):
        raise DatesRefusedError(_("Choose a date that is no more than 3 years from today."))


def possible_verbs(window: Window, at: datetime) -> tuple[Verb, ...]:
    """What can be done to the dates at this moment."""
    return _POSSIBLE[window.phase(at)]


def changed(
    window: Window,
    verb: Verb,
    at: datetime,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Window:
    """The window once this was done to it, at this moment. MOVE needs both ends; EXTEND and REOPEN
    the new closing; what is done now needs neither. Raises DatesRefusedError."""
    phase = window.phase(at)
    if verb not in _POSSIBLE[phase]:
        raise DatesRefusedError(_not_now(verb, phase))
    match verb:
        case Verb.OPEN_NOW:
            return replace(window, opens_at=at)
        case Verb.CLOSE_NOW:
            return replace(window, closes_at=at)
        case Verb.EXTEND | Verb.REOPEN:
            return replace(window, closes_at=_closing(window, verb, at, closes_at))
        case Verb.MOVE:
            return _moved(window, at, opens_at, closes_at)


def rescheduled(own: Window, outer: Window, at: datetime, wanted: Window) -> Window:
    """What a part's own dates become within the outer ones; an end without a date goes with them.

    What has opened stays open at least until now, and what has closed stays closed. Raises
    DatesRefusedError.
    """
    phase = own.within(outer).phase(at)
    if phase is Phase.DRAFT:
        raise DatesRefusedError(_not_now(Verb.MOVE, phase))
    if phase is Phase.CLOSED:
        raise DatesRefusedError(_("It has closed. Only the whole consultation can be reopened."))
    if wanted == own:
        raise DatesRefusedError(_("These are its dates already."))
    inner = wanted.within(outer)
    _check_lies_within(wanted, inner)
    if inner.closes_at is not None and inner.closes_at <= at:
        raise DatesRefusedError(_("The new closing has to be in the future."))
    if wanted.opens_at != own.opens_at:
        _check_may_open_otherwise(inner, phase, at)
    check_not_far(at, *_new_ends(own, wanted))
    return wanted


def _new_ends(before: Window, wanted: Window) -> list[datetime | None]:
    ends = ((before.opens_at, wanted.opens_at), (before.closes_at, wanted.closes_at))
    return [new for old, new in ends if new != old]


def _check_lies_within(wanted: Window, inner: Window) -> None:
    """`inner` is what is left of the wanted dates within those of the whole."""
    for end, left in ((wanted.opens_at, inner.opens_at), (wanted.closes_at, inner.closes_at)):
        if end is not None and end != left:
            raise DatesRefusedError(_("It has to lie within the dates of the consultation."))
    if inner.opens_at and inner.closes_at and inner.closes_at <= inner.opens_at:
        raise DatesRefusedError(_("It has to close after it opens."))


def _check_may_open_otherwise(inner: Window, phase: Phase, at: datetime) -> None:
    if phase is Phase.OPEN:
        raise DatesRefusedError(_("It has opened: when it did cannot be changed."))
    if inner.opens_at is not None and inner.opens_at <= at:
        raise DatesRefusedError(_("The new opening has to be in the future."))


def _closing(window: Window, verb: Verb, at: datetime, closes_at: datetime | None) -> datetime:
    if closes_at is None:
        raise DatesRefusedError(_("Say when it closes."))
    if closes_at <= at:
        raise DatesRefusedError(_("The new closing has to be in the future."))
    check_not_far(at, closes_at)
    if verb is Verb.EXTEND and window.closes_at is not None and closes_at <= window.closes_at:
        raise DatesRefusedError(
            _("The new closing has to be later than the present one. To end earlier, close it.")
        )
    return closes_at


def _moved(
    window: Window, at: datetime, opens_at: datetime | None, closes_at: datetime | None
) -> Window:
    if opens_at is None or closes_at is None:
        raise DatesRefusedError(_("Say when it opens and when it closes."))
    if opens_at <= at:
        raise DatesRefusedError(_("The new opening has to be in the future. Or open it now."))
    if closes_at <= opens_at:
        raise DatesRefusedError(_("It has to close after it opens."))
    if (opens_at, closes_at) == (window.opens_at, window.closes_at):
        raise DatesRefusedError(_("These are its dates already."))
    check_not_far(at, opens_at, closes_at)
    return replace(window, opens_at=opens_at, closes_at=closes_at)


def _not_now(verb: Verb, phase: Phase) -> str:
    if phase is Phase.DRAFT:
        return _("It is a draft: its dates can be changed freely until it is published.")
    if phase is Phase.CLOSED:
        return _("It has closed. It can only be opened again.")
    if phase is Phase.OPEN:
        return _("It is open. It can only be extended or closed.")
    if verb is Verb.CLOSE_NOW:
        return _("It has not opened, so there is nothing to close. Its dates can be moved.")
    return _("It has not opened yet. Its dates can be moved, or it can be opened now.")
