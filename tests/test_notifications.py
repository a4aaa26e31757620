"""Which mails a member gets, and the one click that ends them."""

import pytest
from django.core import signing
from django.test import Client

from accounts.mail.links import unsubscribe_url
from accounts.models import Member
from tests import cast
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

PAGE = "/account/notifications/"


def link(member: Member) -> str:
    return unsubscribe_url(member, "reply").removeprefix("http://127.0.0.1:8000")


def wants(member: Member) -> bool:
    return Member.objects.get(pk=member.pk).wants_reply_mails


def test_a_member_turns_mails_off_and_on(ada: Client) -> None:
    assert 'name="wants_reply_mails"' in ada.get(PAGE).content.decode()
    assert "Your choice is saved." in ada.post(PAGE, {}, follow=True).content.decode()
    assert not wants(cast.ada())
    ada.post(PAGE, {"wants_reply_mails": "on", "is_staff": "on"})
    assert wants(cast.ada())
    assert not cast.ada().is_staff


def test_the_page_is_its_members_alone() -> None:
    for send in (Client().get, Client().post):
        answer = send(PAGE)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/accounts/login/?next=/account/notifications/"


def test_one_click_needs_no_session_and_may_come_twice() -> None:
    ada = cast.ada()
    client = Client(enforce_csrf_checks=True)
    for _time in range(2):
        answer = client.post(link(ada), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "We will not email you about replies any more." in answer.content.decode()
        assert not wants(ada)
    assert wants(cast.ben())


def test_a40_looking_at_the_link_changes_nothing() -> None:
    ada = cast.ada()
    for client in (Client(), signed_in(ada), signed_in(cast.ben())):
        for send in (client.get, client.head, client.options):
            send(link(ada))
    assert "Stop these emails" in Client().get(link(ada)).content.decode()
    assert wants(ada)


@pytest.mark.parametrize("change", ["cut", "other", "kind", "salt", "nonsense"])
def test_a_broken_link_is_told_and_does_nothing(change: str) -> None:
    ada = cast.ada()
    good = link(ada)
    token = {
        "cut": good.rstrip("/")[:-1].rpartition("/")[2],
        "other": signing.dumps([ada.pk, "reply"]),
        "kind": signing.Signer(salt="accounts.unsubscribe").sign_object([ada.pk, "password"]),
        "salt": signing.Signer(salt="other").sign_object([ada.pk, "reply"]),
        "nonsense": "%F0%9F%A6%8A",
    }[change]
    for send in (Client().get, Client().post):
        answer = send(f"/account/unsubscribe/{token}/")
        assert answer.status_code == 404
        assert "This link does not work" in answer.content.decode()
    assert wants(ada)


def test_a_link_outlives_its_account() -> None:
    ada = cast.ada()
    good = link(ada)
    ada.delete()
    assert Client().post(good).status_code == 200
