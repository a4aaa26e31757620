"""Guessing passwords: limited, whatever the guesser forges, and nobody else pays for it."""

import pytest
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from django.core.cache import cache
from django.test import Client

from accounts.models import Member
from tests import cast
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "three words in a row"
WRONG = "not that one"


@pytest.fixture(autouse=True)
def _no_guesses_so_far() -> None:
    cache.clear()


@pytest.fixture
def ada_with_password() -> Member:
    member = cast.ada()
    member.set_password(PASSWORD)
    member.save()
    return member


def guess(email: str, password: str = WRONG, address: str = "10.0.0.1") -> str:
    client = Client(REMOTE_ADDR=address)
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    if answer.status_code == 302:
        return "in"
    page = answer.content.decode()
    return "shut" if "Too many tries" in page or answer.status_code == 429 else "wrong"


def test_five_wrong_passwords_shut_the_password_form_for_this_member(
    ada_with_password: Member,
) -> None:
    email = ada_with_password.email
    addresses = [f"10.0.0.{number}" for number in range(20)]
    answers = [guess(email, address=address) for address in addresses]
    assert answers == ["wrong"] * 5 + ["shut"] * 15
    assert guess(email, PASSWORD, "10.0.1.1") == "shut"


def test_an_address_nobody_has_is_shut_alike() -> None:
    answers = [guess("nobody@people.example", address=f"10.0.0.{n}") for n in range(7)]
    assert answers == ["wrong"] * 5 + ["shut"] * 2


def test_a20_a_forged_address_changes_nothing() -> None:
    def forged(number: int) -> str:
        client = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"192.0.2.{number}"})
        form = {"login": f"member-{number}@people.example", "password": "not that one"}
        answer = client.post("/accounts/login/", form)
        return "shut" if "Too many tries" in answer.content.decode() else "wrong"

    assert [forged(number) for number in range(12)] == ["wrong"] * 10 + ["shut"] * 2


def test_a21_a_good_login_between_bad_ones_forgives_none(ada_with_password: Member) -> None:
    email = ada_with_password.email
    answers = []
    for number in range(6):
        answers.append(guess(email, address=f"10.0.0.{number}"))
        if number < 4:
            assert guess(email, PASSWORD, f"10.0.0.{number}") == "in"
    assert answers == ["wrong"] * 5 + ["shut"]


def test_a22_many_guesses_leave_the_member_signed_in_and_a_new_password_lets_in(
    ada_with_password: Member,
) -> None:
    email, browser = ada_with_password.email, signed_in(ada_with_password)
    answers = [guess(email, address=f"10.1.0.{n}") for n in range(200)]
    assert answers.count("wrong") == 5
    assert browser.get("/accounts/email/").status_code == 200

    client = Client()
    client.post("/accounts/password/reset/", {"email": email})
    code = client.session[PASSWORD_RESET_VERIFICATION_SESSION_KEY]["code"]
    client.post("/accounts/password/reset/confirm/", {"code": code})
    new = "four other words here"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    assert guess(email, new, "10.9.9.9") == "in"
