"""The second step and passkeys, where allauth leaves something to us."""

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.mail.letters import letter_of
from accounts.models import Mail, Member
from accounts.sealing import seal
from accounts.second_factor import MFAAdapter
from accounts.templatetags.members import browser, in_fours
from tests import cast
from tests.conftest import signed_in
from tests.pages import same_person

pytestmark = pytest.mark.django_db

CREDENTIALS = ("", "[]", '"x"', "{}", '{"id": "x"}', '{"id": "eA", "rawId": "eA", "response": {}}')


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


def with_app(member: Member) -> str:
    """Returns the secret of the member's authenticator app."""
    secret: str = totp.generate_totp_secret()
    data = {"secret": seal(secret)}
    Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data=data)
    return secret


def code_of(secret: str, *, periods_ago: int = 0) -> str:
    counter = list(totp.yield_hotp_counters_from_time())[1] - periods_ago
    code: str = totp.format_hotp_value(totp.hotp_value(secret, counter))
    return code


def after_password(member: Member) -> Client:
    return after_password_of(member, cast.PASSWORD)


def after_password_of(member: Member, password: str) -> Client:
    client = Client()
    form = {"login": member.email, "password": password}
    answer = client.post(reverse("account_login"), form)
    assert answer["Location"] == reverse("mfa_authenticate")
    return client


def is_let_in(client: Client, code: str) -> bool:
    client.post(reverse("mfa_authenticate"), {"code": code})
    return "_auth_user_id" in client.session


def test_a_code_works_once_for_as_long_as_it_is_valid() -> None:
    # Else the next period may begin meanwhile.
    with time_machine.travel(timezone.now(), tick=False):
        member = cast.ada()
        secret = with_app(member)
        code = code_of(secret)
        assert is_let_in(after_password(member), code)
        # allauth's own note ends after half a minute; the code works for another half.
        cache.delete(totp.TOTP(Authenticator.objects.get())._get_used_cache_key(code))
        assert not is_let_in(after_password(member), code)
        assert not is_let_in(after_password(member), f"{code[:3]} {code[3:]}")
        assert is_let_in(after_password(member), code_of(secret, periods_ago=1))


def test_a_code_that_was_used_is_told_from_a_wrong_one() -> None:
    member = cast.ada()
    code = code_of(with_app(member))
    assert is_let_in(after_password(member), code)
    client = after_password(member)
    for sent, told in ((code, "Each code works once."), ("000000", "That did not match.")):
        assert told in client.post(reverse("mfa_authenticate"), {"code": sent}).text


def test_who_gets_in_by_a_recovery_code_is_told_how_many_are_left() -> None:
    member = cast.ada()
    EmailAddress.objects.get_or_create(user=member, email=member.email, primary=True, verified=True)
    with_app(member)
    codes = RecoveryCodes.activate(member).generate_codes()
    client = after_password(member)
    assert is_let_in(client, codes[3])
    assert "That was a recovery code. You have 9 left." in client.get("/account/").text
    mail = Mail.objects.get(kind="accounts/mail/recovery_code_used")
    letter = letter_of(mail)
    assert letter is not None
    assert "You have 9 left." in letter.text
    assert mail.member == member


def test_each_ends_only_sessions_of_their_own() -> None:
    ada, ben = signed_in(cast.ada()), signed_in(cast.ben())
    for client in (ada, ben):
        client.get("/account/")
        note_session(client)
    of_ben = UserSession.objects.get(user=cast.ben())
    never = ada.post(reverse("account_end_session", args=[of_ben.pk + 1_000]))
    refused = ada.post(reverse("account_end_session", args=[of_ben.pk]))
    assert refused.status_code == never.status_code == 404
    assert refused.content == never.content
    assert ben.get("/account/").status_code == 200
    assert ben.post(reverse("account_end_session", args=[of_ben.pk])).status_code == 302
    assert ben.get("/account/").status_code == 302


def note_session(client: Client) -> None:
    """As signing in by the form does."""
    UserSession.objects.get_or_create(
        session_key=client.session.session_key,
        defaults={"user_id": client.session["_auth_user_id"], "ip": "203.0.113.7"},
    )


def test_a_code_used_to_sign_in_does_not_show_that_it_is_you() -> None:
    member = cast.ada()
    code = code_of(with_app(member))
    client = after_password(member)
    assert is_let_in(client, code)
    cache.delete(totp.TOTP(Authenticator.objects.get())._get_used_cache_key(code))
    answer = client.post(f"{reverse('mfa_reauthenticate')}?next=/", {"code": code})
    assert answer.status_code == 200


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_what_no_browser_sends_is_refused_and_next_is_kept(credential: str) -> None:
    client = Client()
    sent = {"credential": credential, "next": "/consultations/"}
    answer = client.post(reverse("mfa_login_webauthn"), sent)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Fconsultations%2F"
    assert list(get_messages(answer.wsgi_request))


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_a_passkey_that_no_browser_made_is_refused(credential: str) -> None:
    address = reverse("mfa_add_webauthn")
    client = same_person(cast.ada())
    client.get(address)
    answer = client.post(address, {"name": "Phone", "credential": credential})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_who_waits_at_the_second_step_while_the_password_changes_begins_again() -> None:
    # Else the next period may begin meanwhile.
    with time_machine.travel(timezone.now(), tick=False):
        member = cast.ada()
        secret = with_app(member)
        client = after_password(member)
        member.set_password("four other words here")
        member.save()
        assert not is_let_in(client, code_of(secret))
        assert is_let_in(
            after_password_of(member, "four other words here"), code_of(secret, periods_ago=1)
        )


def test_a_hash_made_anew_signs_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it happens when a newer Django asks for more rounds."""
    client = signed_in(cast.ada())
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 2)
    answer = client.post(reverse("account_reauthenticate"), {"password": cast.PASSWORD})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_first_password_asks_whether_it_is_you() -> None:
    """Whoever finds a browser that is signed in would have the account for good."""
    member = cast.ada()
    member.set_unusable_password()
    member.save()
    with_app(member)
    client, address = signed_in(member), reverse("account_set_password")
    for answer in (client.get(address), client.post(address, {"password1": "long enough words"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    member.refresh_from_db()
    assert not member.has_usable_password()


def test_the_qr_code_can_stand_in_a_page() -> None:
    svg = MFAAdapter().build_totp_svg("otpauth://totp/somebody?secret=ABC")
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    assert "style" not in svg


def test_secrets_in_fours() -> None:
    assert in_fours("ABCDEFGHIJ") == "ABCD EFGH IJ"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/128.0 Safari/537.36 Edg/128.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/128.0 Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0", "Firefox on Linux"),
        ("curl/8.5.0", "A browser we do not know"),
        ("", "A browser we do not know"),
    ],
)
def test_browsers_are_called_as_people_call_them(user_agent: str, name: str) -> None:
    assert browser(user_agent) == name
