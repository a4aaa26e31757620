"""The mails of joining, signing in and changing how one does: queued, plain, one purpose each."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import agreements
from accounts.mail import Letter
from accounts.mail.letters import letter_of
from accounts.models import Mail, Member
from tests import cast

pytestmark = pytest.mark.django_db

# What allauth and we send with our settings: notices of changes, and the rest.
NOTICES = (
    "accounts/mail/recovery_code_used",
    "account/email/email_changed",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
)
OTHERS = (
    "account/email/account_already_exists",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/password_reset_code",
    "account/email/unknown_account",
)
OURS = Path(settings.BASE_DIR) / "templates"


@pytest.fixture
def request_of_ada(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/", REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="Sherlock/221")
    request.user = cast.ada()
    return request


def only_letter() -> Letter:
    letter = letter_of(Mail.objects.get())
    assert letter is not None
    return letter


@pytest.mark.parametrize("template", NOTICES)
def test_each_notice_says_what_to_do(template: str, request_of_ada: HttpRequest) -> None:
    details = {"from_email": "old@people.example", "to_email": "new@people.example", "left": 9}
    with context.request_context(request_of_ada):
        get_adapter().send_notification_mail(template, cast.ada(), details)
    letter = only_letter()
    assert letter.text.startswith("Hello Ada,\n\n")
    assert "If it was not you, " in letter.text
    assert "203.0.113.7" not in letter.text
    assert "Sherlock" not in letter.text
    assert len(letter.text) < 700
    assert "\n\n\n" not in letter.text
    mail = Mail.objects.get()
    assert (mail.member, mail.kind, mail.expires_at) == (cast.ada(), template, None)


@pytest.mark.parametrize("template", NOTICES + OTHERS)
def test_each_has_words_of_our_own(template: str) -> None:
    for part in ("subject", "message"):
        assert (OURS / f"{template}_{part}.txt").is_file()
    assert not list(OURS.glob(f"{template}*.html"))


@pytest.mark.parametrize("template", OTHERS)
def test_who_did_not_ask_may_ignore_it(template: str, request_of_ada: HttpRequest) -> None:
    request_of_ada.user = AnonymousUser()
    urls = {"signup_url": "https://x.example/1/", "password_reset_url": "https://x.example/2/"}
    details = {"code": "ABCD-EFGH", "user": cast.ada(), **urls}
    with context.request_context(request_of_ada):
        get_adapter().send_mail(template, "ada@people.example", details)
    letter = only_letter()
    assert "you can ignore this email" in letter.text
    assert "&" not in letter.text


def test_a_notice_of_a_new_address_goes_to_the_old_one(request_of_ada: HttpRequest) -> None:
    with context.request_context(request_of_ada):
        get_adapter().send_notification_mail(
            "account/email/email_changed",
            cast.ada(),
            {"from_email": "old@people.example", "to_email": "new@people.example"},
            "old@people.example",
        )
    assert Mail.objects.get().address == "old@people.example"


def join(email: str) -> None:
    form = {
        "email": email,
        "display_name": f"Called {email[:3]}",
        "password1": "three words in a row",
        "is_16_or_over": "on",
        "accepts": "on",
        "shown_versions": agreements.current(),
    }
    answer = Client().post("/accounts/signup/", form)
    assert answer.status_code == 302, answer.content


def test_joining_queues_one_mail_for_known_and_unknown() -> None:
    cast.ada()
    for email in ("ada@people.example", "newcomer@people.example"):
        join(email)
        mail = Mail.objects.get()
        assert mail.address == email
        assert mail.state == Mail.State.WAITING
        Mail.objects.all().delete()


def test_a_new_password_queues_one_mail_for_known_and_unknown() -> None:
    cast.ada()
    for email in ("ada@people.example", "unknown@people.example"):
        Client().post("/accounts/password/reset/", {"email": email})
        assert Mail.objects.get().address == email
        Mail.objects.all().delete()


def test_a_code_is_of_no_use_after_ten_minutes() -> None:
    join("newcomer@people.example")
    mail = Mail.objects.get()
    assert mail.expires_at is not None
    assert timedelta(minutes=9) < mail.expires_at - timezone.now() <= timedelta(minutes=10)
    assert EmailAddress.objects.get(email=mail.address).user == mail.member
    assert isinstance(mail.member, Member)
