"""The service as it runs for real, with production's settings, on a database of the drill's own.

bin/load measures on the same.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from talk_london import database, local

_ROOT = Path(__file__).resolve().parent.parent.parent
_SETTINGS = {
    "TALK_LONDON_LOCAL": "false",
    "ALLOWED_HOSTS": "talk.london.example",
    "SITE_URL": "https://talk.london.example",
    "DEFAULT_FROM_EMAIL": "talk@london.example",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "TRUSTED_PROXIES": "1",
}


@dataclass(frozen=True)
class Served:
    """Where an application of gunicorn's listens, and its first process."""

    address: str
    pid: int


@dataclass
class Service:
    address: str

    def make_members(self, count: int, password: str) -> list[str]:
        """Members with a confirmed address each; the addresses."""
        from allauth.account.models import EmailAddress
        from django.contrib.auth.hashers import make_password

        from accounts.models import Member

        hashed, emails = make_password(password), []
        for number in range(count):
            email = f"member-{number}@people.example"
            member = Member.objects.create(
                email=email, display_name=f"Member {number}", password=hashed
            )
            EmailAddress.objects.create(user=member, email=email, verified=True, primary=True)
            emails.append(email)
        return emails


@contextlib.contextmanager
def running_service(**settings: str) -> Iterator[Service]:
    """Whatever else a drill wants set stands in `settings`."""
    with prepared_database(**settings), gunicorn() as served:
        yield Service(served.address)


@contextlib.contextmanager
def prepared_database(**settings: str) -> Iterator[None]:
    """The same without the service: nothing is in it."""
    with kept_database("drill", durable=False, **settings):
        empty()
        set_up()
        yield


@contextlib.contextmanager
def kept_database(name: str, *, durable: bool, **settings: str) -> Iterator[Path]:
    """With what an earlier run left in it; the folder of its data is var/NAME unless told."""
    import django

    os.environ.setdefault("TALK_LONDON_DATA", str(_ROOT / "var" / name))
    data = local.prepare()
    os.environ.update(_SETTINGS | settings)
    with database.local_server(data / "postgres", durable=durable) as url:
        os.environ["DATABASE_URL"] = url
        django.setup()
        yield data


def empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:  # logs that can only be added to cannot be emptied
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def set_up() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


@contextlib.contextmanager
def gunicorn(
    application: str = "talk_london.wsgi:application", configuration: str = "gunicorn.conf.py"
) -> Iterator[Served]:
    from tests.conftest import wait_for
    from tests.ports import free_port

    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--config", configuration]
    command += ["--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=_ROOT) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield Served(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
