"""The demo: three consultations of our own invention, moved to around today, and its sign-ins.

The files are of the exchange format, written as if it were WRITTEN_FOR.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.timezone import localdate, localtime, make_aware

from accounts.demo import make_sign_ins
from accounts.models import Member
from discussions.demo import moderated, pictures, running
from discussions.exchange.importing import import_consultation
from discussions.exchange.schema import read_content
from discussions.models import Comment, Consultation, Participant, TimelineEvent
from moderation.timeline import Phase

WRITTEN_FOR = datetime(2025, 6, 16, 12, tzinfo=UTC)
OPEN, UPCOMING, CLOSED = "neighbourhood-policing", "phones-and-bikes", "safer-journeys"

_FOLDER = Path(__file__).resolve().parent


def load(tell: Callable[[str], object]) -> None:
    """Make what is missing of the demo, and keep the open and the upcoming one so.

    Raises accounts.demo.NotLocalError outside local use.
    """
    with transaction.atomic():
        _wait_for_others()
        members = make_sign_ins()
        for slug in (CLOSED, UPCOMING, OPEN):
            if not Consultation.objects.filter(slug=slug).exists():
                _load(slug, tell)
        for role in ("host", "member"):
            _sign_in_as_themselves(members[role])
        moderated.give_roles(members)
        running.give_roles(members)
        moderated.make_cases(OPEN, members)
        _keep_in_time(timezone.now())


def _load(slug: str, tell: Callable[[str], object]) -> None:
    content = json.loads((_FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    weeks = (timezone.now() - WRITTEN_FOR) // timedelta(weeks=1)  # the texts name days of the week
    consultation = read_content(_moved(content, days=7 * weeks))
    report = import_consultation(consultation)
    pictures.draw(report.consultation)
    tell(f"Demo: {report.consultation.title}, with {report.comments_added} comments")


def _moved(content: Any, days: int) -> Any:  # noqa: ANN401 - a tree of JSON
    """The content with every date and moment this many days later, at the same hour in London."""
    if isinstance(content, dict):
        return {
            key: _later(value, days)
            if key.endswith(("_at", "_on")) or key == "on"
            else _moved(value, days)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [_moved(each, days) for each in content]
    return content


def _later(text: str, days: int) -> str:
    if len(text) == len("2025-06-16"):
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    in_london = localtime(datetime.fromisoformat(text))
    return make_aware(in_london.replace(tzinfo=None) + timedelta(days=days)).isoformat()


def _sign_in_as_themselves(member: Member) -> None:
    """Who is in the open consultation under this name is this member."""
    Participant.objects.filter(
        consultation__slug=OPEN, name=member.display_name, member=None
    ).update(member=member)


def _keep_in_time(moment: datetime) -> None:
    """A demo that has run for weeks still has something to take part in and to look forward to."""
    opened = Consultation.objects.get(slug=OPEN)
    if opened.phase(moment) is Phase.CLOSED:
        _postpone(opened, opened.closes_at, moment)
    upcoming = Consultation.objects.get(slug=UPCOMING)
    is_untouched = not Comment.objects.filter(discussion__consultation=upcoming).exists()
    if upcoming.phase(moment) is not Phase.UPCOMING and is_untouched:
        _postpone(upcoming, upcoming.opens_at, moment)


def _postpone(consultation: Consultation, since: datetime | None, moment: datetime) -> None:
    """Move all that is to happen from then on, by whole weeks, until it is ahead again."""
    if since is None:
        return
    weeks = (moment - since) // timedelta(weeks=1) + 2
    for name in ("opens_at", "closes_at"):
        if getattr(consultation, name) >= since:
            later = _later(getattr(consultation, name).isoformat(), 7 * weeks)
            setattr(consultation, name, datetime.fromisoformat(later))
    consultation.save(update_fields=["opens_at", "closes_at"])
    for event in TimelineEvent.objects.filter(consultation=consultation):
        for name in ("starts_on", "ends_on"):
            day = getattr(event, name)
            if day is not None and day >= localdate(since):
                setattr(event, name, day + timedelta(weeks=weeks))
        event.save(update_fields=["starts_on", "ends_on"])


def _wait_for_others() -> None:
    """Two who start at once make one demo."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('talk-london-demo'))")
