"""What bin/serve and bin/manage do once they stand in the environment.

Importing it needs only the standard library: the port is checked before anything is installed.
"""

import contextlib
import dataclasses
import functools
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from talk_london import database, kernel, local

if TYPE_CHECKING:
    import psycopg

HOST = "127.0.0.1"
NAME = "localhost"  # passkeys belong to a name, never to a number
# Any number, as long as every Talk London uses the same for its set-up.
SET_UP_LOCK = 7_461_081_900
READY_SECONDS = 60.0
# More than gunicorn's graceful_timeout, and less than people's patience.
STOP_SECONDS = 8.0


class ServingError(Exception):
    """Its text is one sentence for the person who started the program."""


# A worker that cannot start, for want of a database, must not keep the machine busy trying.
RESTART_SECONDS = 2.0


@dataclasses.dataclass
class Command:
    name: str
    words: list[str]
    descriptors: tuple[int, ...] = ()
    restarts: bool = False


def check_port() -> None:
    """Ends the program where the port cannot be had. `main` takes it in the end."""
    try:
        _listen(_port()).close()
    except ServingError as problem:
        sys.exit(str(problem))


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with _listen(_port()) as listener:
            _serve(listener)
    except (ServingError, database.DatabaseUnavailableError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def manage(words: list[str]) -> int:
    # A command that is told to end lets go of the database in order, as on Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _database(_prepare()) as server, _settings_told_in_a_sentence():
            from django.core.management import execute_from_command_line

            if server:
                _migrate_alone()
            execute_from_command_line(words)
    except (ServingError, database.DatabaseUnavailableError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


# The port


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not (given.isascii() and given.isdecimal() and 0 < int(given) < 65536):
        raise ServingError(f"PORT must be a whole number from 1 to 65535, not {given!r}.")
    return int(given)


def _listen(port: int) -> socket.socket:
    """Listens from now on, so that nobody else takes the port while the rest is set up."""
    listener = socket.socket(socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except PermissionError:
        listener.close()
        raise ServingError(
            f"Port {port} is for root only. Choose another: PORT=8000 bin/serve"
        ) from None
    except OSError:
        listener.close()
        other = port + 1 if port < 65535 else 8000
        raise ServingError(
            f"Port {port} is taken. Stop what uses it, or choose another: PORT={other} bin/serve"
        ) from None
    return listener


# Setting up


def _serve(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    data = _prepare()
    # Mails have links and are made where no request tells the address.
    os.environ["TALK_LONDON_ADDRESS"] = f"http://{NAME}:{port}"
    with _database(data) as server:
        _set_up()
        lock = (server.lock,) if server else ()
        web = Command("The web server", _gunicorn(listener.fileno()), (listener.fileno(), *lock))
        worker = Command("The worker", _worker(), lock, restarts=True)
        with _running([web, worker]) as processes:
            listener.close()
            _wait_until_healthy(f"http://{HOST}:{port}", processes)
            _greet(port)
            _watch(processes, server)


def _prepare() -> Path:
    try:
        return local.prepare()
    except OSError as problem:
        raise ServingError(
            f"The folder of local data cannot be used: {problem.strerror}: {problem.filename}."
        ) from problem


@contextlib.contextmanager
def _database(data: Path) -> Iterator[database.Server | None]:
    """Sets DATABASE_URL where nobody has, to that of a local server."""
    if given := os.environ.get("DATABASE_URL"):
        database.wait_until_answers(given)
        yield None
        return
    with database.shared_server(data / "postgres") as server:
        os.environ["DATABASE_URL"] = server.url
        yield server


def _set_up() -> None:
    """Brings database, demo and static files up to date; nothing of Django's stays open."""
    import django
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    with _settings_told_in_a_sentence():
        django.setup()
    with database.connect(os.environ["DATABASE_URL"]) as lock:
        _take(lock)
        _migrate()
        _load_demo()
        _collect_static()
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()


@contextlib.contextmanager
def _settings_told_in_a_sentence() -> Iterator[None]:
    import environs

    try:
        yield
    except environs.EnvError as problem:
        raise ServingError(f"The settings in the environment are wrong: {problem}") from problem


def _take(lock: "psycopg.Connection[tuple[Any, ...]]") -> None:
    """Asked again and again: a query that waited would keep an index from being built."""
    while not _is_taken(lock):
        time.sleep(0.1)


def _is_taken(lock: "psycopg.Connection[tuple[Any, ...]]") -> bool:
    row = lock.execute("SELECT pg_try_advisory_lock(%s)", [SET_UP_LOCK]).fetchone()
    return bool(row and row[0])


def _migrate_alone() -> None:
    """A local database is of use at once; one that was given is its owner's to bring up to date."""
    import django

    django.setup()
    with database.connect(os.environ["DATABASE_URL"]) as lock:
        _take(lock)
        _migrate()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        # On standard error: a command's own output may go into a file.
        print("Bringing the database up to date…", file=sys.stderr, flush=True)
    # Also when nothing is planned: one that was killed may lack what Django does afterwards.
    call_command("migrate", verbosity=0, interactive=False)


def _load_demo() -> None:
    from django.core.management import CommandError, call_command

    try:
        call_command("demo")
    except CommandError as problem:
        raise ServingError(str(problem)) from problem


def _collect_static() -> None:
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.sha256")
    digest = _static_digest()
    if root.is_dir() and stamp.is_file() and stamp.read_text() == digest:
        return
    print("Collecting the static files…", flush=True)
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(digest)


def _static_digest() -> str:
    """Of our own files, of what makes the served ones from them, and of the lock file for those
    that come with packages."""
    from django.conf import settings

    digest = hashlib.sha256((local.ROOT / "requirements.txt").read_bytes())
    digest.update((local.ROOT / "talk_london" / "static_files.py").read_bytes())
    digest.update(str(settings.STORAGES["staticfiles"]).encode())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(folder)}\0{content}\0".encode())
    return digest.hexdigest()


# Running


def _gunicorn(listener: int) -> list[str]:
    words = [sys.executable, "-m", "gunicorn", "talk_london.wsgi:application"]
    return [*words, "--config", str(local.ROOT / "gunicorn.conf.py"), "--bind", f"fd://{listener}"]


def _worker() -> list[str]:
    return [sys.executable, str(local.ROOT / "manage.py"), "procrastinate", "worker"]


@dataclasses.dataclass
class Running:
    command: Command
    process: subprocess.Popen[bytes]
    starts_again_at: float | None = None

    def check(self) -> None:
        """Raises ServingError if it has ended; one that may start again does so after a while."""
        code = self.process.poll()
        if code is None:
            return
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        told = f"{self.command.name} ended unexpectedly ({how})."
        if not self.command.restarts:
            raise ServingError(told)
        if self.starts_again_at is None:
            print(f"{told} It starts again.", file=sys.stderr, flush=True)
            self.starts_again_at = time.monotonic() + RESTART_SECONDS
        elif time.monotonic() > self.starts_again_at:
            self.process, self.starts_again_at = _start(self.command), None


@contextlib.contextmanager
def _running(commands: list[Command]) -> Iterator[list[Running]]:
    """Each in a session of its own: Ctrl-C reaches only this process, which stops them in order.
    However this process ends, the kernel tells them to stop."""
    started: list[Running] = []
    try:
        for command in commands:
            started.append(Running(command, _start(command)))
        yield started
    finally:
        _stop([running.process for running in started])


def _start(command: Command) -> subprocess.Popen[bytes]:
    die = functools.partial(kernel.die_with_parent, signal.SIGTERM, os.getpid())
    return subprocess.Popen(  # noqa: S603 (commands of this module)
        command.words,
        cwd=local.ROOT,
        stdin=subprocess.DEVNULL,
        pass_fds=command.descriptors,
        start_new_session=True,
        preexec_fn=die,
    )


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    try:
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
    finally:
        # Also when someone pressed Ctrl-C again: children of theirs that are left, too.
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_healthy(address: str, processes: list[Running]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_healthy(address):
        for running in processes:
            running.check()
        if time.monotonic() > deadline:
            raise ServingError(f"Talk London does not answer at {address}/healthz.")
        time.sleep(0.05)


def _is_healthy(address: str) -> bool:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _watch(processes: list[Running], server: database.Server | None) -> None:
    while True:
        for running in processes:
            running.check()
        if server and not server.is_running():
            log = server.folder / "log"
            raise ServingError(f"The local database ended unexpectedly; see {log}.")
        time.sleep(0.5)


def _greet(port: int) -> None:
    from accounts.demo import SIGN_INS

    rows = [("Sign in as", "Email", "Password")]
    rows += [(one.role, one.email, one.password) for one in SIGN_INS]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    address = f"http://{NAME}:{port}"
    print(f"\nTalk London answers at {address}/")
    print(f"(and at http://{HOST}:{port}/, where passkeys do not work)\n")
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  " + "  ".join(cells).rstrip())
    print(f"\nMail the demo sends, and codes for its staff: {address}/outbox/")
    print("Press Ctrl-C to stop.", flush=True)
