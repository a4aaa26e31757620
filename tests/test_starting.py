"""A reader writes first and joins then: the text is kept, and posted when they say so."""

import pytest
from django.test import Client

from discussions.models import Comment
from moderation.models import LimitCount
from tests import cast
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
STREETS = f"/consultations/{cast.OPEN}/streets/"
TEXT = "The lamps on our street have been out since May."


def test_the_page_for_readers_has_the_form_and_no_cookie() -> None:
    cast.consultation()
    page = Client().get(STREETS)
    assert f'action="{STREETS}start/"' in page.content.decode()
    assert not page.cookies
    assert "no-store" not in page.headers["Cache-Control"]


def test_what_was_written_is_there_after_signing_in_and_nothing_is_posted_before() -> None:
    cast.consultation()
    reader = Client()
    answer = reader.post(f"{STREETS}start/", {"body": TEXT, "prompt": ""})
    assert answer["Location"] == f"/accounts/signup/?next={STREETS.replace('/', '%2F')}"
    assert "What you wrote is safe." in reader.get(answer["Location"]).content.decode()
    reader.force_login(cast.ben())
    assert TEXT in reader.get(STREETS).content.decode()
    assert not Comment.objects.exists()


def test_a_member_with_a_page_from_before_they_signed_in_loses_nothing() -> None:
    cast.consultation()
    ben = signed_in(cast.ben())
    page = ben.post(f"{STREETS}start/", {"body": TEXT}, follow=True)
    assert page.redirect_chain == [(STREETS, 302)]
    assert TEXT in page.content.decode()


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_another_site_cannot_put_words_into_a_readers_form(headers: dict[str, str]) -> None:
    cast.consultation()
    reader = Client(headers=headers)
    assert reader.post(f"{STREETS}start/", {"body": TEXT}).status_code == 403
    assert not reader.session.get("draft")


@pytest.mark.usefixtures("one_window")
def test_one_address_can_keep_so_many_texts_and_the_refused_one_is_shown() -> None:
    cast.consultation()
    reader = Client()
    reader.post(f"{STREETS}start/", {"body": TEXT})
    LimitCount.objects.update(count=10_000)
    answer = reader.post(f"{STREETS}start/", {"body": f"{TEXT} And June."})
    assert answer.status_code == 429
    assert "And June." in answer.content.decode()


def test_a40_a_get_and_a_draft_consultation_do_nothing() -> None:
    cast.consultation(cast.DRAFT)
    cast.consultation()
    assert Client().get(f"{STREETS}start/").status_code == 405
    answer = Client().post(f"/consultations/{cast.DRAFT}/streets/start/", {"body": TEXT})
    assert answer.status_code == 404
