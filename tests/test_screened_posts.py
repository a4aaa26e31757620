"""What screening means for who writes: asked, held for a person, or nothing at all."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from discussions import posting
from discussions.models import Comment, Discussion
from discussions.screened import AskFirstError, mark, text_key
from moderation.models import Case, LiveCase
from moderation.screening import Kind
from tests import cast
from tests.pages import words as text

pytestmark = pytest.mark.django_db
PHONE = "You can ring me on 07700 900123 about it."
THREAT = "I will kill you if you come here again."
PAGE = "/consultations/open-one/streets/"


def form(body: str, **more: str) -> dict[str, str]:
    return {"body": body, "form_key": str(uuid.uuid4()), **more}


def confirmed_in(page: object) -> list[str]:
    context = getattr(page, "context", {})
    return list(context["confirmed"])


def test_a_phone_number_is_asked_about_and_nothing_is_posted_yet(ada: Client) -> None:
    """A35."""
    page = ada.post(f"{PAGE}comments/", form(PHONE))
    assert page.status_code == 422
    assert "a phone number" in text(page)
    assert '<mark class="asked__words">07700 900123' in page.content.decode()
    assert not Comment.objects.exists()


def test_not_now_keeps_the_text_in_the_form(ada: Client) -> None:
    ada.post(f"{PAGE}comments/", form(PHONE))
    assert PHONE in text(ada.get(PAGE))


def test_posting_it_anyway_publishes_it_and_tells_moderators(ada: Client) -> None:
    first = form(PHONE)
    asked = ada.post(f"{PAGE}comments/", first)
    sent = first | {"anyway": "1", "confirmed": confirmed_in(asked)}
    assert ada.post(f"{PAGE}comments/", sent).status_code == 302
    comment = Comment.objects.get()
    assert comment.is_published
    case = Case.objects.get(comment=comment)
    assert (case.raised_by, case.severity) == (Case.Raiser.CHECK, Case.Severity.OTHER)
    finding = case.findings.get()
    assert comment.body[finding.start : finding.end] == "07700 900123"
    assert PHONE not in text(ada.get(PAGE)).split("Add your view")[1].split("Post comment")[0]


def test_what_was_confirmed_stands_for_those_words_only(ada: Client) -> None:
    first = form(PHONE)
    asked = ada.post(f"{PAGE}comments/", first)
    other = first | {
        "body": "Ring me on 07700 900456.",
        "anyway": "1",
        "confirmed": confirmed_in(asked),
    }
    assert ada.post(f"{PAGE}comments/", other).status_code == 422
    assert not Comment.objects.exists()


def test_a_changed_text_is_posted_without_a_word(ada: Client) -> None:
    first = form(PHONE)
    ada.post(f"{PAGE}comments/", first)
    ada.post(f"{PAGE}comments/", first | {"body": "You can ring me about it."})
    assert Comment.objects.get().body == "You can ring me about it."
    assert not Case.objects.exists()


def test_an_incident_is_answered_with_where_to_go(ada: Client) -> None:
    page = ada.post(
        f"{PAGE}comments/", form("I was mugged last night at 9pm outside the station on Rye Lane.")
    )
    assert page.status_code == 422
    assert "Nobody here can send help." in text(page)
    for way in ("tel:999", "tel:101", "tel:116123", "/support/"):
        assert way in page.content.decode()


def test_who_may_be_in_danger_is_told_once_more_where_to_go(ada: Client) -> None:
    first = form("I want to kill myself after what they did.")
    asked = ada.post(f"{PAGE}comments/", first)
    assert "somebody else may be in danger" in text(asked)
    sent = first | {"anyway": "1", "confirmed": confirmed_in(asked)}
    page = ada.post(f"{PAGE}comments/", sent, follow=True)
    assert "Samaritans are there day and night on 116 123." in text(page)
    assert "Thank you for taking part" not in text(page)


def test_sending_it_unchanged_says_that_it_is_unchanged(ada: Client) -> None:
    first = form(PHONE)
    asked = ada.post(f"{PAGE}comments/", first)
    assert "still in your text" not in text(asked)
    again = ada.post(f"{PAGE}comments/", first | {"confirmed": confirmed_in(asked)})
    assert "These words are still in your text." in text(again)


def test_a_reply_and_an_edit_are_asked_about_as_well(ada: Client) -> None:
    top = cast.comment(cast.ben())
    own = cast.comment(cast.ada())
    for address, fields in (
        (f"/comments/{top.pk}/reply/", form(PHONE)),
        (f"/comments/{own.pk}/edit/", {"body": PHONE}),
    ):
        asked = ada.post(address, fields)
        assert asked.status_code == 422
        sent = fields | {"anyway": "1", "confirmed": confirmed_in(asked)}
        assert ada.post(address, sent).status_code == 302
    assert Comment.objects.filter(body=PHONE, status="published").count() == 2
    assert Case.objects.count() == 2


def test_a_threat_is_held_for_a_person(ada: Client) -> None:
    answer = ada.post(f"{PAGE}comments/", form(THREAT), follow=True)
    assert "A moderator reads it before others can." in text(answer)
    comment = Comment.objects.get()
    assert comment.status == Comment.Status.HELD
    case = Case.objects.get(comment=comment)
    assert case.severity == Case.Severity.SAFETY
    assert case.due_at - case.opened_at == timedelta(hours=1)
    assert THREAT not in text(Client().get(PAGE))
    assert Client().get(f"/comments/{comment.pk}/").status_code == 404


def test_an_edit_that_threatens_takes_the_comment_out_of_sight(ada: Client) -> None:
    own = cast.comment(cast.ada())
    ada.post(f"/comments/{own.pk}/edit/", {"body": THREAT})
    own.refresh_from_db()
    assert own.status == Comment.Status.HELD
    assert Discussion.objects.get(pk=own.discussion_id).comment_count == 0
    assert Client().get(f"/comments/{own.pk}/").status_code == 404


def test_a_live_case_is_held_from_its_first_day_to_its_last(ada: Client) -> None:
    today = timezone.localdate()
    live = LiveCase.objects.create(name="Jane Bloggs", starts_on=today, ends_on=today)
    ada.post(f"{PAGE}comments/", form("We all know what Jane Bloggs did."))
    assert Case.objects.get().findings.get().kind == Kind.LIVE_CASE
    assert Comment.objects.get().status == Comment.Status.HELD
    for day in (-1, 1):
        live.starts_on = live.ends_on = today + timedelta(days=day)
        live.save()
        ada.post(f"{PAGE}comments/", form(f"What did Jane Bloggs do, {day}?"))
    assert Comment.objects.filter(status=Comment.Status.HELD).count() == 1


SAME = "Please fund more wardens for every estate in every borough of London."


def test_the_same_words_again_are_shown_and_noted_for_staff() -> None:
    """By whomever, and however they are put."""
    cast.comment(cast.ada(), SAME)
    again = cast.comment(cast.ben(), SAME.upper().replace(" ", "  ").replace(".", "!"))
    assert again.is_published
    assert Case.objects.get().comment_id == again.pk
    assert Case.objects.get().findings.get().kind == Kind.REPEATED


def test_many_may_agree_in_few_words() -> None:
    assert text_key("I agree with this.") is None
    for member in (cast.ada(), cast.ben()):
        cast.comment(member, "I agree with this.")
    assert not Case.objects.exists()


def test_a_host_answers_for_themselves() -> None:
    """A number to ring is what they are there to give; they are asked once."""
    new = posting.NewComment("Our team is on 020 7946 0123.", uuid.uuid4())
    with pytest.raises(AskFirstError) as question:
        posting.post_comment(cast.discussion(), cast.hana(), new)
    marks = frozenset(mark(each, question.value.body) for each in question.value.findings)
    new = posting.NewComment(new.body, new.form_key, confirmed=marks)
    assert posting.post_comment(cast.discussion(), cast.hana(), new).is_published
    assert not Case.objects.exists()


def test_where_comments_are_read_first_each_waits_and_its_writer_knows(ada: Client) -> None:
    Discussion.objects.update(mode=Discussion.Mode.HOLD_FIRST)
    assert "It appears once a moderator has read it." in text(ada.get(PAGE))
    answer = ada.post(f"{PAGE}comments/", form("More trees, please."), follow=True)
    assert "A moderator reads it before others can." in text(answer)
    assert "More trees, please." in text(answer)
    assert "More trees, please." not in text(Client().get(PAGE))
    assert Case.objects.get().raised_by == Case.Raiser.MODE


def test_a_text_that_is_too_long_is_kept_though_the_discussion_has_closed(ada: Client) -> None:
    cast.close_now()
    long = "Trees. " * 600
    page = ada.post(f"{PAGE}comments/", form(long))
    assert page.status_code == 403
    assert long.strip() in text(page)


def test_after_closing_nobody_is_asked_what_cannot_be_posted(ada: Client) -> None:
    cast.close_now()
    page = ada.post(f"{PAGE}comments/", form(PHONE))
    assert page.status_code == 403
    assert PHONE in text(page)
