"""How long what is kept is kept. Every table has a rule; what has none goes with its owner.

Each rule names what it forgets, for how long that is kept, and how it is forgotten; they run every
night (discussions.tasks), in steps of bounded size. The privacy page says the same in words.

| what | kept |
|---|---|
| a member with names, agreements, ways to sign in, choices | until the account is closed |
| somebody who never confirmed their email | 3 days: `NEVER_CONFIRMED` |
| the content of a copy of one's data | 24 hours: `CONTENT_OF_COPIES`; that there was one: 30 days |
| which consultations a member follows | until they stop, or the account is closed |
| changes of names | 2 years, or until the account is closed |
| answers about oneself | until they are taken back or the account is closed |
| sessions | until they end, at most 2 weeks; sealed, so that nobody reads whose they are |
| counts of tries to sign in, by address | minutes to a day, until they expire |
| mails, sent or given up | 30 days; their text goes as they are sent |
| counts of posts, by member and by hashed address | until their window has passed (moderation) |
| what a report explains | 2 years from its decision, or until the reporter leaves (moderation) |
| the words of an appeal | 2 years from its answer, or until who appealed leaves (moderation) |
| text before words of it were hidden, sealed | until it is shown again or its author leaves |
| what a check found, as places in a text | until the text changes or is gone |
| warnings and limits | until the account is closed |
| reports, cases, decisions, appeals without those words; the log, which names nobody | for good |
| finished jobs, which hold ids only | 7 days |
| comments that stay, under "Former member" | the record of the consultation, for good |
| the text of a comment that a moderator hid, of a former member who lets theirs stay | the same |
| words in the frozen record of a closing, by number, also those withdrawn since | the same |
| reactions, without who gave them | the same: their counts |
| files that staff asked for | 7 days (discussions.files); that they did, and why: for good |
| what others wrote, also about somebody | the same |
| that staff did something in admin, without what it was called | for good |
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts import data_copy
from accounts.joining import forget, unconfirmed
from accounts.models import DataCopy, Mail, NameChange

_AT_ONCE = 1_000
_MOST_STEPS = 100


@dataclass(frozen=True)
class Rule:
    """`forget` forgets at most so many of what is older than the moment, and says how many."""

    what: str
    kept: timedelta
    forget: Callable[[datetime, int], int]

    def hold(self) -> int:
        """Forget all that is due, in steps, each a transaction."""
        before = timezone.now() - self.kept
        forgotten = 0
        for _step in range(_MOST_STEPS):
            with transaction.atomic():
                some = self.forget(before, _AT_ONCE)
            forgotten += some
            if some < _AT_ONCE:
                break
        return forgotten


def erase_some(rows: QuerySet[Any], most: int) -> int:
    """The first of these rows, and what goes with them."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    rows.model._base_manager.filter(pk__in=ids).delete()
    return len(ids)


def _never_confirmed(before: datetime, most: int) -> int:
    found = list(unconfirmed().filter(joined_at__lt=before).order_by("pk")[:most])
    for member in found:
        forget(member)
    return len(found)


def _content_of_copies(before: datetime, most: int) -> int:
    copies = DataCopy.objects.filter(made_at__lt=before).exclude(content="")
    ids = list(copies.values_list("pk", flat=True)[:most])
    DataCopy.objects.filter(pk__in=ids).update(content="")
    return len(ids)


def _copies(before: datetime, most: int) -> int:
    return erase_some(DataCopy.objects.filter(asked_at__lt=before), most)


def _name_changes(before: datetime, most: int) -> int:
    return erase_some(NameChange.objects.filter(changed_at__lt=before), most)


def _sessions(before: datetime, most: int) -> int:
    return erase_some(Session.objects.filter(expire_date__lt=before), most)


def _records_of_sessions(before: datetime, most: int) -> int:
    """Where and with what somebody signed in, once that session is gone."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    return erase_some(UserSession.objects.filter(~Exists(session), created_at__lt=before), most)


_CACHED = """
DELETE FROM {table} WHERE cache_key IN (
    SELECT cache_key FROM {table} WHERE expires < %s ORDER BY expires LIMIT %s)
"""


def _cached(before: datetime, most: int) -> int:
    """Django's cache erases what has expired only once the table is full."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(_CACHED.format(table=table), [before, most])
        return int(cursor.rowcount)


def _mails(before: datetime, most: int) -> int:
    """One that could not be sent cannot be sent again after this either."""
    return erase_some(Mail.objects.filter(ended_at__lt=before), most)


_JOBS = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job.id FROM procrastinate_jobs job
     WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
       AND NOT EXISTS (SELECT 1 FROM procrastinate_events event
                        WHERE event.job_id = job.id AND event.at >= %s)
     ORDER BY job.id LIMIT %s)
"""


def _finished_jobs(before: datetime, most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, [before, most])
        return int(cursor.rowcount)


NEVER_CONFIRMED = Rule("members who never confirmed", timedelta(days=3), _never_confirmed)
CONTENT_OF_COPIES = Rule("content of data copies", data_copy.LASTS, _content_of_copies)
RULES = (
    NEVER_CONFIRMED,
    CONTENT_OF_COPIES,
    Rule("data copies", timedelta(days=30), _copies),
    Rule("changes of names", timedelta(days=2 * 365), _name_changes),
    Rule("expired sessions", timedelta(0), _sessions),
    # A session is stored moments after the record of it.
    Rule("records of sessions that are gone", timedelta(hours=1), _records_of_sessions),
    Rule("expired cache", timedelta(0), _cached),
    Rule("mails that ended", timedelta(days=30), _mails),
    Rule("finished jobs", timedelta(days=7), _finished_jobs),
)
