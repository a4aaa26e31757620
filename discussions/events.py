"""The timeline of a consultation: what happened, what happens now, what is coming up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.models import Consultation, TimelineEvent
from moderation.timeline import Phase

State = TimelineEvent.State

_STATE_OF_PHASE = {
    Phase.DRAFT: State.COMING,
    Phase.UPCOMING: State.COMING,
    Phase.OPEN: State.HAPPENING,
    Phase.CLOSED: State.HAPPENED,
}


@dataclass(frozen=True)
class Event:
    title: str
    state: State
    note: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


def timeline(
    consultation: Consultation, rows: Sequence[dict[str, Any]], moment: datetime
) -> list[Event]:
    """The stored events with their states; the time of discussion and the outcome come by
    themselves where no stored event stands for them."""
    today = timezone.localdate(moment)
    events = [_stored(consultation, row, moment, today) for row in rows]
    if not any(_is_the_discussion(consultation, row) for row in rows):
        events = _with(events, _discussion_time(consultation, moment))
    if consultation.has_outcome(moment) and consultation.outcome_published_at:
        published_on = timezone.localdate(consultation.outcome_published_at)
        title = _("What we heard, and what we are doing about it")
        if not any(event.starts_on == published_on for event in events):
            events = _with(events, Event(title, State.HAPPENED, starts_on=published_on))
    return events


def _is_the_discussion(consultation: Consultation, row: dict[str, Any]) -> bool:
    """Marked as such, or of the same days as the consultation."""
    if row["is_the_discussion"] or consultation.opens_at is None or consultation.closes_at is None:
        return bool(row["is_the_discussion"])
    first, last = (
        timezone.localdate(consultation.opens_at),
        timezone.localdate(consultation.closes_at),
    )
    return (_date(row["starts_on"]), _date(row["ends_on"])) == (first, last)


def _stored(
    consultation: Consultation, row: dict[str, Any], moment: datetime, today: date
) -> Event:
    starts_on, ends_on = _date(row["starts_on"]), _date(row["ends_on"])
    note = row["note"]
    if _is_the_discussion(consultation, row) and consultation.responses:
        note = f"{note} {responded_times(consultation.responses)}".strip() + ("." if note else "")
    state = State(row["stated"]) if row["stated"] else State.HAPPENED
    if starts_on is not None:
        state = _state_on(today, starts_on, ends_on or starts_on)
    elif row["is_the_discussion"]:
        state = _STATE_OF_PHASE[consultation.phase(moment)]
    return Event(row["title"], state, note, starts_on, ends_on)


def _state_on(today: date, first: date, last: date) -> State:
    if today < first:
        return State.COMING
    return State.HAPPENING if today <= last else State.HAPPENED


def _discussion_time(consultation: Consultation, moment: datetime) -> Event:
    phase = consultation.phase(moment)
    return Event(
        title=_("Londoners have their say"),
        state=_STATE_OF_PHASE[phase],
        note=responded_times(consultation.responses) if consultation.responses else "",
        starts_on=timezone.localdate(consultation.opens_at) if consultation.opens_at else None,
        ends_on=timezone.localdate(consultation.closes_at) if consultation.closes_at else None,
    )


def responded_times(responses: int) -> str:
    return ngettext(
        "Londoners have responded %(times)s time",
        "Londoners have responded %(times)s times",
        responses,
    ) % {"times": f"{responses:,}"}


def _with(events: list[Event], new: Event) -> list[Event]:
    """Put in before the first event that starts later; undated ones keep their place."""
    for index, event in enumerate(events):
        if event.starts_on and new.starts_on and event.starts_on > new.starts_on:
            return [*events[:index], new, *events[index:]]
    return [*events, new]


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
