"""Mails: queued once, sent once, tried again, given up; and what they look like."""

import contextlib
import logging
import traceback
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from pytest_django import Settings

from accounts import tasks
from accounts.mail import Letter, queue_letter, queue_mail, register
from accounts.mail.letters import letter_of
from accounts.mail.messages import letter_html, message
from accounts.mail.sending import NotSentError, send
from accounts.models import Mail
from tests import cast
from tests.conftest import in_staff_session
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db

State = Mail.State
KIND, ADDRESS = "test", "ada@people.example"


@pytest.fixture(autouse=True)
def smtp(settings: Settings, mail_server: MailServer) -> Iterator[None]:
    """Mails of this process go to the mail server too."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = (
        "127.0.0.1",
        mail_server.port,
        0.3,
    )
    mail_server.arrived.clear()
    yield
    mail_server.answer = "250 OK"


@pytest.fixture
def logs(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logging.getLogger("accounts.mail"), "propagate", True)
    caplog.set_level(logging.INFO, "accounts.mail")
    return caplog


def queued(text: str = "Hello.", thing: str = "", lasts: timedelta | None = None) -> Mail:
    mail = queue_mail(
        KIND,
        thing=thing or str(uuid.uuid4()),
        member=cast.ada(),
        subject="A subject",
        text=text,
        lasts=lasts,
    )
    assert mail is not None
    return mail


def try_to_send(mail: Mail, *, is_last_try: bool = False) -> Mail:
    with contextlib.suppress(NotSentError):
        send(mail.pk, is_last_try=is_last_try)
    mail.refresh_from_db()
    return mail


def job_of(mail: Mail) -> ProcrastinateJob:
    job: ProcrastinateJob = ProcrastinateJob.objects.get(args={"mail_id": mail.pk})
    return job


# Queueing


def test_a_mail_is_queued_once_per_member_kind_and_thing() -> None:
    first = queue_mail(KIND, thing="comment:1", member=cast.ada(), subject="x", text="x")
    assert first is not None
    assert queue_mail(KIND, thing="comment:1", member=cast.ada(), subject="x", text="x") is None
    assert queue_mail(KIND, thing="comment:2", member=cast.ada(), subject="x", text="x")
    assert queue_mail(KIND, thing="comment:1", member=cast.ben(), subject="x", text="x")
    assert queue_mail("other", thing="comment:1", member=cast.ada(), subject="x", text="x")
    assert Mail.objects.count() == ProcrastinateJob.objects.count() == 4


def test_a_mail_goes_with_the_transaction_that_caused_it() -> None:
    with transaction.atomic():
        queued()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_no_code_can_be_read_in_the_database() -> None:
    mail = queue_mail(KIND, thing="x", member=cast.ada(), subject="K7QX-M2PD", text="K7QX-M2PD")
    assert mail is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM accounts_mail m")
        assert "K7QX" not in cursor.fetchone()[0]
        cursor.execute("SELECT to_jsonb(j)::text FROM procrastinate_jobs j")
        assert "K7QX" not in cursor.fetchone()[0]
    assert letter_of(mail) == Letter("K7QX-M2PD", "K7QX-M2PD")


def test_what_lasts_not_long_overtakes_what_can_wait() -> None:
    assert job_of(queued(lasts=timedelta(minutes=10))).priority > job_of(queued()).priority


def test_a_letter_is_made_from_its_templates() -> None:
    with pytest.raises(TemplateDoesNotExist):
        queue_letter("accounts/mail/never", cast.ada(), thing="x")
    mail = queue_letter(
        "account/email/email_confirmation", cast.ada(), thing="x", context={"code": "ABCD-EFGH"}
    )
    assert mail is not None
    letter = letter_of(mail)
    assert letter is not None
    assert letter.subject == "Your code for Talk London"
    assert "\n\nABCD-EFGH\n\n" in letter.text
    assert letter.text.endswith("Talk London\nhttp://localhost:8000")


# Sending


def test_a_mail_that_was_sent_is_only_remembered(mail_server: MailServer) -> None:
    mail = try_to_send(queued("The secret is out."))
    assert (mail.state, mail.tries, mail.doubtful_tries) == (State.SENT, 1, 0)
    assert (mail.text, mail.address) == ("", "")
    assert mail.ended_at is not None
    assert len(mail_server.to(ADDRESS)) == 1
    try_to_send(mail)
    assert len(mail_server.to(ADDRESS)) == 1


def test_a_given_address_goes_before_the_members(mail_server: MailServer) -> None:
    mail = queue_mail(
        KIND, thing="x", member=cast.ada(), address="new@people.example", subject="x", text="x"
    )
    assert mail is not None
    try_to_send(mail)
    assert [sent["To"] for sent in mail_server.arrived] == ["new@people.example"]


def test_a_mail_found_in_the_middle_is_doubtful_and_sent_again(mail_server: MailServer) -> None:
    mail = queued()
    Mail.objects.filter(pk=mail.pk).update(state=State.SENDING, tries=1)
    mail = try_to_send(mail)
    assert (mail.state, mail.tries, mail.doubtful_tries) == (State.SENT, 2, 1)
    assert mail_server.arrived[0]["Message-ID"] == f"<{mail.key}@london.example>"


@pytest.mark.parametrize("reason", ["late", "inactive", "no longer wanted"])
def test_what_nobody_wants_any_more_is_skipped(
    reason: str, mail_server: MailServer, logs: pytest.LogCaptureFixture
) -> None:
    register("test unwanted", lambda _mail: None)
    mail = queued(lasts=timedelta(minutes=10))
    if reason == "late":
        Mail.objects.update(expires_at=timezone.now())
    elif reason == "inactive":
        type(cast.ada()).objects.update(is_active=False)
    else:
        Mail.objects.update(kind="test unwanted", text="")
    mail = try_to_send(mail)
    assert (mail.state, mail.text, mail.tries) == (State.SKIPPED, "", 0)
    assert not mail_server.arrived
    assert f"Mail {mail.pk} ({mail.kind}) is not sent: no longer wanted" in logs.text
    assert "Ada" not in logs.text
    assert "@" not in logs.text


def test_a_server_that_is_down_or_busy_is_tried_again(mail_server: MailServer) -> None:
    mail = queued()
    with mail_server.down():
        assert try_to_send(mail).fault == "ConnectionRefusedError"
    with mail_server.hanging():
        assert try_to_send(mail).fault == "SMTPServerDisconnected"
    assert (mail.state, mail.tries, mail.doubtful_tries) == (State.WAITING, 0, 0)
    mail_server.answer = "450 later, ADDRESS"
    assert try_to_send(mail).fault == "SMTPRecipientsRefused 450"
    mail_server.answer = ""
    assert try_to_send(mail).fault == "SMTPServerDisconnected"
    assert (mail.state, mail.tries, mail.doubtful_tries) == (State.WAITING, 2, 1)
    mail_server.answer = "250 OK"
    mail = try_to_send(mail)
    assert (mail.state, mail.tries) == (State.SENT, 3)
    assert len(mail_server.to(ADDRESS)) == 1


def test_an_address_that_is_refused_for_good_is_given_up_at_once(
    mail_server: MailServer, logs: pytest.LogCaptureFixture
) -> None:
    mail_server.answer = "550 no such person: ADDRESS"
    mail = try_to_send(queued())
    assert (mail.state, mail.fault) == (State.DEAD, "SMTPRecipientsRefused 550")
    assert mail.ended_at is not None
    assert f"Mail {mail.pk} (test) could not be sent: SMTPRecipientsRefused 550" in logs.text
    assert "people.example" not in logs.text


def test_what_is_raised_names_nobody(mail_server: MailServer) -> None:
    """procrastinate logs it, with everything that is chained to it."""
    mail_server.answer = "450 later, ADDRESS"
    with pytest.raises(NotSentError) as raised:
        send(queued().pk, is_last_try=False)
    assert "".join(traceback.format_exception(raised.value)).count("@") == 0
    assert raised.value.__context__ is None


def test_the_last_try_is_the_last(mail_server: MailServer) -> None:
    mail_server.answer = "450 later"
    assert try_to_send(queued(), is_last_try=True).state == State.DEAD


def test_a_mail_that_cannot_be_made_tells_no_more_than_where(
    mail_server: MailServer, logs: pytest.LogCaptureFixture
) -> None:
    def fail(mail: Mail) -> Letter:
        raise RuntimeError(f"Ada of {ADDRESS} is {mail}")

    register("test broken", fail)
    mail = queue_mail("test broken", thing="x", member=cast.ada())
    assert mail is not None
    mail = try_to_send(mail)
    assert (mail.state, mail.fault) == (State.WAITING, "RuntimeError")
    assert "test_mail.py" in logs.text
    assert ADDRESS not in logs.text


def test_waits_grow_from_seconds_to_hours_and_take_a_day() -> None:
    strategy = tasks.GrowingWaits()

    def wait(attempts: int) -> timedelta:
        job = Job(
            queue="mail", lock=None, queueing_lock=None, task_name="send_mail", attempts=attempts
        )
        decision = strategy.get_retry_decision(exception=NotSentError(), job=job)
        assert isinstance(decision.retry_at, datetime)
        return decision.retry_at - datetime.now(UTC)

    waits = [wait(attempts) for attempts in range(len(tasks.WAITS))]
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(seconds=5)
    assert timedelta(hours=20) < sum(waits, timedelta()) < timedelta(hours=28)
    assert wait(1_000) <= tasks.WAITS[-1]


# What arrives


def parts(mail: EmailMessage) -> tuple[str, ...]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return tuple(part.get_content().replace("\r\n", "\n") for part in (plain, html))


def test_every_mail_is_text_and_html(mail_server: MailServer) -> None:
    try_to_send(queued("Hello Zoë,\n\nK7QX-M2PD\n\nBye <now>\nTalk London"))
    (mail,) = mail_server.arrived
    plain, html = parts(mail)
    assert plain.split("\n\n") == ["Hello Zoë,", "K7QX-M2PD", "Bye <now>\nTalk London\n"]
    assert '<html lang="en-GB">' in html
    assert '<p class="code">K7QX-M2PD</p>' in html
    assert "Bye &lt;now&gt;<br>\nTalk London" in html
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None


def test_html_has_nothing_to_fetch_and_links_to_nobody_but_us(settings: Settings) -> None:
    settings.SITE_URL = "https://talk.london.example"
    ours, theirs = "https://talk.london.example/x/?a=1&b=2", "https://talk.london.example.evil/"
    html = letter_html(
        Letter(
            "<s>", f"Go to {ours}.\n{theirs}\nhttps://talk.london.example@evil/\n\n> {ours}\n> 2"
        )
    )
    assert html.count("href=") == 1
    assert '<a href="https://talk.london.example/x/?a=1&amp;b=2">' in html
    assert '<blockquote dir="auto">https://talk.london.example/x/' in html
    assert "<title>&lt;s&gt;</title>" in html
    assert not any(word in html for word in ("<img", "src=", "url(", "<script", "<link"))


def test_one_click_unsubscribing_is_offered_where_there_is_a_choice() -> None:
    letter = Letter("Hello", "Hello.", "https://talk.london.example/account/unsubscribe/x/")
    made: EmailMultiAlternatives = message(letter, ADDRESS, uuid.uuid4())
    assert made.extra_headers["List-Unsubscribe"] == f"<{letter.unsubscribe_url}>"
    assert made.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_subject_is_one_short_line() -> None:
    mail = queue_mail(
        KIND, thing="x", member=cast.ada(), subject="a\nBcc: b@c.example " + "x" * 300, text="x"
    )
    assert mail is not None
    letter = letter_of(mail)
    assert letter is not None
    assert letter.subject.startswith("a Bcc: b@c.example x")
    assert len(letter.subject) == 200


# Dead letters


def test_staff_find_dead_letters_first_and_send_them_again(mail_server: MailServer) -> None:
    mail_server.answer = "550 no"
    dead = try_to_send(queued("Nobody else's business."))
    mail_server.answer = "250 OK"
    waiting = queued()
    ida = in_staff_session(cast.ida())
    page = ida.get("/admin/accounts/mail/").content.decode()
    assert page.index(dead.thing) < page.index(waiting.thing)
    one = ida.get(f"/admin/accounts/mail/{dead.pk}/change/").content.decode()
    assert "SMTPRecipientsRefused 550" in one
    for text in (page, one):
        assert "business" not in text
        assert dead.text not in text
    chosen = {"action": "send_again", "_selected_action": [dead.pk, waiting.pk]}
    answer = ida.post("/admin/accounts/mail/", chosen, follow=True)
    assert "1 mail waits to be sent again." in answer.content.decode()
    assert try_to_send(dead).state == State.SENT
    assert len(mail_server.arrived) == 1
    mo = in_staff_session(cast.mo())
    assert mo.post("/admin/accounts/mail/", chosen).status_code == 403
