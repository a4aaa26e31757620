"""The timeline of a consultation: what happened, what happens now, what is coming up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.models import Consultation, TimelineEvent
from discussions.templatetags.talk import day, exactly
from moderation.models import DateChange
from moderation.timeline import Phase, Window

State = TimelineEvent.State
_Row = dict[str, Any]
_Days = tuple[date | None, date | None]

_STATE_OF_PHASE = {
    Phase.DRAFT: State.COMING,
    Phase.UPCOMING: State.COMING,
    Phase.OPEN: State.HAPPENING,
    Phase.CLOSED: State.HAPPENED,
}


@dataclass(frozen=True)
class Event:
    """A step. `at` is the exact moment of one that came by itself."""

    title: str
    state: State
    note: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    link: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class ShownChange:
    """A change of dates as readers see it; an end that stayed has nothing before."""

    name: str
    at: datetime
    reason: str
    opens_before: datetime | None
    opens_after: datetime | None
    closes_before: datetime | None
    closes_after: datetime | None
    discussion: str = ""


def timeline(
    consultation: Consultation,
    rows: Sequence[_Row],
    moment: datetime,
    *,
    changes: Sequence[_Row] = (),
    news: Sequence[_Row] = (),
) -> list[Event]:
    """The stored events with their states. The time of discussion, changes of its dates, news and
    the outcome come by themselves where no stored event stands for them."""
    changes = [row for row in changes if row["discussion"] is None]
    days = _days_of_discussion(consultation, changes)
    events = [_stored(consultation, row, moment, days) for row in rows]
    if not any(_is_the_discussion(row, days) for row in rows):
        events = _with(events, _discussion_time(consultation, moment))
    for step in sorted(
        [*_changes(consultation, changes), *_news(consultation, news)],
        key=lambda each: each.at or moment,
    ):
        events = _with(events, step)
    if consultation.has_outcome(moment) and consultation.outcome_published_at:
        outcome = _outcome(consultation, consultation.outcome_published_at)
        if not any(_is_the_outcome(row, outcome) for row in rows):
            events = _with(events, outcome)
    return events


def shown_changes(rows: Iterable[_Row]) -> list[ShownChange]:
    """The readers' ledger of date changes, the latest first. That it was announced is none by
    itself, and says so once."""
    rows = list(rows)
    announced = DateChange.Kind.PUBLISHED
    if all(row["kind"] == announced for row in rows):
        return []
    return [
        ShownChange(
            name=str(DateChange.Kind(row["kind"]).label),
            at=datetime.fromisoformat(row["at"]),
            reason="" if row["kind"] == announced else row["reason"],
            opens_before=_before(row, "opens"),
            opens_after=_after(row, "opens"),
            closes_before=_before(row, "closes"),
            closes_after=_after(row, "closes"),
            discussion=row["discussion"] or "",
        )
        for row in rows
    ]


def _days_of_discussion(consultation: Consultation, changes: Iterable[_Row]) -> set[_Days]:
    """The days it has, and those it had: a stored event of any of these stands for it."""
    windows = [consultation.window]
    windows += [
        Window(_moment(row["opens_before"]), _moment(row["closes_before"])) for row in changes
    ]
    return {_days(window) for window in windows if window.opens_at and window.closes_at}


def _is_the_discussion(row: _Row, days: set[_Days]) -> bool:
    return row["is_the_discussion"] or (_date(row["starts_on"]), _date(row["ends_on"])) in days


def _stored(consultation: Consultation, row: _Row, moment: datetime, days: set[_Days]) -> Event:
    starts_on, ends_on = _date(row["starts_on"]), _date(row["ends_on"])
    note, state = row["note"], State(row["stated"] or State.HAPPENED)
    if starts_on is not None:
        state = _state_on(localdate(moment), starts_on, ends_on or starts_on)
    if _is_the_discussion(row, days):
        if consultation.responses:
            told = responded_times(consultation.responses)
            note = f"{note} {told}".strip() + ("." if note else "")
        if starts_on is None or (starts_on, ends_on) in days:
            # Its dates may have been changed since the event was written down.
            state = _STATE_OF_PHASE[consultation.phase(moment)]
            starts_on, ends_on = _days(consultation.window) if starts_on else (None, None)
    return Event(row["title"], state, note, starts_on, ends_on, row["link"])


def _state_on(today: date, first: date, last: date) -> State:
    if today < first:
        return State.COMING
    return State.HAPPENING if today <= last else State.HAPPENED


def _discussion_time(consultation: Consultation, moment: datetime) -> Event:
    starts_on, ends_on = _days(consultation.window)
    return Event(
        title=_("Londoners have their say"),
        state=_STATE_OF_PHASE[consultation.phase(moment)],
        note=_discussion_note(consultation, moment),
        starts_on=starts_on,
        ends_on=ends_on,
        link=f"{consultation.get_absolute_url()}#discussions",
    )


def _discussion_note(consultation: Consultation, moment: datetime) -> str:
    """When it opens and closes, to the minute, and how many have their say."""
    window = consultation.window
    ends = (
        (window.opens_at, _("Opens %(when)s."), _("Opened %(when)s.")),
        (window.closes_at, _("Closes %(when)s."), _("Closed %(when)s.")),
    )
    said = [
        (ahead if at > moment else past) % {"when": exactly(at)} for at, ahead, past in ends if at
    ]
    if consultation.responses:
        said.append(f"{responded_times(consultation.responses)}.")
    return " ".join(said)


def responded_times(responses: int) -> str:
    return ngettext(
        "Londoners have responded %(times)s time",
        "Londoners have responded %(times)s times",
        responses,
    ) % {"times": f"{responses:,}"}


_CHANGED: dict[str, Callable[[str, str], str]] = {
    DateChange.Kind.MOVED: lambda opens, closes: (
        _("Dates moved: %(days)s") % {"days": opens if opens == closes else f"{opens} – {closes}"}
    ),
    DateChange.Kind.OPENED: lambda _opens, _closes: _("Opened early"),
    DateChange.Kind.EXTENDED: lambda _opens, closes: _("Extended to %(day)s") % {"day": closes},
    DateChange.Kind.CLOSED: lambda _opens, _closes: _("Closed early"),
    DateChange.Kind.REOPENED: lambda _opens, closes: (
        _("Opened again, until %(day)s") % {"day": closes}
    ),
}


def _changes(consultation: Consultation, rows: Iterable[_Row]) -> list[Event]:
    """Not that it was announced: a step of its timeline is when people can have their say."""
    link = f"{consultation.get_absolute_url()}#date-changes"
    return [
        _past(
            _CHANGED[row["kind"]](_day(row["opens_after"]), _day(row["closes_after"])),
            datetime.fromisoformat(row["at"]),
            link,
        )
        for row in rows
        if row["kind"] in _CHANGED
    ]


def _news(consultation: Consultation, rows: Iterable[_Row]) -> list[Event]:
    page = consultation.get_absolute_url()
    return [
        _past(
            row["title"], datetime.fromisoformat(row["published_at"]), f"{page}#update-{row['id']}"
        )
        for row in rows
    ]


def _outcome(consultation: Consultation, at: datetime) -> Event:
    title = _("What we heard, what we did, what we did not do and why")
    return _past(title, at, f"{consultation.get_absolute_url()}#outcome")


def _is_the_outcome(row: _Row, outcome: Event) -> bool:
    """A stored event stands for it if it leads there, or has its day and its title."""
    if row["link"].endswith("#outcome"):
        return True
    return (_date(row["starts_on"]), row["title"]) == (outcome.starts_on, outcome.title)


def _past(title: str, at: datetime, link: str) -> Event:
    return Event(title, State.HAPPENED, starts_on=localdate(at), link=link, at=at)


def _with(events: list[Event], new: Event) -> list[Event]:
    """Put in before the first event that starts later; undated ones keep their place."""
    for index, event in enumerate(events):
        if event.starts_on and new.starts_on and event.starts_on > new.starts_on:
            return [*events[:index], new, *events[index:]]
    return [*events, new]


def _days(window: Window) -> _Days:
    opens, closes = window.opens_at, window.closes_at
    return (localdate(opens) if opens else None, localdate(closes) if closes else None)


def _day(text: str | None) -> str:
    return day(datetime.fromisoformat(text)) if text else ""


def _before(row: _Row, end: str) -> datetime | None:
    """None where this end stayed as it was."""
    before, after = row[f"{end}_before"], row[f"{end}_after"]
    return _moment(before) if before != after else None


def _after(row: _Row, end: str) -> datetime | None:
    before, after = row[f"{end}_before"], row[f"{end}_after"]
    return _moment(after) if before != after else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
