"""Taking part without a mouse: every stop is seen, and focus is where one goes on."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.joining import (
    ACCEPT,
    app_code,
    fill_in,
    long_after_signing_in,
    mailed_code,
    new_email,
    sign_in_with_password,
)
from tests.browser.places import STREETS, comment_with

_MOST_STOPS = 80


def test_signing_in_commenting_and_replying_by_keyboard(open_tab: OpenTab) -> None:
    cast.comment(cast.ben(), "The lamps on my way home are out.")
    cast.ada()
    page = open_tab()
    page.goto(STREETS)
    walk_to(page.locator("main").get_by_role("link", name="Sign in"))
    page.keyboard.press("Enter")

    walk_to(page.get_by_label("Email"), starting_here=True)
    page.keyboard.type("ada@people.example")
    walk_to(page.get_by_label("Password"), stops=1)
    page.keyboard.type(cast.PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"{STREETS}#write"))
    walk_to(page.get_by_label("Your view"), stops=2)
    page.keyboard.type("The night bus is fine.")
    walk_to(page.get_by_role("button", name="Post comment"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your comment is published.")

    walk_to(comment_with(page, "The lamps").get_by_role("link", name="Reply to Ben"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.keyboard.type("Mine too.")
    walk_to(page.get_by_role("button", name="Post reply"))
    page.keyboard.press("Enter")
    expect(comment_with(page, "Mine too.")).to_contain_text("Ada")


def test_from_comment_to_published_by_keyboard(open_tab: OpenTab) -> None:
    cast.discussion()
    page, email = open_tab(), new_email()
    page.goto(STREETS)
    walk_to(page.get_by_text("Add your view"))
    page.keyboard.press("Enter")
    walk_to(page.get_by_label("Your view"), stops=2)
    page.keyboard.type("No mouse was harmed.")
    walk_to(page.get_by_role("button", name="Join and comment"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/signup/**")

    for label, typed in [
        ("Email", email),
        ("Display name", "Newcomer"),
        ("Password", cast.PASSWORD),
        ("I am 16 or over", " "),
        (ACCEPT, " "),
    ]:
        walk_to(page.get_by_label(label))
        page.keyboard.type(typed)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    walk_to(page.get_by_label("Code"))
    page.keyboard.type(mailed_code(email))
    page.keyboard.press("Enter")

    expect(page.get_by_label("Your view")).to_be_focused()
    walk_to(page.get_by_role("button", name="Post comment"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your comment is published.")


def test_setting_up_a_second_step_by_keyboard(open_tab: OpenTab) -> None:
    cast.ada()
    page = open_tab()
    sign_in_with_password(page, "ada@people.example")
    long_after_signing_in(page)
    page.goto("/accounts/2fa/")
    walk_to(page.get_by_role("link", name="Set up an app"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    walk_to(page.get_by_label("Your password"))
    page.keyboard.type(cast.PASSWORD)
    page.keyboard.press("Enter")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    walk_to(page.get_by_label("The code that the app shows now"))
    page.keyboard.type(app_code(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    walk_to(page.get_by_role("link", name="I have kept them"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have 10 codes left.")).to_be_visible()


def test_the_first_stop_leads_past_the_header(open_tab: OpenTab) -> None:
    cast.comment(cast.ada())
    page = open_tab()
    page.goto(STREETS)
    walk_to(page.get_by_role("link", name="Skip to main content"), stops=1)
    page.keyboard.press("Enter")
    walk_to(page.get_by_role("link", name="The open one", exact=True), stops=1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_focus_is_on_what_needs_mending(open_tab: OpenTab, scripts: bool) -> None:
    cast.comment(cast.ben())
    page = open_tab(scripts=scripts)
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_label("Password").fill("not-the-right-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    walk_to(page.get_by_label("Email"), stops=1)

    page.goto("/accounts/signup/")
    fill_in(page, "new@people.example", "ben")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody already uses this name.")
    expect(page.get_by_label("Display name")).to_be_focused()
    expect(page.get_by_label("Display name")).to_have_value("ben")


def walk_to(target: Locator, stops: int = _MOST_STOPS, *, starting_here: bool = False) -> None:
    """Press Tab until the target has the focus; at each stop, see where that is."""
    if starting_here and _has_focus(target):
        return
    for _stop in range(stops):
        target.page.keyboard.press("Tab")
        assert_focus_is_seen(target.page)
        if _has_focus(target):
            return
    raise AssertionError(f"{target} not reached in {stops} stops")


def assert_focus_is_seen(page: Page) -> None:
    seen = page.evaluate(
        """() => {
          const node = document.activeElement, style = getComputedStyle(node);
          const box = node.getBoundingClientRect();
          const isOnScreen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
          const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
          return { stop: node.outerHTML.slice(0, 150), isOnScreen, isOutlined };
        }"""
    )
    assert seen["isOutlined"], seen
    assert seen["isOnScreen"], seen


def _has_focus(target: Locator) -> bool:
    return bool(target.evaluate("node => node === document.activeElement"))
