"""What a member has written is never lost, and is published once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from discussions.models import Comment
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.places import STREETS, comment_with, open_form, write_comment, write_reply

TEXT = "Twelve lamps are out.\n\nI counted them <twice>, & wrote it down."

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)


@with_and_without_scripts
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a comment."),
        ("\u3164\u3164", "Enter a comment."),
        ("a" * 4_001, "Your comment is 1 character too long. It can have up to 4,000."),
        ("é" * 5_000, "Your comment is 1,000 characters too long. It can have up to 4,000."),
    ],
    ids=["empty", "invisible", "one too many", "far too many"],
)
def test_a_text_that_cannot_be_posted_stays(
    open_tab: OpenTab, scripts: bool, text: str, sentence: str
) -> None:
    page = at_the_form(open_tab, scripts)
    write_comment(page, text, prompt="What does not?")
    assert_kept(page, "Your view", sentence, text)
    expect(page.get_by_label("Which question")).to_have_text(re.compile("What does not"))
    assert not Comment.objects.exists()
    write_comment(page, "Now it can.")
    expect(comment_with(page, "Now it can.")).to_contain_text("What does not?")


@with_and_without_scripts
def test_a_reply_that_cannot_be_posted_stays(open_tab: OpenTab, scripts: bool) -> None:
    cast.comment(cast.ben(), "The lamps are out.")
    page = at_the_form(open_tab, scripts)
    comment_with(page, "The lamps").get_by_role("link", name="Reply").click()
    write_reply(page, "b" * 4_002)
    assert_kept(page, "Your reply", "Your comment is 2 characters too long.", "b" * 4_002)
    write_reply(page, "Short enough.")
    expect(comment_with(page, "Short enough.")).to_be_visible()


@with_and_without_scripts
def test_an_edit_that_cannot_be_saved_stays(open_tab: OpenTab, scripts: bool) -> None:
    cast.comment(cast.ada(), "The lamps are out.")
    page = at_the_form(open_tab, scripts)
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    page.get_by_label("Your comment").fill("c" * 4_001)
    page.get_by_role("button", name="Save").click()
    assert_kept(page, "Your comment", "Your comment is 1 character too long.", "c" * 4_001)


def test_the_counter_counts_as_the_server_does(open_tab: OpenTab) -> None:
    page = at_the_form(open_tab)
    field, counter = open_form(page), page.locator("#count")
    for text, said in [
        ("", "4,000 of 4,000 characters left"),
        ("  two words \n", "3,991 of 4,000 characters left"),
        ("👍🏽" * 10, "3,980 of 4,000 characters left"),
        ("e\u0301" * 100, "3,900 of 4,000 characters left"),
        ("a" * 4_000, "0 of 4,000 characters left"),
        ("a" * 4_001, "1 over the limit of 4,000 characters"),
    ]:
        field.fill(text)
        expect(counter).to_have_text(said)
        expect(counter).to_have_attribute("aria-live", "polite" if len(text) > 3_900 else "off")


def test_the_counter_without_scripts_names_the_limit(open_tab: OpenTab) -> None:
    page = at_the_form(open_tab, scripts=False)
    open_form(page)
    expect(page.locator("#count")).to_have_text("Up to 4,000 characters.")


@with_and_without_scripts
def test_a_discussion_that_closes_meanwhile(open_tab: OpenTab, scripts: bool) -> None:
    page = at_the_form(open_tab, scripts)
    open_form(page).fill(TEXT)
    cast.close_now()
    write_comment(page, TEXT)
    assert_kept(page, "Your text", "This discussion has closed", TEXT)
    assert not Comment.objects.exists()


@with_and_without_scripts
def test_a_session_that_ends_meanwhile(open_tab: OpenTab, scripts: bool) -> None:
    page = at_the_form(open_tab, scripts)
    open_form(page)
    page.context.clear_cookies(name="sessionid")
    write_comment(page, TEXT, prompt="What works?")
    sign_in_again(page)
    expect(page).to_have_url(re.compile(re.escape(STREETS)))
    field = page.get_by_label("Your view")
    expect(field).to_have_value(TEXT)
    expect(field).to_be_focused()
    page.get_by_role("button", name="Post comment").click()
    expect(comment_with(page, "I counted them <twice>")).to_contain_text("What works?")
    expect(open_form(page)).to_have_value("")


def test_a_session_that_ends_while_one_replies(open_tab: OpenTab) -> None:
    cast.comment(cast.ben(), "The lamps are out.")
    page = at_the_form(open_tab)
    comment_with(page, "The lamps").get_by_role("link", name="Reply").click()
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.context.clear_cookies(name="sessionid")
    write_reply(page, TEXT)
    sign_in_again(page)
    expect(page.get_by_label("Your reply")).to_have_value(TEXT)
    expect(page.get_by_label("Your reply")).to_be_focused()
    page.get_by_role("button", name="Post reply").click()
    expect(comment_with(page, "I counted them <twice>")).to_be_visible()


def test_a_session_that_ends_while_one_edits(open_tab: OpenTab) -> None:
    cast.comment(cast.ada(), "The lamps are out.")
    page = at_the_form(open_tab)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Your comment").fill(TEXT)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    sign_in_again(page)
    expect(page.get_by_label("Your comment")).to_have_value(TEXT)
    page.get_by_role("button", name="Save").click()
    expect(comment_with(page, "I counted them <twice>")).to_be_visible()


@with_and_without_scripts
def test_a_form_whose_cookie_is_gone(open_tab: OpenTab, scripts: bool) -> None:
    page = at_the_form(open_tab, scripts)
    open_form(page)
    page.context.clear_cookies(name="csrftoken")
    write_comment(page, TEXT, prompt="What works?")
    expect(page.get_by_role("heading", name="Please send it again")).to_be_visible()
    assert_kept(page, "Your text", "Nothing has been posted or changed yet.", TEXT)
    page.get_by_role("button", name="Send it again").click()
    expect(comment_with(page, "I counted them <twice>")).to_contain_text("What works?")


def test_all_cookies_gone(open_tab: OpenTab) -> None:
    page = at_the_form(open_tab)
    open_form(page)
    page.context.clear_cookies()
    write_comment(page, TEXT)
    page.get_by_role("button", name="Send it again").click()
    sign_in_again(page)
    expect(page.get_by_label("Your view")).to_have_value(TEXT)
    page.get_by_role("button", name="Post comment").click()
    expect(comment_with(page, "I counted them <twice>")).to_be_visible()


@with_and_without_scripts
def test_a_double_click_publishes_once(open_tab: OpenTab, scripts: bool) -> None:
    page = at_the_form(open_tab, scripts)
    open_form(page).fill(TEXT)
    page.get_by_role("button", name="Post comment").dblclick()
    expect(comment_with(page, "I counted them <twice>")).to_have_count(1)
    assert Comment.objects.count() == 1


@with_and_without_scripts
@pytest.mark.parametrize(
    "leave",
    [
        Page.go_back,
        Page.reload,
    ],
    ids=["back", "reload"],
)
def test_back_and_again_publishes_once(
    open_tab: OpenTab, scripts: bool, leave: Callable[[Page], object]
) -> None:
    page = at_the_form(open_tab, scripts)
    write_comment(page, TEXT)
    expect(page.get_by_role("status")).to_be_visible()
    leave(page)
    if open_form(page).input_value():
        with page.expect_navigation():
            page.get_by_role("button", name="Post comment").click()
    assert Comment.objects.count() == 1
    expect(comment_with(page, "I counted them <twice>")).to_have_count(1)


def at_the_form(open_tab: OpenTab, scripts: bool = True) -> Page:
    cast.discussion()
    page = open_tab(cast.ada(), scripts=scripts)
    page.goto(STREETS)
    return page


def sign_in_again(page: Page) -> None:
    expect(page.get_by_text("What you wrote is safe.")).to_be_visible()
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def assert_kept(page: Page, label: str, sentence: str, text: str) -> None:
    """The page says what is wrong, and the text is where the focus is."""
    expect(page.get_by_text(sentence)).to_be_in_viewport()
    field = page.get_by_label(label)
    expect(field).to_have_value(text)
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
