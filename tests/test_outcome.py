"""What came of a consultation: the answer, the comments it rests on, the clock, the archive."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.mail import Letter
from accounts.models import Mail, Member
from discussions import dates, outcome
from discussions.answer_clock import answer_clock
from discussions.cited_mails import cited_letter
from discussions.events import timeline
from discussions.models import (
    Announcement,
    Citation,
    Comment,
    Consultation,
    OutcomePoint,
    Participant,
    TimelineEvent,
)
from discussions.outcome import AnswerRefusedError, Point
from moderation import elections
from moderation.elections import FrozenError
from moderation.models import ElectionPeriod
from moderation.timeline import DatesRefusedError
from tests import cast
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_election() -> None:
    elections.forget()


def point(*cites: int, heard: str = "People want light.") -> Point:
    return Point(heard, "Lamps come.", "will", cites=cites)


def closed_with(*bodies: str) -> tuple[Consultation, list[Comment]]:
    """The consultation that Ada and Ben commented on in turn, closed a moment ago."""
    comments = [cast.comment((cast.ada, cast.ben)[i % 2](), body) for i, body in enumerate(bodies)]
    consultation = cast.consultation()
    cast.close_now()
    consultation.refresh_from_db()
    return consultation, comments


def published(*points: Point) -> Consultation:
    consultation = cast.consultation()
    outcome.keep_outcome(consultation, "You asked for light.", points)
    return outcome.publish_outcome(consultation)


def page() -> str:
    return words(Client().get(f"/consultations/{cast.OPEN}/"))


def cited(comment: Comment) -> Letter | None:
    return cited_letter(Mail.objects.get(thing=f"comment:{comment.pk}"))


def room(consultation: Consultation, step: str = "") -> str:
    return f"/admin/discussions/consultation/{consultation.pk}/outcome/{step}"


def form(*points: dict[str, str]) -> dict[str, str]:
    filled = {
        "introduction": "You asked for light.",
        "points-TOTAL_FORMS": str(len(points)),
        "points-INITIAL_FORMS": "0",
    }
    for number, each in enumerate(points):
        filled |= {f"points-{number}-{name}": value for name, value in each.items()}
    return filled


TYPED = {"heard": "People want light.", "answer": "Lamps come.", "verdict": "will"}


def test_from_admin_to_the_page_to_those_it_cites() -> None:
    consultation, (light, _dark) = closed_with("More light, please.", "It is dark.")
    desk = in_staff_session(cast.desk())
    address = f"https://talk.example/comments/{light.pk}/?x#top"
    decision = {"decision_title": "Decision 7", "decision_url": "https://london.example/7"}
    answer = desk.post(room(consultation), form({**TYPED, **decision, "cites": address}, {}))
    assert answer.status_code == 302
    assert "Lamps come." not in page()
    assert "“More light" not in page()
    assert "Lamps come." in words(desk.get(room(consultation, "preview/")))
    told = words(desk.get(room(consultation, "publish/")))
    assert "with 1 point." in told
    assert "The author of 1 comment that it rests on is told." in told
    assert "elsewhere" not in told
    for _time in range(2):
        desk.post(room(consultation, "publish/"))
    shown = page()
    assert "What we heard, what we did, what we did not do and why" in shown
    parts = ("We heard", "More light, please.", "Ada", "We will do this", "Decision 7")
    assert all(part in shown for part in parts)
    assert Announcement.objects.get().kind == "outcome"
    assert [(each.member, each.kind) for each in Mail.objects.all()] == [
        (cast.ada(), "discussions/mail/cited")
    ]


def test_the_comments_own_page_says_so() -> None:
    _consultation, (light, dark) = closed_with("More light, please.", "It is dark.")
    here = f"/comments/{light.pk}/"
    said = "City Hall’s answer rests on this comment."
    outcome.keep_outcome(cast.consultation(), "", [point(light.pk)])
    assert said not in words(Client().get(here))
    published()
    assert said in words(Client().get(here))
    assert f"#point-{OutcomePoint.objects.get().pk}".encode() in Client().get(here).content
    assert said not in words(Client().get(f"/comments/{dark.pk}/"))


@pytest.mark.parametrize("status", ["held", "hidden", "withdrawn"])
def test_a7_a8_what_is_hidden_after_it_was_cited_is_neither_quoted_nor_told(status: str) -> None:
    _consultation, (light, dark) = closed_with("More marmalade, please.", "It is dark.")
    published(point(light.pk, dark.pk))
    assert "More marmalade" in page()
    assert cited(light) is not None
    Comment.objects.filter(pk=light.pk).update(status=status)
    assert "armalade" not in page()
    assert cited(light) is None
    letter = cited(dark)
    assert letter is not None
    assert "armalade" not in letter.text


@pytest.mark.parametrize("status", ["held", "hidden", "withdrawn"])
def test_what_is_hidden_before_is_not_told_at_all(status: str) -> None:
    consultation, (light, *_others) = closed_with("More light, please.")
    outcome.keep_outcome(consultation, "You asked.", [point(light.pk)])
    Comment.objects.filter(pk=light.pk).update(status=status)
    outcome.publish_outcome(consultation)
    assert not Mail.objects.exists()


def test_an_author_is_told_once_for_each_comment_and_where() -> None:
    consultation, (light, dark) = closed_with("More light, please.", "It is dark.")
    published(point(light.pk), point(light.pk, heard="It is dark out there."))
    letter = cited(light)
    assert letter is not None
    assert letter.subject == "City Hall’s answer rests on your comment"
    first, second = OutcomePoint.objects.all()
    parts = (f"#point-{first.pk}", f"#point-{second.pk}", "> It is dark out there.")
    assert all(part in letter.text for part in (*parts, f"/comments/{light.pk}/"))
    Mail.objects.all().delete()  # as after 30 days
    told = Point(first.heard, first.answer, "did", cites=(light.pk, dark.pk), pk=first.pk)
    outcome.keep_outcome(consultation, "You asked for light.", [told])
    assert [each.member for each in Mail.objects.all()] == [cast.ben()]
    assert OutcomePoint.objects.count() == 2
    assert "We did this" in page()


@pytest.mark.parametrize("change", [{"wants_cited_mails": False}, {"is_active": False}])
def test_who_does_not_want_it_or_is_gone_is_not_told(change: dict[str, bool]) -> None:
    _consultation, (light, *_others) = closed_with("More light, please.")
    published(point(light.pk))
    Member.objects.update(**change)
    assert cited(light) is None


def test_publishing_says_how_many_are_told_and_how_many_are_not() -> None:
    consultation, comments = closed_with("More light, please.", "It is dark.")
    outcome.keep_outcome(consultation, "Thank you.", [point(*[each.pk for each in comments])])
    Member.objects.filter(pk=cast.ada().pk).update(is_active=False)
    told = words(in_staff_session(cast.desk()).get(room(consultation, "publish/")))
    assert "The author of 1 comment that it rests on is told." in told
    assert "1 comment that it rests on was made elsewhere, or its author has left" in told


def test_an_event_of_the_same_day_does_not_stand_for_the_outcome() -> None:
    closed_with("More light, please.")
    consultation = published(point())
    ours = "What we heard, what we did, what we did not do and why"
    today = timezone.localdate()
    event = TimelineEvent.objects.create(
        consultation=consultation, title="The Mayor’s decision", starts_on=today
    )

    def titles() -> list[str]:
        found = Consultation.objects.with_surroundings().get(pk=consultation.pk)
        return [each.title for each in timeline(found, found.event_rows, timezone.now())]

    assert {event.title, ours} <= set(titles())
    TimelineEvent.objects.update(link="https://talk.example/consultations/x/#outcome")
    assert ours not in titles()
    TimelineEvent.objects.update(link="", title=ours)
    assert titles().count(ours) == 1


def test_one_click_turns_these_mails_off() -> None:
    _consultation, (light, *_others) = closed_with("More light, please.")
    published(point(light.pk))
    letter = cited(light)
    assert letter is not None
    link = letter.unsubscribe_url.partition("8000")[2]
    assert "email you about this any more" in words(Client().post(link))
    assert not cast.ada().wants_cited_mails
    assert cast.ada().wants_reply_mails


def test_words_from_elsewhere_can_be_cited_and_nobody_is_mailed() -> None:
    said = cast.elsewhere(cast.CLOSED, "Said at a meeting.")
    consultation = cast.consultation(cast.CLOSED)
    outcome.keep_outcome(consultation, "You asked.", [point(said.pk)])
    outcome.publish_outcome(consultation)
    assert not Mail.objects.exists()
    assert "Said at a meeting." in words(Client().get(f"/consultations/{cast.CLOSED}/"))


BAD_CITES: tuple[tuple[str, str], ...] = (
    ("marmalade", "“marmalade” is no link to a comment, nor a number."),
    ("999999999", "Not a published comment of this consultation: 999999999."),
    ("9" * 30, "is no link to a comment"),
    ("https://talk.example/guidelines/", "is no link to a comment"),
    (", ".join(str(n) for n in range(1, 23)), "A point rests on 20 comments at most."),
)


@pytest.mark.parametrize(("typed", "sentence"), BAD_CITES)
def test_bad_comments_are_named_and_what_was_typed_comes_back(typed: str, sentence: str) -> None:
    consultation, _comments = closed_with("More light, please.")
    desk = in_staff_session(cast.desk())
    answer = desk.post(room(consultation), form({**TYPED, "cites": typed}))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert typed in words(answer)
    assert not OutcomePoint.objects.exists()


def test_a_comment_of_another_consultation_or_a_hidden_one_cannot_be_cited() -> None:
    consultation, (light, *_others) = closed_with("More light, please.")
    Comment.objects.filter(pk=light.pk).update(status=Comment.Status.HIDDEN)
    elsewhere = cast.elsewhere(cast.CLOSED)
    desk = in_staff_session(cast.desk())
    for pk in (light.pk, elsewhere.pk):
        answer = desk.post(room(consultation), form({**TYPED, "cites": f"#{pk}"}))
        assert f"Not a published comment of this consultation: {pk}." in words(answer)
    assert not Citation.objects.exists()


def test_half_a_point_is_told_and_a_marked_one_is_left_out() -> None:
    consultation, _comments = closed_with("More light, please.")
    desk = in_staff_session(cast.desk())
    answer = desk.post(room(consultation), form({"heard": "People want light."}))
    assert "Choose what becomes of it." in words(answer)
    desk.post(room(consultation), form(TYPED, {**TYPED, "heard": "Benches."}))
    first, second = OutcomePoint.objects.all()
    kept = {**TYPED, "pk": str(first.pk), "answer": "They come."}
    dropped = {**TYPED, "pk": str(second.pk), "leaves_out": "on"}
    desk.post(room(consultation), form(kept, dropped))
    assert [each.answer for each in OutcomePoint.objects.all()] == ["They come."]


def test_a_published_point_stays() -> None:
    consultation, _comments = closed_with("More light, please.")
    published(point())
    known = OutcomePoint.objects.get()
    desk = in_staff_session(cast.desk())
    empty = {"pk": str(known.pk), "heard": "", "answer": "", "verdict": "", "leaves_out": "on"}
    assert desk.post(room(consultation), form(empty)).status_code == 422
    desk.post(room(consultation), form({**TYPED, "heard": "Benches."}))
    assert OutcomePoint.objects.count() == 2
    assert "Leave this point out" not in words(desk.get(room(consultation)))


WHY_NOT: tuple[tuple[str, str, Callable[[Consultation], object]], ...] = (
    (cast.OPEN, "once the consultation is closed", lambda _each: None),
    (
        cast.CLOSED,
        "Write the introduction first.",
        lambda _each: Consultation.objects.update(outcome_introduction="\u200b "),
    ),
    (cast.CLOSED, "Give at least one point", lambda _each: OutcomePoint.objects.all().delete()),
    (cast.CLOSED, "Point 1 does not say", lambda _each: OutcomePoint.objects.update(answer=" ")),
)


@pytest.mark.parametrize(("slug", "sentence", "spoil"), WHY_NOT)
def test_what_is_missing_is_told_and_nothing_is_published(
    slug: str, sentence: str, spoil: Callable[[Consultation], object]
) -> None:
    consultation = cast.consultation(slug)
    outcome.keep_outcome(consultation, "You asked.", [point()])
    spoil(consultation)
    with pytest.raises(AnswerRefusedError, match=sentence):
        outcome.publish_outcome(consultation)
    desk = in_staff_session(cast.desk())
    assert sentence in words(desk.post(room(consultation, "publish/"), follow=True))
    assert not Announcement.objects.exists()


def test_an_election_period_holds_it_back_and_corrections_too() -> None:
    consultation = cast.consultation(cast.CLOSED)
    outcome.keep_outcome(consultation, "You asked.", [point()])
    now = timezone.now()
    period = ElectionPeriod.objects.create(
        name="Election", starts_at=now, ends_at=now + timedelta(days=9)
    )
    elections.forget()
    outcome.keep_outcome(consultation, "You asked us.", [])  # staff may write meanwhile
    with pytest.raises(FrozenError):
        outcome.publish_outcome(consultation)
    period.delete()
    outcome.publish_outcome(consultation)
    ElectionPeriod.objects.create(name="Election", starts_at=now, ends_at=now + timedelta(days=9))
    with pytest.raises(FrozenError):
        outcome.keep_outcome(consultation, "Changed.", [point()])


def test_a30_it_is_archived_only_with_an_answer_and_nothing_changes_after() -> None:
    consultation = cast.consultation(cast.CLOSED)
    desk = in_staff_session(cast.desk())
    assert "publish the outcome first" in words(desk.get(room(consultation, "archive/")))
    told = words(desk.post(room(consultation, "archive/"), follow=True))
    assert "People who took part are owed an answer." in told
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.update(archived_at=timezone.now())
    outcome.keep_outcome(consultation, "You asked.", [point()])
    outcome.publish_outcome(consultation)
    for _time in range(2):
        desk.post(room(consultation, "archive/"))
    assert "Archived on" in words(Client().get(f"/consultations/{cast.CLOSED}/"))
    with pytest.raises(AnswerRefusedError):
        outcome.keep_outcome(consultation, "Changed.", [point()])
    day = timezone.now() + timedelta(days=9)
    with pytest.raises(DatesRefusedError):
        dates.reopen(consultation, cast.ida(), "More time.", day, confirmed_by=cast.desk())


def test_only_who_runs_consultations_may() -> None:
    consultation = cast.consultation(cast.CLOSED)
    for staff in (cast.analyst(), cast.moderator()):
        browser = in_staff_session(staff)
        for step in ("", "preview/", "publish/", "archive/"):
            assert browser.get(room(consultation, step)).status_code == 403
            assert browser.post(room(consultation, step)).status_code == 403


CLOCKS = (
    (date(2027, 2, 19), "An answer is due by 12 March 2027, in 3 weeks."),
    (date(2027, 3, 11), "An answer is due by 12 March 2027, in 1 day."),
    (date(2027, 3, 12), "An answer is due today, 12 March 2027."),
    (date(2027, 3, 13), "The answer has been due for 1 day."),
    (date(2027, 4, 4), "The answer has been due for 3 weeks and 2 days."),
)


@pytest.mark.parametrize(("today", "sentence"), CLOCKS)
def test_the_clock_in_london_days(today: date, sentence: str) -> None:
    midnight = datetime(2026, 12, 18, 23, 59, 59, tzinfo=UTC)  # 12 weeks before
    consultation = Consultation(published_at=midnight, closes_at=midnight)
    moment = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    clock = answer_clock(consultation, moment)
    assert clock is not None
    assert clock.sentence == sentence


def test_the_clock_stands_where_people_look_until_there_is_an_answer() -> None:
    consultation = cast.consultation(cast.CLOSED)
    Consultation.objects.update(answer_due_on=timezone.localdate() - timedelta(days=23))
    sentence = "The answer has been due for 3 weeks and 2 days."
    desk = in_staff_session(cast.desk())

    def says() -> list[bool]:
        pages = (Client().get("/"), Client().get(f"/consultations/{cast.CLOSED}/"))
        return [sentence in words(each) for each in (*pages, desk.get(room(consultation)))]

    assert says() == [True, True, True]
    outcome.keep_outcome(consultation, "You asked.", [point()])
    outcome.publish_outcome(consultation)
    assert says() == [False, False, False]


def test_reading_costs_the_same_however_much_is_cited() -> None:
    bodies = [f"Said number {number}." for number in range(12)]
    consultation, comments = closed_with(*bodies)
    published(point(comments[0].pk))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page()
        return len(captured)

    page()  # whether there is an election is known for a while
    before = queries()
    more = [point(*(each.pk for each in comments)), point(comments[3].pk)]
    outcome.keep_outcome(consultation, "You asked for light.", more)
    assert page().count("Read the comment") == 14
    assert queries() == before


def test_who_left_is_quoted_as_a_former_member() -> None:
    _consultation, (light, *_others) = closed_with("More light, please.")
    published(point(light.pk))
    Participant.objects.filter(pk=light.author_id).update(member=None, name="", has_left=True)
    assert "Former member" in page()
