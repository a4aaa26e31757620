"""From "comment" to published by every way of joining, and back to where one was."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import Agreement, Member
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.joining import (
    ACCEPT,
    device_with_passkeys,
    enter_code,
    fill_in,
    join,
    mailed_code,
    new_email,
    sign_in_from_discussion,
    sign_in_with_password,
    write_and_join,
)
from tests.browser.places import STREETS, comment_with

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)


@with_and_without_scripts
def test_what_was_written_first_is_published_after_joining(
    open_tab: OpenTab, scripts: bool
) -> None:
    cast.discussion()
    page, email = open_tab(scripts=scripts), new_email()
    write_and_join(page, "I wrote before I joined.")
    expect(page.get_by_text("What you wrote is safe.")).to_be_visible()
    join(page, email)
    expect(page).to_have_url(re.compile(re.escape(STREETS)))
    expect(page.get_by_label("Your view")).to_have_value("I wrote before I joined.")
    page.get_by_role("button", name="Post comment").click()
    expect(comment_with(page, "I wrote before I joined.")).to_contain_text("Newcomer")
    assert Agreement.objects.filter(member__email=email).count() == 2


def test_joining_with_a_passkey_and_signing_in_with_it(open_tab: OpenTab) -> None:
    cast.discussion()
    page = open_tab(by_name=True)
    device_with_passkeys(page)
    write_and_join(page, "No password needed.")
    page.get_by_role("link", name="Join with a passkey instead").click()
    join_with_passkey(page, new_email())
    expect(page).to_have_url(re.compile(f"{STREETS}$"))
    expect(page.get_by_label("Your view")).to_have_value("No password needed.")
    page.get_by_role("button", name="Post comment").click()
    expect(comment_with(page, "No password needed.")).to_contain_text("Newcomer")
    assert not Member.objects.get(display_name="Newcomer").has_usable_password()

    page.get_by_role("button", name="Sign out").click()
    sign_in_from_discussion(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(f"{STREETS}#write$"))
    expect(page.get_by_role("status")).to_contain_text("Welcome, Newcomer.")


def test_a_passkey_that_nobody_knows_any_more(open_tab: OpenTab) -> None:
    cast.discussion()
    page = open_tab(by_name=True)
    device_with_passkeys(page)
    page.goto(f"/accounts/signup/passkey/?next={STREETS}")
    join_with_passkey(page, new_email())
    page.get_by_role("button", name="Sign out").click()
    Member.objects.get(display_name="Newcomer").delete()
    page.goto(f"/accounts/login/?next={STREETS}")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("That did not match. Please try again.")).to_be_visible()
    cast.ada()
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(f"{STREETS}$"))


def test_stopping_halfway_changes_nothing_and_is_said(open_tab: OpenTab) -> None:
    page = open_tab(by_name=True)
    device = device_with_passkeys(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()  # it holds none
    expect(page.get_by_role("alert").get_by_text("It was stopped")).to_be_visible()
    device.send("WebAuthn.disable")
    expect(page.get_by_role("button", name="Sign in with a passkey")).not_to_have_attribute(
        "aria-disabled", "true"
    )


def test_what_was_typed_comes_along_to_the_other_way(open_tab: OpenTab) -> None:
    page = open_tab(by_name=True)
    page.goto("/accounts/signup/")
    fill_in(page, "typed@people.example", "Typed once")
    page.get_by_role("link", name="Join with a passkey instead").click()
    for _way in ("with a passkey", "and back"):
        expect(page.get_by_label("Email")).to_have_value("typed@people.example")
        expect(page.get_by_label("Display name")).to_have_value("Typed once")
        expect(page.get_by_label("I am 16 or over")).to_be_checked()
        expect(page.get_by_label(ACCEPT)).to_be_checked()
        back = page.get_by_role("link", name="Join with a password instead")
        if back.is_visible():
            back.click()
    expect(page.get_by_label("Password")).to_have_value("")
    page.goto("/accounts/signup/")
    expect(page.get_by_label("Email")).to_have_value("")


def test_passkeys_are_not_offered_without_scripts(open_tab: OpenTab) -> None:
    page = open_tab(scripts=False)
    page.goto("/accounts/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.goto("/accounts/signup/")
    expect(page.get_by_role("link", name="Join with a passkey instead")).to_be_hidden()
    page.goto("/accounts/signup/passkey/")
    expect(page.get_by_text("This browser cannot use passkeys here")).to_be_visible()


def test_who_cannot_make_the_passkey_chooses_a_password(open_tab: OpenTab) -> None:
    cast.discussion()
    page, email = open_tab(scripts=False), new_email()
    write_and_join(page, "By another way.")
    page.goto("/accounts/signup/passkey/")
    fill_in(page, email, password=None)
    page.get_by_role("button", name="Join with a passkey").click()
    enter_code(page, email)
    page.get_by_role("button", name="Use a password instead").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Send the code").click()
    enter_code(page, email)
    page.get_by_label("New password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Save the new password").click()
    sign_in_with_password(page, email)
    expect(page.get_by_label("Your view")).to_have_value("By another way.")


def test_passkeys_are_not_offered_at_a_number(open_tab: OpenTab) -> None:
    page = open_tab()
    page.goto("/accounts/login/")
    expect(page.get_by_label("Email")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()


@with_and_without_scripts
def test_the_code_as_people_paste_it_three_tries_and_a_new_one(
    open_tab: OpenTab, scripts: bool
) -> None:
    cast.discussion()
    page, email = open_tab(scripts=scripts), new_email()
    page.goto(f"/accounts/signup/?next={STREETS}")
    fill_in(page, email)
    page.get_by_role("button", name="Join", exact=True).click()
    for wrong in ("AAAA-AAAA", "not a code"):
        page.get_by_label("Code").fill(wrong)
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_contain_text("That is not the code.")
        expect(page.get_by_label("Code")).to_be_focused()
    first = mailed_code(email)
    page.get_by_role("button", name="Send a new code").click()
    expect(page.locator(".message--warning")).to_contain_text("Wait half a minute")
    assert mailed_code(email) == first
    cache.clear()  # else one waits for ten seconds before asking again
    with page.expect_navigation():
        page.get_by_role("button", name="Send a new code").click()
    assert mailed_code(email) != first
    page.get_by_label("Code").fill(f"  {mailed_code(email).lower().replace('-', ' ')} ")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile(f"{STREETS}$"))


def test_after_three_wrong_codes_one_starts_again(open_tab: OpenTab) -> None:
    page, email = open_tab(), new_email()
    page.goto("/accounts/signup/")
    fill_in(page, email)
    page.get_by_role("button", name="Join", exact=True).click()
    for _try in range(3):
        page.get_by_label("Code").fill("AAAA-AAAA")
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Join Talk London")).to_be_visible()
    expect(page.locator(".message--warning")).to_contain_text("That was the third wrong code.")
    expect(page.get_by_label("Display name")).to_have_value("Newcomer")


@with_and_without_scripts
def test_another_address_keeps_the_text_and_the_name(open_tab: OpenTab, scripts: bool) -> None:
    cast.discussion()
    page = open_tab(scripts=scripts)
    write_and_join(page, "Kept through a slip.")
    fill_in(page, new_email())
    page.get_by_role("button", name="Join", exact=True).click()
    page.get_by_role("button", name="Use another address").click()
    expect(page.get_by_label("Display name")).to_have_value("Newcomer")
    join(page, new_email())
    expect(page.get_by_label("Your view")).to_have_value("Kept through a slip.")


@with_and_without_scripts
def test_a_forgotten_password_leads_back_too(open_tab: OpenTab, scripts: bool) -> None:
    cast.discussion()
    cast.ada()
    page = open_tab(scripts=scripts)
    page.goto(f"/accounts/login/?next={STREETS}")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_role("button", name="Send the code").click()
    enter_code(page, "ada@people.example")
    page.get_by_label("New password").fill("another long password")
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is changed.")
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_label("Password").fill("another long password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(f"{STREETS}$"))


def test_the_pages_are_the_same_for_an_address_that_is_known(open_tab: OpenTab) -> None:
    cast.ada()
    texts = []
    for email in ("ada@people.example", "nobody@people.example"):
        page = open_tab()
        page.goto("/accounts/signup/")
        fill_in(page, email, "Somebody new")
        page.get_by_role("button", name="Join", exact=True).click()
        after_joining = page.locator("main").inner_text()
        page.get_by_role("button", name="Use another address").click()
        page.goto("/accounts/password/reset/")
        page.get_by_label("Email").fill(email)
        page.get_by_role("button", name="Send the code").click()
        after_reset = page.locator("main").inner_text()
        texts.append((after_joining + after_reset).replace(email, "<email>"))
    assert texts[0] == texts[1]


@with_and_without_scripts
def test_signing_in_leads_back_to_a_text_that_waits(open_tab: OpenTab, scripts: bool) -> None:
    """Also for those who come to the page of signing in by another way."""
    cast.discussion()
    page, _ada = open_tab(scripts=scripts), cast.ada()
    write_and_join(page, "Still here.")
    sign_in_with_password(page, "ada@people.example")
    expect(page.get_by_label("Your view")).to_have_value("Still here.")


def join_with_passkey(page: Page, email: str) -> None:
    fill_in(page, email, password=None)
    page.get_by_role("button", name="Join with a passkey").click()
    enter_code(page, email)
    expect(page.get_by_label("Name of the passkey")).to_have_value("My passkey")
    page.get_by_role("button", name="Make the passkey").click()
