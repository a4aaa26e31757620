"""The home of an account: what the site knows of its member, and where it leads."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Closing
from tests import cast
from tests.conftest import signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

HOME = "/account/"


def test_it_shows_what_the_site_knows_and_leads_to_all_of_it(ada: Client) -> None:
    answer = ada.get(HOME)
    page = answer.content.decode()
    assert "Ada" in words(answer)
    assert "ada@people.example Nobody else sees it." in words(answer)
    for name in (
        "account_name",
        "account_email",
        "account_change_password",
        "mfa_index",
        "usersessions_list",
        "account_notifications",
        "account_comments",
        "account_about_you",
        "account_data",
        "account_close",
    ):
        assert f'href="{reverse(name)}"' in page, name


def test_every_link_of_it_works(ada: Client) -> None:
    main = ada.get(HOME).content.decode().split("<main", 1)[1].split("</main>")[0]
    links = set(re.findall(r'href="(/[^"#]*)"', main))
    assert len(links) >= 10
    for link in links:
        assert ada.get(link, follow=True).status_code == 200, link


def test_the_header_leads_there(ada: Client) -> None:
    header = ada.get("/").content.decode().split("</header>")[0]
    assert f'class="top__member" href="{HOME}"' in header


def test_signed_out_one_signs_in_first() -> None:
    answer = Client().get(HOME)
    assert answer.headers["Location"] == "/accounts/login/?next=/account/"


def test_pages_of_an_account_are_kept_by_nobody(ada: Client) -> None:
    for name in ("account_home", "account_name", "account_about_you", "account_comments"):
        assert "no-store" in ada.get(reverse(name)).headers["Cache-Control"]


def test_a_closing_under_way_is_told_and_can_be_taken_back(ada: Client) -> None:
    due = timezone.now() + timedelta(days=3)
    Closing.objects.create(member=cast.ada(), due_at=due, withdraws_comments=True)
    answer = ada.get(HOME)
    assert "Your account closes on" in words(answer)
    assert "Your comments will be withdrawn then." in words(answer)
    assert f'action="{reverse("account_keep")}"' in answer.content.decode()
    kept = ada.post(reverse("account_keep"), follow=True)
    assert "Your account stays open." in words(kept)
    assert "closes on" not in words(kept)
    assert not Closing.objects.exists()


def test_somebody_else_sees_nothing_of_it(ben: Client) -> None:
    due = timezone.now() + timedelta(days=3)
    Closing.objects.create(member=cast.ada(), due_at=due, withdraws_comments=True)
    assert "closes on" not in words(ben.get(HOME))
    ben.post(reverse("account_keep"))
    assert Closing.objects.count() == 1


def test_without_a_closing_there_is_nothing_to_keep(ada: Client) -> None:
    assert "stays open" not in words(ada.post(reverse("account_keep"), follow=True))
    assert ada.get(reverse("account_keep")).status_code == 405
    assert signed_in(cast.hana()).get(HOME).status_code == 200


@pytest.mark.parametrize("route", ["account_login", "account_change_password", "account_name"])
def test_what_a_box_says_describes_it_is_there(ada: Client, route: str) -> None:
    client = Client() if route == "account_login" else ada
    page = client.get(reverse(route)).content.decode()
    named = " ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split()
    assert [each for each in named if f'id="{each}"' not in page] == []
