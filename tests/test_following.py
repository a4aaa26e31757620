"""Mails about replies: who gets one, what it says, and when it is not sent after all."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.mail import Letter
from accounts.mail.sending import send
from accounts.models import Mail
from discussions import posting
from discussions.models import Comment, Consultation, Participant
from discussions.reply_mails import reply_letter
from tests import cast
from tests.test_posting import new

pytestmark = pytest.mark.django_db


def mail_about(reply: Comment) -> Mail:
    return Mail.objects.get(kind="reply", thing=f"comment:{reply.pk}")


def letter_about(reply: Comment) -> Letter | None:
    return reply_letter(mail_about(reply))


def replied(body: str = "Mine too, since spring.") -> Comment:
    return cast.comment(cast.ben(), body, parent=cast.comment(cast.ada(), "The lamps are out."))


def test_the_author_of_the_parent_gets_a_mail() -> None:
    reply = replied()
    assert mail_about(reply).member == cast.ada()
    letter = letter_about(reply)
    assert letter is not None
    assert letter.subject == "Ben replied to you"
    paragraphs = letter.text.split("\n\n")
    assert paragraphs[:2] == [
        "Ben replied to your comment in “Our streets”:",
        "> Mine too, since spring.",
    ]
    assert f"http://localhost:8000/comments/{reply.pk}/" in paragraphs[2]
    assert letter.unsubscribe_url in paragraphs[3]
    assert "lamps" not in letter.text


def test_a_host_is_told_by_their_organisation() -> None:
    answer = cast.comment(cast.hana(), "We look into it.", parent=cast.comment(cast.ada()))
    letter = letter_about(answer)
    assert letter is not None
    assert letter.text.startswith("Hana of MOPAC replied to your comment in “Our streets”:")


def test_people_go_by_their_names_in_the_consultation() -> None:
    reply = replied()
    Participant.objects.filter(member=cast.ben()).update(name="Night Bus")
    letter = letter_about(reply)
    assert letter is not None
    assert "Ben" not in letter.subject + letter.text
    assert letter.subject == "Night Bus replied to you"


def test_only_the_first_part_is_quoted() -> None:
    letter = letter_about(replied("More light. " * 100))
    assert letter is not None
    quoted = letter.text.split("\n\n")[1]
    assert quoted.startswith("> More light.")
    assert quoted.endswith("…")
    assert len(quoted) < 310


@pytest.mark.parametrize("who", ["themself", "unwilling", "inactive", "from elsewhere"])
def test_who_gets_none(who: str) -> None:
    root = cast.comment(cast.ada())
    fields = {"unwilling": {"wants_reply_mails": False}, "inactive": {"is_active": False}}
    type(cast.ada()).objects.filter(pk=cast.ada().pk).update(**fields.get(who, {"is_active": True}))
    if who == "from elsewhere":
        Participant.objects.filter(pk=root.author_id).update(member=None, name="Someone")
    cast.comment(cast.ada() if who == "themself" else cast.ben(), parent=root)
    assert not Mail.objects.exists()


def test_a_comment_of_its_own_mails_nobody() -> None:
    cast.comment(cast.ada())
    assert not Mail.objects.exists()


def test_a26_a_reply_sent_twice_queues_one_mail() -> None:
    root = cast.comment(cast.ada())
    form = new(parent_id=root.pk)
    for _time in range(2):
        posting.post_comment(root.discussion, cast.ben(), form)
    assert Mail.objects.count() == 1


def test_a8_a_reply_that_was_hidden_meanwhile_sends_nothing(
    mailoutbox: list[object],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger("accounts.mail"), "propagate", True)
    caplog.set_level(logging.INFO, "accounts.mail")
    reply = replied()
    Comment.objects.filter(pk=reply.pk).update(status=Comment.Status.HIDDEN)
    mail = mail_about(reply)
    send(mail.pk, is_last_try=False)
    mail.refresh_from_db()
    assert mail.state == Mail.State.SKIPPED
    assert not mailoutbox
    assert set(caplog.messages) == {f"Mail {mail.pk} (reply) is not sent: no longer wanted"}


@pytest.mark.parametrize("status", ["held", "hidden", "withdrawn"])
def test_a_reply_nobody_may_read_makes_no_letter(status: str) -> None:
    reply = replied()
    Comment.objects.filter(pk=reply.pk).update(status=status)
    assert letter_about(reply) is None


@pytest.mark.parametrize("status", ["hidden", "withdrawn"])
def test_a_reply_to_what_is_gone_makes_no_letter(status: str) -> None:
    reply = replied()
    Comment.objects.filter(replies=reply).update(status=status)
    assert letter_about(reply) is None


def test_a_consultation_taken_back_makes_no_letter() -> None:
    reply = replied()
    cast.close_now()
    Consultation.objects.update(published_at=None)
    assert letter_about(reply) is None


@pytest.mark.parametrize("change", [{"wants_reply_mails": False}, {"is_active": False}])
def test_who_changed_their_mind_gets_no_letter(change: dict[str, bool]) -> None:
    reply = replied()
    type(cast.ada()).objects.filter(pk=cast.ada().pk).update(**change)
    assert letter_about(reply) is None


def test_one_click_turns_these_mails_off(settings: Settings) -> None:
    settings.SITE_URL = "http://testserver"
    letter = letter_about(replied())
    assert letter is not None
    Client().post(letter.unsubscribe_url, {"List-Unsubscribe": "One-Click"})
    assert not cast.ada().wants_reply_mails


def test_a_reply_takes_few_queries_more_than_a_comment() -> None:
    """To count the replies above it, see whether they pile up, and store a mail and its job."""
    root = cast.comment(cast.ada())
    cast.comment(cast.ben())
    streets, ben = cast.discussion(), cast.ben()

    def count(form: posting.NewComment) -> int:
        with CaptureQueriesContext(connection) as captured:
            posting.post_comment(streets, ben, form)
        return len(captured)

    assert count(new("A", parent_id=root.pk)) <= count(new("B")) + 7
