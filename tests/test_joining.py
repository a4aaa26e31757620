"""Joining: what is asked, what is stored, and that nobody learns who has joined."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest
from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts import agreements
from accounts.models import Agreement, Member, NameInUse
from tests import cast
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
ZOE = "zoe@people.example"


@pytest.fixture(autouse=True)
def _no_limits_so_far() -> None:
    cache.clear()


def join(client: Client, email: str = ZOE, **changes: str) -> HttpResponse:
    return client.post("/accounts/signup/", form_of(email) | changes)  # type: ignore[return-value]


def form_of(email: str) -> dict[str, str]:
    return {
        "email": email,
        "display_name": "Zoe",
        "password1": "three words in a row",
        "is_16_or_over": "on",
        "accepts": "on",
        "shown_versions": agreements.current(),
    }


def code_of(client: Client) -> str:
    return str(client.session[EMAIL_VERIFICATION_CODE_SESSION_KEY]["code"])


def confirm(client: Client, code: str | None = None) -> HttpResponse:
    return client.post("/accounts/confirm-email/", {"code": code or code_of(client)})  # type: ignore[return-value]


def test_from_the_form_through_the_code_to_being_signed_in() -> None:
    client = Client()
    assert join(client)["Location"] == "/accounts/confirm-email/"
    assert not signed_in_as(client)
    assert confirm(client).status_code == 302
    assert signed_in_as(client) == ZOE
    zoe = Member.objects.get(email=ZOE)
    assert (zoe.display_name, zoe.declared_16_or_over) == ("Zoe", True)


def signed_in_as(client: Client) -> str:
    return getattr(client.get("/").wsgi_request.user, "email", "")


def test_l3_what_was_accepted_is_stored_in_the_version_shown() -> None:
    join(Client())
    found = Agreement.objects.filter(member__email=ZOE).values_list("document", "version")
    assert dict(found) == {"guidelines": "1", "terms": "1"}


def test_l3_what_changed_meanwhile_is_shown_before_it_is_accepted() -> None:
    answer = join(Client(), shown_versions="guidelines 0, terms 1")
    assert not Member.objects.filter(email=ZOE).exists()
    page = answer.content.decode()
    assert "have just changed" in page
    assert f'value="{agreements.current()}"' in page
    assert "checked" not in page.split('name="accepts"')[1].split(">")[0]


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("is_16_or_over", "You need to be 16 or over to join."),
        ("accepts", "To join, accept the community guidelines and the terms."),
        ("display_name", "This field is required."),
    ],
)
def test_l9_nobody_joins_without(missing: str, sentence: str) -> None:
    answer = join(Client(), **{missing: ""})
    assert sentence in answer.content.decode()
    assert ZOE in answer.content.decode()
    assert not Member.objects.filter(email=ZOE).exists()


def test_s9_a_known_address_is_answered_alike_and_costs_a_hash_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[str] = []
    slow = hashers.PBKDF2PasswordHasher.encode

    def counted(self: hashers.PBKDF2PasswordHasher, password: str, *more: object) -> str:
        hashed.append(password)
        return str(slow(self, password, *more))  # type: ignore[arg-type]

    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "encode", counted)
    known = cast.ada().email
    hashed.clear()
    pages, costs = [], []
    for email, name in ((known, "Robin"), (ZOE, "Wren")):
        client = Client()
        answer = join(client, email, display_name=name)
        page = client.get(answer["Location"]).content.decode()
        pages.append((answer.status_code, answer["Location"], page.replace(email, "")))
        costs.append(len(hashed))
        hashed.clear()
    assert costs == [1, 1]
    assert without_tokens(pages[0]) == without_tokens(pages[1])


@pytest.mark.parametrize("is_known", [True, False])
def test_s9_the_name_that_was_given_is_taken_alike(*, is_known: bool) -> None:
    """Else whether it is free afterwards would tell."""
    email = cast.ada().email if is_known else ZOE
    first = Client()
    join(first, email, display_name="Robin")
    assert "Somebody already uses" in join(Client(), "x@people.example", display_name="Robin").text
    first.post("/accounts/signup/again/")
    assert join(Client(), "x@people.example", display_name="Robin").status_code == 302


@pytest.mark.parametrize("is_known", [True, False])
def test_s9_who_joined_with_an_address_before_is_told_alike(*, is_known: bool) -> None:
    email = cast.ada().email if is_known else ZOE
    first = Client()
    join(first, email, display_name="Robin")
    cache.clear()
    join(Client(), email, display_name="Wren")
    answer = first.get("/accounts/confirm-email/?next=/consultations/")
    assert answer["Location"] == "/accounts/signup/?next=%2Fconsultations%2F"
    assert "Please start again." in first.get(answer["Location"]).content.decode()
    assert not NameInUse.objects.is_taken("Robin")
    assert NameInUse.objects.is_taken("Wren")


def test_nobody_can_be_the_one_who_stands_in() -> None:
    join(Client(), cast.ada().email)
    stand_in = Member.objects.get(display_name="Zoe")
    assert not stand_in.is_active
    for path, name in (("/accounts/login/", "login"), ("/accounts/password/reset/", "email")):
        client = Client()
        client.post(path, {name: stand_in.email, "password": "three words in a row"})
        assert not signed_in_as(client)


@pytest.mark.parametrize("is_known", [True, False])
def test_s9_the_password_just_given_opens_nothing_alike(*, is_known: bool) -> None:
    """Else who joins with an address, and signs in elsewhere, learns whether it was known."""
    email = cast.ada().email if is_known else ZOE
    join(Client(), email, display_name="Robin", password1="a password of mine")
    cache.clear()
    form = {"login": email, "password": "a password of mine"}
    answer = Client().post("/accounts/login/", form)
    assert answer.status_code == 200
    assert "do not go together" in answer.content.decode()


@pytest.mark.parametrize("is_known", [True, False])
def test_l3_a_new_password_is_for_members_alone(*, is_known: bool) -> None:
    """Else somebody else could begin, and its owner finish, what the owner never agreed to."""
    email = cast.ada().email if is_known else ZOE
    join(Client(), email, display_name="Robin")
    owner = Client()
    owner.post("/accounts/password/reset/", {"email": email})
    state = owner.session[PASSWORD_RESET_VERIFICATION_SESSION_KEY]
    assert ("user_id" in state) == is_known


def test_a_form_that_is_wrong_ends_nobody_elses_joining() -> None:
    victim = Client()
    join(victim)
    for form in ({"email": ZOE}, form_of(ZOE) | {"password1": "short"}, form_of("\0" + ZOE)):
        assert Client().post("/accounts/signup/", form).status_code in (200, 400)
    # A right one, too soon after: no second code is sent, and the first one works.
    assert join(Client(), display_name="Wren").status_code == 429
    confirm(victim)
    assert signed_in_as(victim) == ZOE


def test_who_begins_once_more_may_have_the_name_they_gave() -> None:
    for email in (ZOE, cast.ada().email):
        name = f"Robin at {email[:3]}"
        for _time in range(2):
            cache.clear()
            assert join(Client(), email, display_name=name).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_code_entered_while_somebody_joins_with_the_address_counts_or_not_at_all() -> None:
    """Never a success whose account is gone, and never a fault."""
    cache.clear()
    for number in range(8):
        email = f"zoe-{number}@people.example"
        owner, other = Client(), Client(raise_request_exception=False)
        join(owner, email, display_name=f"Owner {number}")
        cache.clear()
        with ThreadPoolExecutor(2) as pool:
            entered = pool.submit(_closing, partial(confirm, owner))
            joining = partial(join, other, email, display_name=f"Other {number}")
            began = pool.submit(_closing, joining)
            assert entered.result().status_code == 302
            assert began.result().status_code == 302
        is_in = signed_in_as(owner) == email
        confirmed = EmailAddress.objects.filter(email=email, verified=True)
        assert confirmed.exists() == is_in
        assert Member.objects.filter(email=email).count() == 1


def _closing(act: Callable[[], HttpResponse]) -> HttpResponse:
    """In a thread, whose connection nobody else closes."""
    try:
        return act()
    finally:
        connection.close()


def test_where_people_were_going_is_kept_through_the_code() -> None:
    client = Client()
    answer = client.post("/accounts/signup/?next=/guidelines/", form_of(ZOE))
    assert answer["Location"] == "/accounts/confirm-email/?next=%2Fguidelines%2F"
    code = {"code": code_of(client), "next": "/guidelines/"}
    assert client.post("/accounts/confirm-email/", code)["Location"] == "/guidelines/"


def without_tokens(page: tuple[int, str, str]) -> tuple[int, str, list[str]]:
    return (*page[:2], [line for line in page[2].splitlines() if "csrfmiddlewaretoken" not in line])


def test_a23_three_wrong_codes_end_it_also_for_a_known_address() -> None:
    for email, name in ((cast.ada().email, "Robin"), (ZOE, "Wren")):
        client = Client()
        join(client, email, display_name=name)
        right = client.session[EMAIL_VERIFICATION_CODE_SESSION_KEY].get("code", "")
        answers = [confirm(client, "WRO-NGX").status_code for _try in range(3)]
        assert answers == [200, 200, 302]
        confirm(client, right or "ABC-DEF")
        assert not signed_in_as(client)


def test_s9_the_third_wrong_code_leads_back_to_the_form_alike() -> None:
    told = []
    for email, name in ((cast.ada().email, "Robin"), (ZOE, "Wren")):
        client = Client()
        join(client, email, display_name=name)
        for _try in range(3):
            sent = {"code": "WRO-NGX", "next": "/guidelines/"}
            answer = client.post("/accounts/confirm-email/", sent)
        assert answer["Location"] == "/accounts/signup/?next=%2Fguidelines%2F"
        page = client.get(answer["Location"]).text
        assert "That was the third wrong code. Join again to get a new one." in page
        assert not NameInUse.objects.is_taken(name)
        told.append(
            without_tokens((answer.status_code, answer["Location"], page.replace(name, "")))
        )
    assert told[0] == told[1]


def test_s9_a_new_code_too_soon_keeps_the_first_and_is_told_alike() -> None:
    for email, name in ((cast.ada().email, "Robin"), (ZOE, "Wren")):
        client = Client()
        join(client, email, display_name=name)
        first = code_of(client)
        sent = {"action": "resend", "next": "/guidelines/"}
        answer = client.post("/accounts/confirm-email/", sent)
        assert answer["Location"] == "/accounts/confirm-email/?next=%2Fguidelines%2F"
        assert code_of(client) == first
        assert "Wait half a minute" in client.get(answer["Location"]).text
    assert confirm(client).status_code == 302
    assert signed_in_as(client) == ZOE


def test_a23_a_code_works_once() -> None:
    client = Client()
    join(client)
    code = code_of(client)
    confirm(client, code)
    client.post("/accounts/logout/")
    confirm(client, code)
    assert not signed_in_as(client)


def test_nobody_keeps_the_address_of_somebody_else_by_never_confirming_it() -> None:
    join(Client(), display_name="Mallory")
    cache.clear()  # one address gets a code every ten seconds at most
    owner = Client()
    join(owner, display_name="Zoe")
    confirm(owner)
    assert signed_in_as(owner) == ZOE
    assert Member.objects.get(email=ZOE).display_name == "Zoe"
    assert not NameInUse.objects.is_taken("Mallory")


def test_an_address_that_was_confirmed_is_never_made_room_for() -> None:
    ada = cast.ada()
    for email in (ada.email, cast.ida().email, ada.email.upper()):
        join(Client(), email)
    assert Member.objects.filter(pk__in=[ada.pk, cast.ida().pk]).count() == 2
    assert EmailAddress.objects.filter(user=ada, verified=True).exists()


def test_a_mistyped_address_costs_nobody_their_name() -> None:
    client = Client()
    join(client, "zeo@people.example")
    answer = client.post("/accounts/signup/again/", {"next": "/consultations/"})
    assert answer["Location"] == "/accounts/signup/?next=%2Fconsultations%2F"
    assert 'value="Zoe"' in client.get("/accounts/signup/").content.decode()
    join(client)
    confirm(client)
    assert signed_in_as(client) == ZOE
    assert not Member.objects.filter(email="zeo@people.example").exists()


def test_starting_over_is_nothing_a_member_could_lose_by() -> None:
    ada = signed_in(cast.ada())
    assert ada.get("/accounts/signup/again/").status_code == 405
    ada.post("/accounts/signup/again/")
    assert Member.objects.filter(pk=cast.ada().pk).exists()


def test_a36_a_name_that_passes_for_another_members_is_refused() -> None:
    cast.ada()
    for name in ("ADA", "Аdа", "A d a", "Ádà", "Ada."):
        page = join(Client(), display_name=name).content.decode()
        assert "Somebody already uses this name." in page


@pytest.mark.django_db(transaction=True)
def test_two_who_take_a_name_at_once_are_one_member_and_one_sentence(server: str) -> None:
    def at_once(number: int) -> tuple[int, str]:
        with httpx.Client(base_url=server) as http:
            http.get("/accounts/signup/")
            form = {
                "csrfmiddlewaretoken": http.cookies["csrftoken"],
                "email": f"twin-{number}@people.example",
                "display_name": ("Twin", "TWIN", "Тwin")[number % 3],
                "password1": "three words in a row",
                "is_16_or_over": "on",
                "accepts": "on",
                "shown_versions": agreements.current(),
            }
            answer = http.post("/accounts/signup/", data=form)
            return answer.status_code, answer.text

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(at_once, range(6)))
    assert sorted(status for status, _page in answers) == [200] * 5 + [302]
    assert sum("Somebody already uses this name." in page for _status, page in answers) == 5
    assert Member.objects.filter(email__startswith="twin-").count() == 1
