"""What joining and signing in take, step by step, and the devices that hold passkeys."""

import re
import time
import uuid

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from playwright.sync_api import CDPSession, Page

from accounts.mail.letters import letter_of
from accounts.models import Mail
from accounts.sessions import SessionStore
from tests import cast
from tests.browser.places import STREETS, open_form

ACCEPT = "I accept the community guidelines and the terms"
_SECONDS_TO_ENTER_A_CODE = 3
_A_CODE = re.compile(r"^\s*([A-Z0-9]{3,}-[A-Z0-9]{3,})\s*$", re.MULTILINE)


def new_email() -> str:
    """A new one each time: mails to one address are limited."""
    return f"newcomer-{uuid.uuid4()}@people.example"


def write_and_join(page: Page, text: str, prompt: str | None = None) -> None:
    """As a reader does who has something to say: up to the form that joins."""
    page.goto(STREETS)
    open_form(page).fill(text)
    if prompt is not None:
        page.get_by_label("Which question are you answering?").select_option(prompt)
    page.get_by_role("button", name="Join and comment").click()


def sign_in_from_discussion(page: Page) -> None:
    """Up to the form that signs in."""
    page.goto(STREETS)
    page.locator("main").get_by_role("link", name="Sign in").click()


def fill_in(
    page: Page, email: str, name: str = "Newcomer", password: str | None = cast.PASSWORD
) -> None:
    """The form that joins; None: with a passkey."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Display name").fill(name)
    if password is not None:
        page.get_by_label("Password").fill(password)
    page.get_by_label("I am 16 or over").check()
    page.get_by_label(ACCEPT).check()


def join(page: Page, email: str, name: str = "Newcomer") -> None:
    """From the form through the code in the mail."""
    fill_in(page, email, name)
    page.get_by_role("button", name="Join", exact=True).click()
    enter_code(page, email)


def enter_code(page: Page, email: str) -> None:
    page.get_by_label("Code").fill(mailed_code(email))
    page.get_by_role("button", name="Continue").click()


def mailed_code(email: str) -> str:
    """The code in the latest mail to this address, which waits to be sent."""
    mail = Mail.objects.filter(address=email).order_by("-pk").first()
    letter = letter_of(mail) if mail else None
    code = _A_CODE.search(letter.text) if letter else None
    assert code, letter
    return code[1]


def sign_in_with_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    # A click ends before what it leads to has been answered.
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def long_after_signing_in(page: Page) -> None:
    """Who has only just signed in is not asked again whether it is them."""
    name = settings.SESSION_COOKIE_NAME
    key = next(each["value"] for each in page.context.cookies() if each.get("name") == name)
    session = SessionStore(key)
    for record in session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
        record["at"] -= 3_600
    session.modified = True
    session.save()


def app_code(secret: str, *, periods_ago: int = 0) -> str:
    """What an authenticator app shows at this moment, or showed: the one before works, too."""
    left = 30 - time.time() % 30
    if periods_ago and left < _SECONDS_TO_ENTER_A_CODE:
        time.sleep(left)  # else it is too old by the time that it is sent
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30 - periods_ago))
    return code


def device_with_passkeys(page: Page) -> CDPSession:
    """The tab's device from now on: it can hold passkeys, and its owner always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session
