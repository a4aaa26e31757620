"""A24, S6, S7: nobody is in admin without a second factor shown in this very session."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from accounts import leaving
from accounts.models import Closing, Member
from accounts.sealing import seal
from discussions.leaving import close_due_accounts
from tests import cast
from tests.admin_addresses import admin_addresses
from tests.conftest import in_staff_session, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "three words in a row"


@pytest.fixture(autouse=True)
def _no_guesses_so_far() -> None:
    cache.clear()


def without_factor() -> Client:
    return signed_in(cast.ida())


def session_older_than_the_factor() -> Client:
    client = signed_in(cast.ida())
    add_app(cast.ida())
    return client


def add_app(member: Member) -> str:
    secret = totp.generate_totp_secret()
    Authenticator.objects.create(
        user=member, type=Authenticator.Type.TOTP, data={"secret": seal(secret)}
    )
    return str(secret)


def code(secret: str, steps: int = 0) -> str:
    counter = int(time.time()) // 30 + steps
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def is_shut(answer: HttpResponseBase) -> bool:
    if answer.status_code == 302:
        # Leaving admin without having been in leads to its first page, which is shut.
        return answer.headers["Location"].startswith("/admin/login/?next=") or (
            answer.headers["Location"] == "/admin/"
        )
    return answer.status_code == 403


@pytest.mark.parametrize(
    "visitor",
    [Client, lambda: signed_in(cast.ben()), without_factor, session_older_than_the_factor],
    ids=["signed out", "member", "staff without a factor", "staff, session older than the factor"],
)
def test_a24_no_address_of_admin_lets_in(visitor: Callable[[], Client]) -> None:
    client, comment = visitor(), cast.comment(cast.ada())
    addresses = list(admin_addresses(comment))
    assert len(addresses) > 40
    for address in addresses:
        for answer in (client.get(address), client.post(address, {"is_staff": "on"})):
            assert is_shut(answer), (address, answer.status_code)


def test_a24_staff_who_showed_a_factor_in_this_session_get_everywhere() -> None:
    client, comment = in_staff_session(cast.ida()), cast.comment(cast.ada())
    lists = ("/admin/", "/admin/discussions/comment/", "/admin/accounts/member/")
    assert [client.get(address).status_code for address in lists] == [200, 200, 200]
    for address in admin_addresses(comment):
        answer = client.get(address)
        # Some are refused for what they would do, such as erasing a member: not for who asks.
        assert "/admin/login/" not in answer.headers.get("Location", ""), address


def test_staff_sign_in_with_password_and_code_and_the_code_works_once() -> None:
    member, secret = cast.ida(), add_app(cast.ida())
    member.set_password(PASSWORD)
    member.save()
    client = Client()
    entered = {"login": member.email, "password": PASSWORD}
    answer = client.post("/accounts/login/?next=/admin/", entered)
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert is_shut(client.get("/admin/"))
    now = code(secret)
    answer = client.post("/accounts/2fa/authenticate/", {"code": now})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200

    other = Client()
    other.post("/accounts/login/?next=/admin/", entered)
    again = other.post("/accounts/2fa/authenticate/", {"code": now})
    assert again.status_code == 200
    assert is_shut(other.get("/admin/"))


def test_a_session_that_lacks_the_factor_shows_it_and_goes_on_where_it_was_going() -> None:
    client, secret = signed_in(cast.ida()), add_app(cast.ida())
    there = "/admin/discussions/comment/"
    page = client.get(there, follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/2fa/reauthenticate/?next=")
    answer = client.post(page.redirect_chain[-1][0], {"code": code(secret), "next": there})
    assert answer["Location"] == there
    assert client.get(there).status_code == 200


def test_staff_without_a_factor_are_told_how_to_get_one() -> None:
    page = signed_in(cast.ida()).get("/admin/discussions/comment/", follow=True)
    assert page.status_code == 403
    assert "Set up a second step first" in page.content.decode()
    assert "/accounts/2fa/totp/activate/" in page.content.decode()


def test_s7_a_staff_session_ends_after_half_an_hour_without_use_and_after_twelve_hours() -> None:
    with time_machine.travel("2030-01-01T08:00Z", tick=False) as clock:
        client = in_staff_session(cast.ida())
        clock.shift(timedelta(minutes=29))
        assert client.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=29))
        assert client.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert is_shut(client.get("/admin/"))

        client = in_staff_session(cast.ida())
        for _minutes in range(0, 12 * 60, 20):
            assert client.get("/admin/").status_code == 200
            clock.shift(timedelta(minutes=20))
        clock.shift(timedelta(minutes=1))
        assert is_shut(client.get("/admin/"))


def test_s11_a_factor_that_is_gone_and_a_demotion_hold_from_the_next_request() -> None:
    client = in_staff_session(cast.ida())
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.filter(user=cast.ida()).delete()
    assert is_shut(client.get("/admin/"))
    client = in_staff_session(cast.ida())
    Member.objects.filter(pk=cast.ida().pk).update(is_staff=False, is_superuser=False)
    assert client.get("/admin/").status_code == 403


def test_the_record_of_another_member_opens_nothing() -> None:
    client = in_staff_session(cast.mo())
    session = dict(client.session.items())
    client.force_login(cast.ida())
    add_app(cast.ida())
    for key in ("account_authentication_methods", "account_authentication_methods_user"):
        later = client.session
        later[key] = session[key]
        later.save()
    assert is_shut(client.get("/admin/"))


def test_nobody_but_its_owner_touches_a_factor_an_address_or_a_session() -> None:
    client = in_staff_session(cast.ida())
    page = client.get("/admin/").content.decode()
    for name in ("mfa/authenticator", "account/emailaddress", "usersessions"):
        assert name not in page
        assert client.get(f"/admin/{name}/").status_code == 404


def test_secrets_of_factors_and_sessions_are_sealed_in_the_database() -> None:
    secret = add_app(cast.ida())
    stored = Authenticator.objects.get(user=cast.ida())
    assert secret not in str(stored.data)
    assert totp.TOTP(stored).validate_code(code(secret))


def desk() -> Client:
    """Staff who may change members, and nothing else."""
    mo = cast.mo()
    mo.user_permissions.set(
        Permission.objects.filter(codename__in=["change_member", "view_member"])
    )
    return in_staff_session(mo)


def change(client: Client, member: Member, **changes: object) -> HttpResponseBase:
    form = {
        "display_name": member.display_name,
        "is_active": "on",
        "name_changes-TOTAL_FORMS": "0",
        "name_changes-INITIAL_FORMS": "0",
    }
    address = f"/admin/accounts/member/{member.pk}/change/"
    return client.post(address, form | changes)


def test_staff_give_nobody_more_than_they_have() -> None:
    group = Group.objects.create(name="All")
    group.permissions.set(Permission.objects.all())
    client, mo, ben = desk(), cast.mo(), cast.ben()
    assert change(client, mo, is_staff="on", groups=[group.pk]).status_code == 302
    assert change(client, ben, is_staff="on", groups=[group.pk]).status_code == 302
    assert not mo.groups.exists()
    assert not ben.groups.exists()
    ben.refresh_from_db()
    assert not ben.is_staff


def test_staff_take_nothing_from_those_above_them() -> None:
    client, ida = desk(), cast.ida()
    assert change(client, ida, display_name="Nobody", is_active="").status_code == 403
    ida.refresh_from_db()
    assert (ida.display_name, ida.is_active, ida.is_staff) == ("Ida", True, True)


def test_nobody_becomes_staff_before_they_have_a_factor() -> None:
    client, ben = in_staff_session(cast.ida()), cast.ben()
    answer = change(client, ben, is_staff="on")
    assert "First this member needs a passkey or an authenticator app." in answer.text  # type: ignore[attr-defined]
    add_app(ben)
    assert change(client, ben, is_staff="on").status_code == 302
    ben.refresh_from_db()
    assert ben.is_staff


def test_what_staff_did_in_admin_outlasts_their_being_staff() -> None:
    change(in_staff_session(cast.ida()), cast.ben(), display_name="Benjamin")
    assert LogEntry.objects.filter(user=cast.ida()).exists()
    Member.objects.filter(pk=cast.ida().pk).update(is_staff=False, is_superuser=False)
    ida = Member.objects.get(pk=cast.ida().pk)
    with pytest.raises(leaving.StaffMayNotLeaveError):
        leaving.start(ida, withdraws_comments=False)
    Closing.objects.create(member=ida, due_at=timezone.now(), withdraws_comments=False)
    close_due_accounts()
    assert LogEntry.objects.filter(user=ida).exists()


def test_admin_changes_passwords_where_everybody_does() -> None:
    answer = in_staff_session(cast.ida()).get("/admin/password_change/")
    assert answer["Location"] == "/accounts/password/change/"
