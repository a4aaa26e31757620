"""Following a consultation: the button, the question that is asked once, and the end of it."""

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import leaving
from accounts.models import Closing
from discussions import data_copy, following
from discussions.leaving import close_account
from discussions.models import Consultation, Follower, Participant
from tests import cast
from tests.conftest import signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

PLACE = f"/consultations/{cast.OPEN}/"
STREETS = f"{PLACE}streets/"
BUTTON = f"/following/{cast.OPEN}/"
QUESTION = "Get an email when there is news?"


@pytest.mark.parametrize("page", [PLACE, STREETS, BUTTON])
def test_one_button_follows_and_stops(ada: Client, page: str) -> None:
    assert b'name="wanted" value="yes"' in ada.get(page).content
    for _time in range(2):
        answer = ada.post(BUTTON, {"wanted": "yes", "next": page}, follow=True)
        assert answer.request["PATH_INFO"] == page
        assert "You follow this consultation" in words(answer)
        assert Follower.objects.get().member == cast.ada()
    for _time in range(2):
        ada.post(BUTTON, {"wanted": "no"})
        assert not Follower.objects.exists()


def test_the_signed_out_sign_in_and_find_the_button() -> None:
    consultation = cast.consultation()
    for place in (PLACE, STREETS):
        assert f'href="{BUTTON}"'.encode() in Client().get(place).content
    browser = Client()
    answer = browser.get(BUTTON)
    assert answer.headers["Location"] == f"/accounts/login/?next={BUTTON}"
    sign_in = {"login": cast.ada().email, "password": cast.PASSWORD, "next": BUTTON}
    page = browser.post("/accounts/login/", sign_in, follow=True)
    assert "Follow this consultation?" in words(page)
    assert not following.is_following(consultation, cast.ada())


def test_a40_only_the_button_follows(ada: Client) -> None:
    for send in (ada.get, ada.head, ada.options):
        send(BUTTON)
    ada.post(BUTTON, {"wanted": "everything"})
    Client(enforce_csrf_checks=True).post(BUTTON, {"wanted": "yes"})
    assert not Follower.objects.exists()


def test_nobody_is_led_elsewhere(ada: Client) -> None:
    answer = ada.post(BUTTON, {"wanted": "yes", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == PLACE


def test_a_draft_cannot_be_followed() -> None:
    cast.consultation(cast.DRAFT)
    answer = signed_in(cast.ada()).post(f"/following/{cast.DRAFT}/", {"wanted": "yes"})
    assert answer.status_code == 404
    assert not Follower.objects.exists()


def post(client: Client, body: str) -> str:
    """The page that follows."""
    form = {"body": body, "form_key": str(uuid.uuid4())}
    return words(client.post(f"{STREETS}comments/", form, follow=True))


def test_whoever_comments_is_asked_once(ada: Client) -> None:
    assert QUESTION in post(ada, "More light, please.")
    assert QUESTION not in words(ada.get(STREETS))
    assert QUESTION not in post(ada, "And benches.")
    assert Participant.objects.get(member=cast.ada()).asked_to_follow


def test_a_reaction_by_script_is_asked_on_the_next_page(ada: Client) -> None:
    comment = cast.comment(cast.ben())
    reaction = {"reaction": "agree"}
    address = f"/comments/{comment.pk}/reaction/"
    ada.post(address, reaction, headers={"accept": "application/json"})
    assert QUESTION in words(ada.get(f"/comments/{comment.pk}/"))
    assert QUESTION not in words(ada.get(PLACE))


def test_who_follows_or_hosts_is_not_asked(ada: Client) -> None:
    following.follow(cast.consultation(), cast.ada())
    assert QUESTION not in post(ada, "More light, please.")
    assert QUESTION not in post(signed_in(cast.hana()), "We read along.")


def test_no_thanks_is_the_end_of_it(ada: Client) -> None:
    post(ada, "More light, please.")
    ada.post(BUTTON, {"wanted": "later"})
    assert not Follower.objects.exists()
    assert QUESTION not in post(ada, "And benches.")


def test_the_account_lists_what_is_followed_and_stops_it(ada: Client) -> None:
    page = "/account/notifications/"
    assert "You follow none." in words(ada.get(page))
    following.follow(cast.consultation(), cast.ada())
    assert "The open one" in words(ada.get(page))
    assert 'name="wanted" value="no"' in ada.get(page).content.decode()
    Consultation.objects.update(published_at=None)
    assert "The open one" not in words(ada.get(page))


def test_it_goes_with_the_account_and_stands_in_the_copy_of_ones_data() -> None:
    following.follow(cast.consultation(), cast.ada())
    following.follow(cast.consultation(), cast.ben())
    copy = json.loads(json.dumps(data_copy.everything(cast.ada())))
    assert [each["consultation"] for each in copy["consultations you follow"]] == ["The open one"]
    leaving.start(cast.ada(), withdraws_comments=False)
    Closing.objects.update(due_at=timezone.now())
    assert close_account(cast.ada().pk)
    assert [each.member for each in Follower.objects.all()] == [cast.ben()]


def test_following_costs_no_more_than_one_query() -> None:
    cast.consultation()

    def asked(client: Client, page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        return sum("discussions_follower" in query["sql"] for query in captured.captured_queries)

    assert asked(Client(), PLACE) == 0
    assert asked(signed_in(cast.ada()), PLACE) == 1
    # In the one query that asks for the discussion.
    assert asked(Client(), STREETS) == 0
    assert asked(signed_in(cast.ada()), STREETS) == 1


def test_pages_for_the_signed_out_hold_nothing_personal() -> None:
    cast.consultation()
    for page in (PLACE, STREETS):
        assert b"csrfmiddlewaretoken" not in Client().get(page).content
