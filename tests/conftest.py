"""Fixtures of all tests. The database is a real PostgreSQL, which bin/test provides."""

import importlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Member
from accounts.sealing import seal
from moderation import elections
from moderation.limits import LONGEST_WINDOW
from talk_london.kept_pages import SERVED_UNTIL
from tests import cast
from tests.mail_server import MailServer
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
_SECONDS_FOR_A_TEST = 10
_last_asked: dict[str, float] = {}  # when the tests were done with the service at an address


@pytest.fixture(autouse=True, scope="session")
def _addresses() -> None:
    """As they are locally: they are read once, and some tests set production's settings."""
    importlib.import_module("talk_london.urls")


@pytest.fixture
def ada(db: None) -> Client:
    """Ada's browser, and the open consultation."""
    cast.consultation()
    return signed_in(cast.ada())


@pytest.fixture
def ben(db: None) -> Client:
    return signed_in(cast.ben())


@pytest.fixture
def one_window() -> None:
    """Enough of it left for a test: what is counted up to a limit starts anew with each window."""
    left = LONGEST_WINDOW.total_seconds() - time.time() % LONGEST_WINDOW.total_seconds()
    if left < _SECONDS_FOR_A_TEST:
        time.sleep(left)


class Answer(Protocol):
    """What a test client answers with, as far as tests read it."""

    @property
    def content(self) -> bytes: ...


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def in_staff_session(member: Member) -> Client:
    """Signed in with an authenticator app, a moment ago."""
    client = signed_in(member)
    factor, _new = Authenticator.objects.get_or_create(
        user=member, type=Authenticator.Type.TOTP, defaults={"data": {"secret": seal("ORSXG5A=")}}
    )
    session = client.session
    record = {"method": "mfa", "at": time.time(), "id": factor.pk, "type": factor.type}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(member.pk)
    session.save()
    return client


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Between tests that commit, every table is emptied: here alone, logs may be as well."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("moderation_ledgerentry", "moderation_decision", "moderation_datechange"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_emptied")


@pytest.fixture(scope="session")
def server_address(django_db_setup: None) -> Iterator[str]:
    """The service as it runs for real, gunicorn and all, on the database of the tests."""
    port = free_port()
    environment = {**os.environ, "DATABASE_URL": url_of_test_database()}
    # How it serves stands in gunicorn.conf.py, which gunicorn reads where it is started.
    command = [sys.executable, "-m", "gunicorn", "talk_london.wsgi:application"]
    command += ["--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture
def server(transactional_db: None, server_address: str) -> Iterator[str]:
    """Its address; what a test puts into the database, the service sees: within a second in pages
    for the signed out, which it keeps. None of them is left of the test before."""
    time.sleep(max(0.0, _last_asked.get(server_address, 0.0) + SERVED_UNTIL - time.monotonic()))
    yield server_address
    _last_asked[server_address] = time.monotonic()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A real one, on a port of its own."""
    server = MailServer(free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def worker(django_db_setup: None, mail_server: MailServer) -> Iterator[None]:
    """As in production, on the database of the tests; its mails go to the mail server."""
    from tests.processes import PRODUCTION

    keys = {name: os.environ[name] for name in ("SECRET_KEY", "ENCRYPTION_KEYS")}
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}"}
    with running_worker(PRODUCTION | keys | mail):
        yield


@pytest.fixture(scope="module")
def demo_worker(server_address: str) -> Iterator[None]:
    """As bin/serve runs it: its mails go to the outbox."""
    address = server_address.replace("127.0.0.1", "localhost")
    with running_worker({"TALK_LONDON_ADDRESS": address}):
        yield


@contextmanager
def running_worker(given: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, **given, "DATABASE_URL": url_of_test_database()}
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def nothing_outlives_its_test(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """pytest-django empties Django's own tables alone: not the jobs, nor how often who signed in.

    Else a minute of quick tests has more sign-ins from one address than are let in.
    """
    yield
    elections.forget()
    marker = request.node.get_closest_marker("django_db")
    is_marked = marker is not None and marker.kwargs.get("transaction")
    if is_marked or "transactional_db" in request.fixturenames:
        with django_db_blocker.unblock():
            cache.clear()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
        # In a browser's event loop it is another connection than the one that is closed in the end.
        connection.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured, for whoever reads the output: what they gave to record_property."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    figures = [figure for report in reports for figure in report.user_properties]
    if figures:
        terminalreporter.section("figures")
    for name, value in figures:
        terminalreporter.line(f"{name}: {value}")


def url_of_test_database() -> str:
    """DATABASE_URL, with the name of the database that pytest-django has made from it."""
    parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    return parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(200):
        assert process.poll() is None, "the service ended before it answered"
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer")
