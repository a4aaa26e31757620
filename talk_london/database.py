"""Where PostgreSQL comes from: a local server of the project's own, for trying, testing, working.

Everyone who uses the local server holds a shared lock on `users.lock` in its folder. A keeper
(`postgres_keeper`), a process of its own, runs PostgreSQL and waits for the exclusive lock: the
kernel gives it once nobody is left, however they ended. Then it stops PostgreSQL and goes.

The connections of this module are for setting up and for looking: Django makes its own.
"""

import contextlib
import dataclasses
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talk_london import local
from talk_london.postgres_folder import (
    NAME,
    PORT,
    START_SECONDS,
    STOP_SECONDS,
    DatabaseUnavailableError,
    recorded_sockets,
    running_keeper,
    told_in_a_sentence,
    try_lock,
    wait_for_lock,
)

if TYPE_CHECKING:
    import psycopg

__all__ = [
    "DatabaseUnavailableError",
    "Server",
    "connect",
    "local_server",
    "shared_server",
    "wait_until_answers",
]


@dataclasses.dataclass(frozen=True)
class Server:
    url: str
    folder: Path
    # A child that inherits this descriptor keeps the server running when this process is killed.
    lock: int

    def is_running(self) -> bool:
        return running_keeper(self.folder) is not None


@contextlib.contextmanager
def local_server(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """The DATABASE_URL of the server whose folder this is, started if nobody uses it yet.

    The last one to leave waits until it has stopped. Without `durable` a power cut may destroy
    the data: for tests. Whoever comes first decides that.
    """
    with shared_server(folder, durable=durable) as server:
        yield server.url


@contextlib.contextmanager
def shared_server(folder: Path, *, durable: bool = True) -> Iterator[Server]:
    with told_in_a_sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)
        # One name for it, whichever way people come: the keeper's record tells it by its name.
        folder = folder.resolve()
        users = wait_for_lock(folder / "users.lock", fcntl.LOCK_SH)
    try:
        with told_in_a_sentence(folder):
            server = Server(_ensure_running(folder, durable=durable), folder, users)
        yield server
    finally:
        _leave(folder, users)


# Starting and stopping


def _ensure_running(folder: Path, *, durable: bool) -> str:
    """The server may be on its way up or down when whoever started it was killed."""
    starting = wait_for_lock(folder / "start.lock", fcntl.LOCK_EX)
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if running_keeper(folder) is None:
                _start_keeper(folder, durable=durable)
            if (sockets := _answering_sockets(folder)) is not None:
                return _url(sockets)
            time.sleep(0.05)
    finally:
        os.close(starting)
    raise DatabaseUnavailableError(f"PostgreSQL did not get ready; see {folder / 'log'}.")


def _start_keeper(folder: Path, *, durable: bool) -> None:
    mode = "durable" if durable else "fast"
    modules = os.pathsep.join(filter(None, [str(local.ROOT), os.environ.get("PYTHONPATH")]))
    # Its output ends when the server is ready, or with the sentence that says why it is not.
    done = subprocess.run(  # noqa: S603 (a module of ours)
        [sys.executable, "-m", "talk_london.postgres_keeper", mode, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        # Python looks for the module here first, and someone may stand in another copy of it.
        cwd=local.ROOT,
        env={**os.environ, "PYTHONPATH": modules},
        text=True,
        check=False,
    )
    if done.stdout:
        raise DatabaseUnavailableError(done.stdout.strip())


def _answering_sockets(folder: Path) -> Path | None:
    if (sockets := recorded_sockets(folder)) is None:
        return None
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(sockets / f".s.PGSQL.{PORT}"))
        except OSError:
            return None
    return sockets


def _url(sockets: Path) -> str:
    host = urllib.parse.quote(str(sockets), safe="")
    return f"postgresql://{NAME}@{host}:{PORT}/{NAME}"


def _leave(folder: Path, users: int) -> None:
    """Only the last one gets the exclusive lock, which also keeps new ones off until the end."""
    try:
        if try_lock(users, fcntl.LOCK_EX):
            _stop_keeper(folder)
    finally:
        os.close(users)


def _stop_keeper(folder: Path) -> None:
    asked = 0
    deadline = time.monotonic() + STOP_SECONDS
    while (keeper := running_keeper(folder)) is not None and time.monotonic() < deadline:
        # One that is only just starting has no number yet; 0 would be everyone around here.
        if keeper not in (0, asked):
            with contextlib.suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGTERM)
            asked = keeper
        time.sleep(0.02)


# Connecting


def wait_until_answers(url: str, seconds: float = 3.0) -> None:
    connect(url, seconds).close()


def connect(url: str, seconds: float = 3.0) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection of its own, outside Django's. What it raises never tells the password."""
    import psycopg

    target = _target(url)
    # An address may say how long it is waited for: …/name?connect_timeout=10
    options = {"connect_timeout": max(2, int(seconds)), **target, "autocommit": True}
    deadline = time.monotonic() + seconds
    while True:
        try:
            return psycopg.connect(**options)
        except psycopg.Error as error:
            if time.monotonic() > deadline or not isinstance(error, psycopg.OperationalError):
                raise DatabaseUnavailableError(_reason(error, target)) from None
        time.sleep(0.2)


def _target(url: str) -> dict[str, Any]:
    import dj_database_url

    try:
        parsed = dj_database_url.parse(url)
    except ValueError:
        parsed = {}
    if not parsed.get("ENGINE", "").endswith(".postgresql"):
        raise DatabaseUnavailableError(
            "DATABASE_URL is not the address of a PostgreSQL database, such as "
            "postgresql://user:password@host:5432/name."
        )
    parts = {
        "host": parsed.get("HOST"),
        "port": parsed.get("PORT"),
        "user": parsed.get("USER"),
        "password": parsed.get("PASSWORD"),
        "dbname": parsed.get("NAME"),
    }
    return {**parsed.get("OPTIONS", {}), **{key: part for key, part in parts.items() if part}}


def _reason(error: Exception, target: dict[str, Any]) -> str:
    first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
    reason = re.split(r"failed: |FATAL: +|error: ", first_line)[-1].rstrip(".")
    password = str(target.get("password", ""))
    # Without a user's name in it the address may be cut wrongly, in the middle of a password.
    where = f" at {target['host']}" if target.get("user") and target.get("host") else ""
    sentence = f"The database{where} that DATABASE_URL names does not answer: {reason}."
    return sentence.replace(password, "…") if password else sentence
