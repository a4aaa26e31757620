"""Every page of joining, signing in and one's account, in every state, as looking.py does."""

from playwright.sync_api import Page, expect

from accounts.models import Member
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.joining import (
    app_code,
    device_with_passkeys,
    enter_code,
    fill_in,
    long_after_signing_in,
    mailed_code,
    new_email,
    sign_in_with_password,
)
from tests.browser.looking import Way, assert_good, at
from tests.browser.places import STREETS


def test_pages_of_joining_with_a_passkey_and_of_a_first_password(open_tab: OpenTab) -> None:
    page, email = open_tab(by_name=True), new_email()
    device_with_passkeys(page)
    assert_good(
        page,
        {
            "join-passkey": at(f"/accounts/signup/passkey/?next={STREETS}"),
            "join-passkey-wrong": join_wrongly,
            "join-passkey-code": lambda page: join_with_passkey(page, email),
            "join-passkey-make": lambda page: enter_code(page, email),
            "passkey-only-password": make_passkey_and_ask_for_password,
            "is-it-you-passkey": at("/accounts/2fa/webauthn/reauthenticate/"),
            "passkeys": at("/accounts/2fa/webauthn/"),
            "passkey-add": at("/accounts/2fa/webauthn/add/"),
            "passkey-known": add_it_again,
            "passkey-rename": follow("/accounts/2fa/webauthn/", "Rename My passkey"),
            "passkey-away": follow("/accounts/2fa/webauthn/", "Take it away My passkey"),
        },
    )


def test_pages_of_a_password_and_of_an_address(open_tab: OpenTab) -> None:
    page = open_tab()
    member = cast.ada()
    assert_good(
        page,
        {
            "sign-in-waiting": at(f"/accounts/login/?next={STREETS}"),
            "inactive": at("/accounts/inactive/"),
            "reset-code": lambda page: ask_for_code(page, member),
            "reset-code-wrong": lambda page: enter_wrong_code(page),
            "reset-new": lambda page: enter_right_code(page, member),
            "reset-new-wrong": lambda page: choose(page, "password"),
            "reset-done": lambda page: choose(page, cast.PASSWORD),
            "reset-finished": at("/accounts/password/reset/done/"),
        },
    )
    sign_in_with_password(page, member.email)
    assert_good(
        page,
        {
            "password-change": at("/accounts/password/change/"),
            "password-change-wrong": change_password_wrongly,
            "email-change-wrong": lambda page: change_email(page, member.email),
            "is-it-you": at("/accounts/reauthenticate/"),
            "is-it-you-wrong": lambda page: is_it_you(page, "not it at all"),
            "email-code": change_email_as_oneself,
            "sessions-one": at("/accounts/sessions/"),
            "log-out": at("/accounts/logout/"),
        },
    )


def test_pages_of_the_second_step(open_tab: OpenTab) -> None:
    page, other = open_tab(by_name=True), open_tab()
    member = cast.ada()
    for each in (other, page):
        sign_in_with_password(each, member.email)
    device_with_passkeys(page)
    assert_good(
        page,
        {
            "sessions": at("/accounts/sessions/"),
            "second-step-none": at("/accounts/2fa/"),
            "passkeys-none": at("/accounts/2fa/webauthn/"),
            "app": open_app,
            "app-wrong": lambda page: turn_on(page, "000000"),
            "recovery-codes": turn_on,
            "second-step": at("/accounts/2fa/"),
            "recovery-codes-new": at("/accounts/2fa/recovery-codes/generate/"),
            "app-off": at("/accounts/2fa/totp/deactivate/"),
            "is-it-you-code": at("/accounts/2fa/reauthenticate/"),
            "second-step-passkey": add_passkey,
            "sign-in-code": lambda page: sign_out_and_in(page, member),
            "sign-in-code-wrong": wrong_second_step,
        },
    )


def follow(path: str, link: str) -> Way:
    def go(page: Page) -> None:
        page.goto(path)
        page.get_by_role("link", name=link).click()

    return go


def join_wrongly(page: Page) -> None:
    page.goto("/accounts/signup/passkey/")
    fill_in(page, new_email(), "City Hall", password=None)
    page.get_by_role("button", name="Join with a passkey").click()
    expect(page.get_by_role("alert")).to_be_visible()


def join_with_passkey(page: Page, email: str) -> None:
    page.goto("/accounts/signup/passkey/")
    fill_in(page, email, password=None)
    page.get_by_role("button", name="Join with a passkey").click()
    expect(page.get_by_label("Code")).to_be_visible()


def make_passkey_and_ask_for_password(page: Page) -> None:
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".messages")).to_contain_text("Your passkey is ready.")
    page.goto("/accounts/password/set/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Add a password")).to_be_visible()


def add_it_again(page: Page) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("already holds a passkey")).to_be_visible()


def ask_for_code(page: Page, member: Member) -> None:
    page.goto("/accounts/password/reset/")
    page.get_by_label("Email").fill(member.email)
    page.get_by_role("button", name="Send the code").click()
    expect(page.get_by_label("Code")).to_be_visible()


def enter_wrong_code(page: Page) -> None:
    page.get_by_label("Code").fill("AAAA-AAAA")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()


def enter_right_code(page: Page, member: Member) -> None:
    page.get_by_label("Code").fill(mailed_code(member.email))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("New password")).to_be_visible()


def choose(page: Page, password: str) -> None:
    page.get_by_label("New password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Save the new password").click()


def change_password_wrongly(page: Page) -> None:
    page.goto("/accounts/password/change/")
    page.get_by_label("Your password now").fill("not it at all")
    choose(page, "password")
    expect(page.get_by_role("alert")).to_have_count(2)


def change_email(page: Page, email: str) -> None:
    page.goto("/accounts/email/")
    page.get_by_label("New email address").fill(email)
    with page.expect_navigation():
        page.get_by_role("button", name="Change the address").click()


def change_email_as_oneself(page: Page) -> None:
    is_it_you(page)
    change_email(page, new_email())


def open_app(page: Page) -> None:
    long_after_signing_in(page)
    page.goto("/accounts/2fa/totp/activate/")
    is_it_you(page)


def is_it_you(page: Page, password: str = cast.PASSWORD) -> None:
    page.get_by_label("Your password").fill(password)
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()


def turn_on(page: Page, code: str = "") -> None:
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("The code that the app shows now").fill(code or app_code(secret))
    with page.expect_navigation():
        page.get_by_role("button", name="Turn it on").click()


def add_passkey(page: Page) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Name of the passkey").fill("Donaudampfschifffahrtsgesellschaft" * 3)
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".messages")).to_contain_text("Your passkey is ready.")


def sign_out_and_in(page: Page, member: Member) -> None:
    page.get_by_role("button", name="Sign out").click()
    sign_in_with_password(page, member.email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()


def wrong_second_step(page: Page) -> None:
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="did not match")).to_be_visible()
