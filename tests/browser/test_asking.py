"""Before a text is posted: the writer is asked, with and without scripts, and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from discussions.models import Comment
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.places import STREETS, open_form

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)
PHONE = "Ring me on 07700 900123, I can show you the dark corner."


def write(page: Page, text: str) -> None:
    page.goto(STREETS)
    open_form(page).fill(text)
    page.get_by_role("button", name="Post comment").click()


@with_and_without_scripts
def test_a_phone_number_is_changed_after_the_question(open_tab: OpenTab, scripts: bool) -> None:
    cast.discussion()
    page = open_tab(cast.ada(), scripts=scripts)
    write(page, PHONE)
    expect(page.get_by_role("heading", name="Before you post")).to_be_visible()
    expect(page.locator("mark")).to_contain_text("07700 900123")
    assert not Comment.objects.exists()
    field = page.get_by_label("Change your text")
    expect(field).to_have_value(PHONE)
    field.fill("I can show you the dark corner.")
    page.get_by_role("button", name="Post the changed text").click()
    expect(page.locator(".comment__body")).to_have_text("I can show you the dark corner.")
    expect(page.locator("main")).not_to_contain_text("07700")


@with_and_without_scripts
def test_it_is_posted_anyway_if_the_writer_wants_so(open_tab: OpenTab, scripts: bool) -> None:
    cast.discussion()
    page = open_tab(cast.ada(), scripts=scripts)
    write(page, PHONE)
    page.get_by_role("button", name="Post it as it is").click()
    expect(page.locator(".comment__body")).to_have_text(PHONE)
    expect(page).to_have_url(re.compile(f"{STREETS}#comment-"))


def test_not_now_leads_back_to_the_text(open_tab: OpenTab) -> None:
    cast.discussion()
    page = open_tab(cast.ada())
    write(page, PHONE)
    page.get_by_role("link", name="Not now").click()
    expect(page.get_by_label("Your view")).to_have_value(PHONE)
    assert not Comment.objects.exists()


def test_an_incident_shows_where_to_go_and_the_keyboard_reaches_it(open_tab: OpenTab) -> None:
    cast.discussion()
    page = open_tab(cast.ada())
    write(page, "I was mugged last night at 9pm outside the station on Rye Lane.")
    expect(page.get_by_role("alert")).to_contain_text("Nobody here can send help.")
    main = page.locator("main")
    reached = []
    for _stop in range(30):
        page.keyboard.press("Tab")
        focused = main.locator(":focus")
        if focused.count():
            reached.append(focused.inner_text().strip())
    for stop in ("999", "101", "116 123", "Post it as it is", "Not now"):
        assert stop in reached, stop


def test_a_threat_waits_and_only_its_writer_sees_it(open_tab: OpenTab) -> None:
    cast.discussion()
    page = open_tab(cast.ada())
    write(page, "I will kill you if you come to our estate again.")
    expect(page.locator(".messages")).to_contain_text("A moderator reads it before others can.")
    expect(page.locator(".comment--held")).to_contain_text("Only you can see this.")
    other = open_tab(cast.ben())
    other.goto(STREETS)
    expect(other.locator("main")).not_to_contain_text("I will kill you")
