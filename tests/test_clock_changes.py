"""Closing on the days on which London's clocks change, to the second, from the form to the commit.

The clock that decides is the database's, so here that clock is set: a function of the same name
stands before its own, on this test's connection alone. All the rest runs as ever: the pages, the
verbs, the locks, and the trigger that looks at the clock once more when a transaction commits.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from discussions import posting
from discussions.models import Comment, Consultation
from discussions.permissions import NotOpenError
from moderation.models import DateChange
from moderation.timeline import Phase, Window
from tests import cast
from tests.conftest import in_staff_session, signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = timedelta(seconds=1)
ADDRESS = f"/consultations/{cast.OPEN}/streets/"

_SET_UP = """
CREATE SCHEMA set_clock;
CREATE FUNCTION set_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    $$ SELECT current_setting('test.moment')::timestamptz $$;
SET search_path = set_clock, public, pg_catalog;
"""
_AWAY = "RESET search_path; DROP SCHEMA set_clock CASCADE"

# What is typed, and the instant it means.
CLOSINGS = {
    "spring, as the day begins": ("2026-03-29", "00:00", "2026-03-29T00:00:00Z"),
    "spring, before the jump": ("2026-03-29", "00:59:59", "2026-03-29T00:59:59Z"),
    "spring, as the jump ends": ("2026-03-29", "02:00", "2026-03-29T01:00:00Z"),
    "spring, after the jump": ("2026-03-29", "02:30", "2026-03-29T01:30:00Z"),
    "spring, as the day ends": ("2026-03-29", "23:59:59", "2026-03-29T22:59:59Z"),
    "autumn, as the day begins": ("2026-10-25", "00:00", "2026-10-24T23:00:00Z"),
    "autumn, in the hour that comes twice": ("2026-10-25", "01:30", "2026-10-25T00:30:00Z"),
    "autumn, after that hour": ("2026-10-25", "02:00", "2026-10-25T02:00:00Z"),
    "autumn, as the day ends": ("2026-10-25", "23:59:59", "2026-10-25T23:59:59Z"),
}


class SetClock:
    """Both clocks, the database's and the application's, stand at one moment."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def move_to(self, moment: datetime) -> None:
        self._traveller.move_to(moment, tick=False)
        self.move_database_to(moment)

    def move_database_to(self, moment: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('test.moment', %s, false)", [moment.isoformat()])


@pytest.fixture
def clock() -> Iterator[SetClock]:
    with connection.cursor() as cursor:
        cursor.execute(_SET_UP)
    try:
        with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False) as traveller:
            yield SetClock(traveller)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_AWAY)


def open_until(clock: SetClock, day: str, clock_time: str, closes: datetime) -> Client:
    """Staff extend it to the moment they type. Returns Ada's browser, a second before it."""
    clock.move_to(closes - timedelta(hours=20))
    now = timezone.now()
    consultation = cast.consultation()
    Consultation.objects.update(opens_at=now - timedelta(days=9), closes_at=now + 60 * SECOND)
    desk = in_staff_session(cast.desk())
    sent = {"change": "extended", "extended-reason": "More people want to say something."}
    sent |= {"extended-closes_on": day, "extended-closes_clock": clock_time}
    answer = desk.post(f"/admin/discussions/consultation/{consultation.pk}/dates/", sent)
    assert answer.status_code == 302, words(answer)
    clock.move_to(closes - SECOND)
    return signed_in(cast.ada())


def post(client: Client, body: str) -> int:
    sent = {"body": body, "form_key": str(uuid.uuid4())}
    return client.post(f"{ADDRESS}comments/", sent).status_code


@pytest.mark.parametrize("closing", CLOSINGS)
def test_closing_on_a_clock_change_day_is_exact_to_the_second(
    clock: SetClock, closing: str
) -> None:
    day, clock_time, instant = CLOSINGS[closing]
    closes = datetime.fromisoformat(instant)
    ada = open_until(clock, day, clock_time, closes)
    assert Consultation.objects.get().closes_at == closes
    assert DateChange.objects.get().closes_after == closes

    assert "Open until" in words(ada.get(ADDRESS))
    assert post(ada, "In the last second.") == 302
    clock.move_to(closes - timedelta(microseconds=1))
    assert post(ada, "In the last microsecond.") == 302
    clock.move_to(closes)
    assert post(ada, "At the very moment it closes.") == 403
    assert "This discussion is closed" in words(ada.get(ADDRESS))
    clock.move_to(closes + SECOND)
    assert post(ada, "A second too late.") == 403
    bodies = list(Comment.objects.order_by("pk").values_list("body", flat=True))
    assert bodies == ["In the last second.", "In the last microsecond."]
    assert Comment.objects.latest("pk").posted_at == closes - timedelta(microseconds=1)


@pytest.mark.parametrize("closing", ["spring, as the day ends", "autumn, as the day ends"])
def test_who_posts_in_time_but_commits_too_late_is_refused(clock: SetClock, closing: str) -> None:
    day, clock_time, instant = CLOSINGS[closing]
    closes = datetime.fromisoformat(instant)
    open_until(clock, day, clock_time, closes)
    streets, new = cast.discussion(), posting.NewComment("Begun in time.", uuid.uuid4())
    with pytest.raises(NotOpenError), posting.closing_is_told(streets), transaction.atomic():  # noqa: PT012 - the commit at its end is what raises
        posting.post_comment(streets, cast.ada(), new)
        clock.move_database_to(closes)
    assert not Comment.objects.exists()


def test_a_time_that_does_not_come_is_told_and_nothing_changes(clock: SetClock) -> None:
    clock.move_to(datetime(2026, 3, 20, 12, tzinfo=UTC))
    consultation = cast.consultation()
    sent = {"change": "extended", "extended-reason": "More time."}
    sent |= {"extended-closes_on": "2026-03-29", "extended-closes_clock": "01:30"}
    desk = in_staff_session(cast.desk())
    answer = desk.post(f"/admin/discussions/consultation/{consultation.pk}/dates/", sent)
    assert answer.status_code == 422
    told = "There is no 01:30 on 29 March 2026: London’s clocks go forward over it."
    assert told in words(answer)
    assert Consultation.objects.get().closes_at == consultation.closes_at


def test_of_an_hour_that_comes_twice_the_first_is_meant_and_everybody_reads_which(
    clock: SetClock,
) -> None:
    ada = open_until(clock, "2026-10-25", "01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert "Open until 25 October, 1:30am BST London time, in 1 minute." in words(ada.get(ADDRESS))
    clock.move_to(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert "until 25 October 2026, 1:30am BST London time." in words(ada.get(ADDRESS))


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_window_ends_at_that_instant(closing: str) -> None:
    closes = datetime.fromisoformat(CLOSINGS[closing][2])
    window = Window(closes - timedelta(days=9), closes)
    assert window.phase(closes - timedelta(microseconds=1)) is Phase.OPEN
    assert window.phase(closes) is Phase.CLOSED
