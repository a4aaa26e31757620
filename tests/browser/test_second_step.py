"""The second step, passkeys and sessions of an account."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.joining import (
    app_code,
    device_with_passkeys,
    enter_code,
    long_after_signing_in,
    new_email,
    sign_in_from_discussion,
    sign_in_with_password,
)
from tests.browser.places import STREETS

with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)
ADA = "ada@people.example"


@with_and_without_scripts
def test_an_authenticator_app_and_recovery_codes(open_tab: OpenTab, scripts: bool) -> None:
    cast.discussion()
    page = ada_signed_in(open_tab, scripts=scripts)
    secret, codes = set_up_app(page)
    assert len(codes) == 10

    sign_out_and_in(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    used = app_code(secret)
    enter_second_step(page, f"{used[:3]} {used[3:]}")
    expect(told(page)).to_contain_text("Welcome, Ada.")

    sign_out_and_in(page)
    enter_second_step(page, used)
    expect(page.get_by_role("alert")).to_contain_text("Each code works once.")
    enter_second_step(page, codes[0])
    expect(told(page)).to_contain_text("Welcome, Ada.")
    expect(told(page)).to_contain_text("That was a recovery code. You have 9 left.")

    sign_out_and_in(page)
    enter_second_step(page, codes[0])
    expect(page.get_by_role("alert")).to_contain_text("That did not match.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_second_step_leads_back_to_where_one_was(open_tab: OpenTab) -> None:
    cast.discussion()
    page = ada_signed_in(open_tab)
    secret, _codes = set_up_app(page)
    page.get_by_role("button", name="Sign out").click()
    sign_in_from_discussion(page)
    page.get_by_label("Email").fill(ADA)
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    enter_second_step(page, app_code(secret))
    expect(page).to_have_url(re.compile(f"{STREETS}#write$"))


def test_turning_the_app_off(open_tab: OpenTab) -> None:
    page = ada_signed_in(open_tab)
    set_up_app(page)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Turn it off").click()
    page.get_by_role("button", name="Turn it off").click()
    expect(told(page)).to_contain_text("The authenticator app is off.")
    expect(page.get_by_role("link", name="Set up an app")).to_be_visible()
    expect(page.get_by_role("heading", name="Recovery codes")).to_have_count(0)


def test_copying_the_key_and_the_codes(open_tab: OpenTab) -> None:
    page = ada_signed_in(open_tab, permissions=["clipboard-read", "clipboard-write"])
    open_with_password(page, "/accounts/2fa/totp/activate/")
    shown = page.locator("#secret").inner_text()
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", shown)
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == shown.replace(" ", "")
    assert page.locator(".secret__picture svg path").count() == 1


def test_recovery_codes_as_a_file_and_new_ones(open_tab: OpenTab) -> None:
    page = ada_signed_in(open_tab)
    _secret, codes = set_up_app(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as a file").click()
    saved = download.value.path().read_text()
    assert [line.replace(" ", "") for line in saved.splitlines()[3:] if line] == codes
    page.get_by_role("link", name="Get new codes").click()
    page.get_by_role("button", name="Get new codes").click()
    assert not set(codes) & set(shown_codes(page))


def test_a_passkey_as_second_step_and_to_show_that_it_is_you(open_tab: OpenTab) -> None:
    cast.discussion()
    page = ada_signed_in(open_tab, by_name=True)
    device_with_passkeys(page)
    open_with_password(page, "/accounts/2fa/webauthn/add/")
    expect(page.get_by_text("takes one more step")).to_be_visible()
    expect(page.locator("[data-passkey-missing]")).to_be_hidden()
    page.get_by_label("Name of the passkey").fill("Ada’s phone")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text("Your passkey is ready.")
    assert len(shown_codes(page)) == 10

    sign_out_and_in(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(told(page)).to_contain_text("Welcome, Ada.")

    long_after_signing_in(page)
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename Ada’s phone").click()
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Name of the passkey").fill("My old phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Take it away My old phone").click()
    page.get_by_role("button", name="Take it away").click()
    expect(page.get_by_text("You have none yet.")).to_be_visible()


def test_a_page_that_is_too_old_asks_for_the_passkey_again(open_tab: OpenTab) -> None:
    """And goes on to where one wanted to go."""
    page = ada_signed_in(open_tab, by_name=True)
    device_with_passkeys(page)
    open_with_password(page, "/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(told(page)).to_contain_text("Your passkey is ready.")
    address = "/accounts/2fa/webauthn/reauthenticate/?next=/accounts/sessions/"
    page.goto(address)
    page.context.new_page().goto(address)  # from now on, the first one is too old
    page.get_by_role("button", name="Use a passkey").click()
    expect(told(page)).to_contain_text("That did not match. Please try again.")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()


def test_a_device_holds_one_passkey_for_an_account(open_tab: OpenTab) -> None:
    page = ada_signed_in(open_tab, by_name=True)
    device_with_passkeys(page)
    open_with_password(page, "/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(told(page)).to_contain_text("Your passkey is ready.")
    page.goto("/accounts/2fa/webauthn/add/")
    expect(page.get_by_label("Name of the passkey")).to_have_value("Passkey 2")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("alert").get_by_text("already holds a passkey")).to_be_visible()


@with_and_without_scripts
def test_one_browser_ends_the_other(open_tab: OpenTab, scripts: bool) -> None:
    cast.ada()
    here, there = open_tab(scripts=scripts), open_tab(scripts=scripts)
    for page in (there, here):
        sign_in_with_password(page, ADA)
        expect(told(page)).to_contain_text("Welcome, Ada.")
    here.goto("/accounts/sessions/")
    expect(here.locator(".way")).to_have_count(2)
    expect(here.locator(".way").first).to_contain_text("Chrome on Linux")
    expect(here.locator(".way").first).to_contain_text("This one")
    expect(here.get_by_role("button", name="Sign out there")).to_have_count(1)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(told(here)).to_contain_text("You are signed out everywhere else.")
    expect(here.locator(".way")).to_have_count(1)
    there.goto("/accounts/sessions/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


@with_and_without_scripts
def test_one_browser_ends_a_chosen_one(open_tab: OpenTab, scripts: bool) -> None:
    cast.ada()
    here, *others = (open_tab(scripts=scripts) for _tab in range(3))
    for page in (here, *others):
        sign_in_with_password(page, ADA)
    here.goto("/accounts/sessions/")
    expect(here.locator(".way").first).to_contain_text("This one")
    here.get_by_role("button", name="Sign out there").first.click()  # the newest
    expect(told(here)).to_contain_text("You are signed out there.")
    expect(here.locator(".way")).to_have_count(2)
    for page, heading in zip(others, ("Where you are signed in", "Sign in"), strict=True):
        page.goto("/accounts/sessions/")
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


@with_and_without_scripts
def test_a_new_password_ends_the_other_sessions(open_tab: OpenTab, scripts: bool) -> None:
    cast.ada()
    here, there = open_tab(scripts=scripts), open_tab(scripts=scripts)
    for page in (there, here):
        sign_in_with_password(page, ADA)
    here.goto("/accounts/password/change/")
    here.get_by_label("Your password now").fill(cast.PASSWORD)
    here.get_by_label("New password").fill("three more words together")
    here.get_by_role("button", name="Save the new password").click()
    expect(told(here)).to_contain_text("Your password is changed.")
    expect(here.get_by_role("heading", name="Your account")).to_be_visible()
    there.goto("/accounts/sessions/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
    here.goto("/accounts/sessions/")
    expect(here.locator(".way")).to_have_count(1)
    expect(here.locator(".way")).to_contain_text("This one")


@with_and_without_scripts
def test_another_email_address(open_tab: OpenTab, scripts: bool) -> None:
    page, email = ada_signed_in(open_tab, scripts=scripts), new_email()
    page.goto("/accounts/email/")
    page.get_by_label("New email address").fill(email)
    long_after_signing_in(page)
    page.get_by_role("button", name="Change the address").click()
    page.get_by_label("Your password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Continue").click()
    enter_code(page, email)
    expect(page.get_by_text(f"Your address is {email}")).to_be_visible()
    cast.ada().refresh_from_db()
    assert cast.ada().email == email


def told(page: Page) -> Locator:
    """What the page says first: how it went."""
    return page.locator(".messages")


def ada_signed_in(open_tab: OpenTab, **options: Any) -> Page:
    """By the form: a password is asked for again later, and its hash is renewed when it is."""
    cast.ada()
    page = open_tab(**options)
    sign_in_with_password(page, ADA)
    return page


def set_up_app(page: Page) -> tuple[str, list[str]]:
    """Returns the secret, and the recovery codes that the page then shows."""
    open_with_password(page, "/accounts/2fa/totp/activate/")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("The code that the app shows now").fill(app_code(secret, periods_ago=1))
    page.get_by_role("button", name="Turn it on").click()
    expect(told(page)).to_contain_text("The authenticator app is on.")
    return secret, shown_codes(page)


def shown_codes(page: Page) -> list[str]:
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return [text.replace(" ", "") for text in page.locator("#codes code").all_inner_texts()]


def open_with_password(page: Page, path: str) -> None:
    """A page that asks first whether it is you."""
    long_after_signing_in(page)
    page.goto(path)
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Your password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Continue").click()


def sign_out_and_in(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    sign_in_with_password(page, ADA)


def enter_second_step(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
