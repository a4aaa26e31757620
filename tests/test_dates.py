"""A28, A30: opening, closing, extending, moving: by verbs, by the clock, and what readers see."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from discussions import dates, posting, preparing, tasks
from discussions.models import Announcement, Comment, Consultation, Discussion, Record, Update
from discussions.permissions import NotOpenError
from discussions.templatetags.talk import day
from moderation.models import DateChange
from moderation.timeline import DatesRefusedError, Phase
from tests import cast, prepared
from tests.conftest import in_staff_session, signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

WHY = "Too few people have heard of it."
DAY = timedelta(days=1)


def reread(slug: str = cast.OPEN) -> Consultation:
    found: Consultation = Consultation.objects.get(slug=slug)
    return found


def closing(consultation: Consultation) -> datetime:
    assert consultation.closes_at is not None
    return consultation.closes_at


def told(slug: str = cast.OPEN) -> list[str]:
    """What followers are told, the oldest first."""
    found = Announcement.objects.filter(consultation__slug=slug).order_by("pk")
    return list(found.values_list("kind", flat=True))


def room(consultation: Consultation) -> str:
    return f"/admin/discussions/consultation/{consultation.pk}/dates/"


def page(slug: str = cast.OPEN) -> str:
    return words(Client().get(f"/consultations/{slug}/"))


def test_open_now_opens_it_with_its_discussions_and_tells_followers() -> None:
    upcoming = cast.consultation(cast.UPCOMING)
    Discussion.objects.update(opens_at=upcoming.opens_at)
    change = dates.open_now(upcoming, cast.desk(), WHY)
    after = reread(cast.UPCOMING)
    assert after.phase(posting.database_moment()) is Phase.OPEN
    assert after.opens_at == change.at == change.opens_after
    assert Discussion.objects.get().opens_at == change.at
    assert told(cast.UPCOMING) == ["opened"]
    cast.comment(cast.ada(), where=cast.discussion(cast.UPCOMING))


def test_close_now_closes_it_and_has_its_record_made() -> None:
    consultation = cast.consultation()
    change = dates.close_now(consultation, cast.desk(), WHY)
    assert (change.kind, change.reason, change.by) == ("closed", WHY, cast.desk())
    assert reread().closes_at == change.at
    assert told() == ["closed"]
    assert Record.objects.get().closed_at == change.at
    with pytest.raises(NotOpenError):
        cast.comment(cast.ada(), where=cast.discussion())


def test_extending_moves_the_discussions_that_ended_with_it_and_no_others() -> None:
    consultation = cast.consultation()
    with_it = Discussion.objects.get()
    own_end = closing(consultation) - DAY
    other = Discussion.objects.create(
        consultation=consultation, slug="parks", title="Parks", closes_at=own_end
    )
    Discussion.objects.filter(pk=with_it.pk).update(closes_at=consultation.closes_at)
    later = closing(consultation) + 14 * DAY
    change = dates.extend(consultation, cast.desk(), WHY, later)
    assert (reread().closes_at, change.closes_after) == (later, later)
    ends = dict(Discussion.objects.values_list("pk", "closes_at"))
    assert ends == {with_it.pk: later, other.pk: own_end}
    assert told() == ["dates"]
    assert Announcement.objects.get().change == change


def test_moving_to_earlier_takes_a_discussion_of_the_same_dates_along() -> None:
    upcoming = cast.consultation(cast.UPCOMING)
    Discussion.objects.update(opens_at=upcoming.opens_at, closes_at=upcoming.closes_at)
    opens, closes = timezone.now() + DAY, timezone.now() + 2 * DAY
    dates.move(upcoming, cast.desk(), WHY, opens, closes)
    streets = Discussion.objects.get()
    assert (streets.opens_at, streets.closes_at) == (opens, closes)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_no_change_without_a_reason(reason: str) -> None:
    consultation = cast.consultation()
    with pytest.raises(DatesRefusedError):
        dates.close_now(consultation, cast.desk(), reason)
    assert not DateChange.objects.exists()


def test_what_is_archived_stays_as_it_is() -> None:
    closed = cast.consultation(cast.CLOSED)
    now = timezone.now()
    Consultation.objects.update(outcome_published_at=now, archived_at=now)
    with pytest.raises(DatesRefusedError, match="archived"):
        dates.reopen(closed, cast.desk(), WHY, now + DAY, confirmed_by=cast.deputy())
    answer = in_staff_session(cast.desk()).get(room(closed))
    assert "It is archived" in words(answer)
    assert "Open again" not in words(answer)


def test_what_comes_by_date_is_told_once_and_not_what_is_old_news() -> None:
    consultation, upcoming = cast.consultation(), cast.consultation(cast.UPCOMING)
    now = posting.database_moment()
    Consultation.objects.filter(pk=consultation.pk).update(closes_at=now - timedelta(minutes=1))
    Consultation.objects.filter(pk=upcoming.pk).update(opens_at=now - timedelta(minutes=1))
    cast.consultation(cast.CLOSED)
    cast.consultation(cast.DRAFT)
    for _minute in range(3):
        tasks.tell_what_happened(0)
    assert told() == ["closed"]
    assert told(cast.UPCOMING) == ["opened"]
    assert Announcement.objects.count() == 2
    assert [each.consultation for each in Record.objects.all()] == [consultation]


def test_closing_by_hand_is_told_once_and_not_by_the_clock_as_well() -> None:
    dates.close_now(cast.consultation(), cast.desk(), WHY)
    dates.tell_what_happened(posting.database_moment())
    assert told() == ["closed"]


def test_what_had_opened_before_it_was_published_is_not_announced() -> None:
    consultation = cast.consultation()
    now = posting.database_moment()
    Consultation.objects.update(opens_at=now - timedelta(hours=2), published_at=now)
    dates.tell_what_happened(posting.database_moment())
    assert told() == []
    assert consultation.pk


def test_a_form_opened_before_it_was_closed_gets_a_sentence_and_its_text_back() -> None:
    """A28."""
    client, consultation = signed_in(cast.ada()), cast.consultation()
    address = f"/consultations/{cast.OPEN}/streets/"
    assert "<textarea" in client.get(address).text
    dates.close_now(consultation, cast.desk(), WHY)
    text = "I was still writing\nwhen it closed."
    answer = client.post(f"{address}comments/", {"body": text, "form_key": str(uuid.uuid4())})
    assert answer.status_code == 403
    assert "This discussion has closed, so nothing more can be posted or changed." in words(answer)
    assert text in answer.text
    assert not Comment.objects.exists()


def test_a_form_opened_before_it_was_extended_is_posted_after_the_old_closing() -> None:
    """A30."""
    consultation = cast.consultation()
    Consultation.objects.update(closes_at=posting.database_moment() + timedelta(seconds=1.2))
    client = signed_in(cast.ada())
    address = f"/consultations/{cast.OPEN}/streets/"
    client.get(address)
    old = closing(reread())
    dates.extend(consultation, cast.desk(), WHY, old + DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep_until(%s)", [old])
    key = str(uuid.uuid4())
    answer = client.post(f"{address}comments/", {"body": "In time after all.", "form_key": key})
    assert answer.status_code == 302
    assert Comment.objects.get().posted_at > old


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_post_while_it_is_closed_each_is_in_time_or_told() -> None:
    """A30: nothing is stored after the closing, nothing that was accepted is lost."""
    consultation, streets = cast.consultation(), cast.discussion()
    desk, racers = cast.desk(), [cast.member(f"Racer {number}") for number in range(20)]
    barrier = threading.Barrier(len(racers) + 1)
    results: list[Comment | NotOpenError] = []

    def post(number: int) -> None:
        new = posting.NewComment(f"More light, says number {number}.", uuid.uuid4())
        barrier.wait()
        try:
            results.append(posting.post_comment(streets, racers[number], new))
        except NotOpenError as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[number]) for number in range(len(racers))]
    for thread in threads:
        thread.start()
    barrier.wait()
    change = dates.close_now(consultation, desk, WHY)
    for thread in threads:
        thread.join()
    accepted = [each for each in results if isinstance(each, Comment)]
    assert len(results) == len(racers)
    assert set(Comment.objects.all()) == set(accepted)
    assert all(each.posted_at < change.at for each in accepted)
    assert reread().responses == len(accepted)
    assert reread().closes_at == change.at


def test_the_room_offers_what_is_possible_and_does_it() -> None:
    consultation, client = cast.consultation(), in_staff_session(cast.desk())
    shown = words(client.get(room(consultation)))
    assert "Extend" in shown
    assert "Close now" in shown
    assert "Open now" not in shown
    sent = {"change": "extended", "extended-reason": WHY}
    later = timezone.localtime(closing(consultation)) + 7 * DAY
    sent |= {"extended-closes_on": f"{later:%Y-%m-%d}", "extended-closes_clock": "23:59:59"}
    answer = client.post(room(consultation), sent, follow=True)
    assert "It is extended." in words(answer)
    stored = timezone.localtime(reread().closes_at)
    assert (stored.date(), f"{stored:%H:%M:%S}") == (later.date(), "23:59:59")
    assert WHY in words(answer)


def test_the_room_says_what_is_wrong_and_keeps_what_was_typed() -> None:
    consultation, client = cast.consultation(), in_staff_session(cast.desk())
    yesterday = timezone.localdate() - DAY
    sent = {"change": "extended", "extended-reason": WHY}
    sent |= {"extended-closes_on": f"{yesterday}", "extended-closes_clock": "12:00"}
    answer = client.post(room(consultation), sent)
    assert answer.status_code == 409
    assert "The new closing has to be in the future." in words(answer)
    assert WHY in words(answer)
    answer = client.post(room(consultation), {"change": "closed", "closed-reason": ""})
    assert answer.status_code == 422
    assert "Say why." in words(answer)
    dates.close_now(consultation, cast.desk(), WHY)
    answer = client.post(room(consultation), {"change": "closed", "closed-reason": "Again."})
    assert answer.status_code == 409
    assert "It has closed. It can only be opened again." in words(answer)


def test_moderators_and_analysts_change_no_dates() -> None:
    consultation = cast.consultation()
    for staff in (cast.moderator(), cast.analyst()):
        client = in_staff_session(staff)
        assert client.get(room(consultation)).status_code == 403
        assert client.post(room(consultation), {"change": "closed"}).status_code == 403


def test_readers_see_the_ledger_and_the_timeline_tells_it() -> None:
    consultation = cast.consultation()
    later = closing(consultation) + 14 * DAY
    dates.extend(consultation, cast.desk(), "More <people> asked.", later)
    Update.objects.create(
        consultation=consultation,
        title="We went to Hackney",
        text="<p>And listened.</p>",
        published_at=timezone.now(),
        by=cast.desk(),
    )
    update = Update.objects.get()
    answer = Client().get(f"/consultations/{cast.OPEN}/")
    shown = words(answer)
    day = f"{timezone.localtime(later):%-d %B %Y}"
    ledger = shown[shown.index("Changes of dates") :]
    assert "Extended" in ledger
    assert "More <people> asked." in ledger
    timeline = shown[shown.index("Timeline") : shown.index("Changes of dates")]
    assert f"Extended to {day}" in timeline
    assert "We went to Hackney" in timeline
    assert "Happening now" in timeline
    assert f'href="/consultations/{cast.OPEN}/#update-{update.pk}"' in answer.text
    assert f'href="/consultations/{cast.OPEN}/#date-changes"' in answer.text
    of_discussion = words(Client().get(f"/consultations/{cast.OPEN}/streets/"))
    assert f"Extended to {day}" in of_discussion


def test_one_discussion_gets_dates_of_its_own_and_readers_read_why() -> None:
    consultation, client = cast.consultation(), in_staff_session(cast.desk())
    streets = Discussion.objects.get()
    address = f"{room(consultation)}{streets.pk}/"
    assert "closes with the consultation" in words(client.get(room(consultation)))
    sooner = timezone.localtime(closing(consultation) - DAY)
    sent = {"reason": "We need these answers sooner.", "closes_on": f"{sooner:%Y-%m-%d}"}
    assert "Give a day and a time" in words(client.post(address, sent))
    answer = client.post(address, sent | {"closes_clock": f"{sooner:%H:%M:%S}"}, follow=True)
    assert "The dates are changed." in words(answer)
    streets.refresh_from_db()
    assert streets.closes_at == sooner.replace(microsecond=0)
    assert reread().closes_at == consultation.closes_at
    shown = page()
    assert "Discussion: Our streets" in shown
    assert "We need these answers sooner." in shown
    assert "Dates moved:" not in shown
    assert told() == ["dates"]
    sent = {"reason": "Too late.", "closes_on": "2020-01-01", "closes_clock": "12:00"}
    assert "It has to close after it opens." in words(client.post(address, sent))


def test_a_year_typed_wrong_is_told_and_pages_stand_what_was_set_before() -> None:
    consultation, client = cast.consultation(), in_staff_session(cast.desk())
    sent = {"change": "extended", "extended-reason": WHY, "extended-closes_clock": "23:59"}
    for wrong in ("9999-12-31", "2099-01-01"):
        answer = client.post(room(consultation), sent | {"extended-closes_on": wrong})
        assert answer.status_code == 409
        assert "no more than 3 years from today" in words(answer)
        assert WHY in words(answer)
    Consultation.objects.update(closes_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    for address in ("/", f"/consultations/{cast.OPEN}/", f"/consultations/{cast.OPEN}/streets/"):
        assert Client().get(address).status_code == 200
    assert client.get(room(consultation)).status_code == 200


@pytest.mark.parametrize("reason", ["\u200b", "\u3164\u2063"])
def test_a_reason_that_shows_nothing_is_none(reason: str) -> None:
    with pytest.raises(DatesRefusedError, match="Say why"):
        dates.close_now(cast.consultation(), cast.desk(), reason)


def test_that_it_was_announced_is_no_change_and_is_said_once() -> None:
    consultation = prepared.draft()
    preparing.publish(consultation, cast.desk(), timezone.now())
    assert "Changes of dates" not in page(cast.DRAFT)
    consultation.refresh_from_db()
    opens_at = timezone.now() + 9 * DAY
    dates.move(consultation, cast.desk(), WHY, opens_at, opens_at + timedelta(minutes=1))
    shown = page(cast.DRAFT)
    assert shown[shown.index("Changes of dates") :].count("Announced") == 1
    assert f"{day(opens_at)} – {day(opens_at)}" not in shown
    assert f"Dates moved: {day(opens_at)}" in shown
