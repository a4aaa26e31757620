"""A real browser in front of the service as it runs for real.

Without a browser these tests are skipped, except in CI, which must have one. Whatever a page
complains of in the browser's console (a broken script, a breach of the content security policy)
fails the test that saw it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn, Protocol

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from accounts.models import Member

_FOLDER = Path(__file__).resolve().parent
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage"
)
# The answer to a form or a script that the server refuses: the page then says why.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
_PATIENCE = 10_000  # milliseconds, for a busy machine

# Playwright keeps an event loop in this thread, in which Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_FOLDER):
            item.add_marker(pytest.mark.browser)


class OpenTab(Protocol):
    """Opens a tab in a browser of its own: of a member who is signed in, or of a reader.

    By name: at localhost, for passkeys belong to a name, not to a number.
    """

    def __call__(
        self,
        member: Member | None = None,
        *,
        scripts: bool = True,
        width: int = 1280,
        height: int = 800,
        by_name: bool = False,
        **options: Any,
    ) -> Page: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        _without_browser("no chromium")
    with ExitStack() as stack:
        try:
            playwright = stack.enter_context(sync_playwright())
            launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        except Exception as problem:  # noqa: BLE001 - whatever keeps it from starting
            _without_browser(f"it does not start ({str(problem).splitlines()[0]})")
        yield launched
        launched.close()


def _without_browser(reason: str) -> NoReturn:
    sentence = f"No browser to test with: {reason}. Try: apt-get install chromium libatomic1"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that the tests give their members; the service checks them as it checks any."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)


@pytest.fixture
def complaints() -> list[str]:
    """What the consoles of this test's tabs said that they should not have."""
    return []


@pytest.fixture
def open_tab(browser: Browser, server: str, complaints: list[str]) -> Iterator[OpenTab]:
    contexts: list[BrowserContext] = []
    expect.set_options(timeout=_PATIENCE)

    def opened(
        member: Member | None = None,
        *,
        scripts: bool = True,
        width: int = 1280,
        height: int = 800,
        by_name: bool = False,
        **options: Any,
    ) -> Page:
        address = server.replace("127.0.0.1", "localhost") if by_name else server
        context = browser.new_context(
            base_url=address,
            java_script_enabled=scripts,
            viewport={"width": width, "height": height},
            locale="en-GB",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        if member is not None:
            sign_in(context, member, address)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


def sign_in(context: BrowserContext, member: Member, address: str) -> None:
    """Without the form: its own tests use that."""
    client = Client()
    client.force_login(member)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def _complaint(message: ConsoleMessage) -> Iterator[str]:
    if message.type not in ("error", "warning"):
        return
    if _REFUSED.match(message.text) and "/static/" not in message.location["url"]:
        return
    yield f"{message.location['url']}: {message.text}"
