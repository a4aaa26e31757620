"""The keeper of a local PostgreSQL: `python -m talk_london.postgres_keeper MODE FOLDER`.

A process of its own, which runs PostgreSQL until nobody uses it (`database` says how it knows).
There is only ever one: it holds `keeper.lock` for as long as it lives.

The socket stands in a private folder of its own outside the server's, because a socket's path
may have only about a hundred characters.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from talk_london.postgres_account import Launcher, choose_launcher
from talk_london.postgres_files import find_binaries, make_data
from talk_london.postgres_folder import (
    PORT,
    START_SECONDS,
    STOP_SECONDS,
    DatabaseUnavailableError,
    complaint,
    open_lock,
    record_sockets,
    recorded_sockets,
    told_in_a_sentence,
    try_lock,
    wait_for_lock,
)

# Short, and without capitals: dj-database-url makes a host lower case.
SOCKETS_PARENT = Path("/tmp")  # noqa: S108 (mkdtemp makes a private folder in it)
SOCKETS_PREFIX = "talk-london-"
# How PostgreSQL is told to stop, and how long it may take: in order, then at once.
STOP_ORDERS = ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0))


class _StopAsked(BaseException):
    """The last user has left and waits."""


def keep(folder: Path, *, durable: bool) -> None:
    """Says on standard output only why there is no server, and closes it once there is one."""
    _detach(folder / "log")
    signal.signal(signal.SIGTERM, _ask_to_stop)
    try:
        kept = wait_for_lock(folder / "keeper.lock", fcntl.LOCK_EX)
        os.ftruncate(kept, 0)
        os.pwrite(kept, str(os.getpid()).encode(), 0)
        with told_in_a_sentence(folder), _running_postgres(folder, durable=durable) as postgres:
            _close_standard_output()
            _wait_until_unused(folder, postgres)
    except DatabaseUnavailableError as problem:
        print(problem, flush=True)
    except _StopAsked:
        pass
    # The lock goes with the process, so whoever waits for it finds nothing left.


def _detach(log: Path) -> None:
    """A session of its own, so that Ctrl-C does not reach it, and nobody's child."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _StopAsked


def _close_standard_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _wait_until_unused(folder: Path, postgres: subprocess.Popen[bytes]) -> None:
    """Returns holding the exclusive lock, until this process ends: whoever comes now waits."""
    users = open_lock(folder / "users.lock")
    with contextlib.suppress(_StopAsked):
        while postgres.poll() is None and not try_lock(users, fcntl.LOCK_EX):
            time.sleep(0.2)


# Running PostgreSQL


@contextlib.contextmanager
def _running_postgres(folder: Path, *, durable: bool) -> Iterator[subprocess.Popen[bytes]]:
    data = folder / "data"
    binaries = find_binaries(data)
    launcher = choose_launcher(binaries, folder)
    _clear_leftovers(folder, data)
    if not data.exists():
        make_data(binaries, launcher, durable=durable)
    with _socket_folder(launcher) as sockets:
        postgres = launcher.start(_server_command(binaries, data, sockets, durable=durable))
        try:
            _wait_until_ready(folder, data, postgres)
            yield postgres
        finally:
            _stop(postgres)


@contextlib.contextmanager
def _socket_folder(launcher: Launcher) -> Iterator[Path]:
    sockets = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX, dir=SOCKETS_PARENT))
    try:
        launcher.give(sockets)
        record_sockets(launcher.folder, sockets)
        yield sockets
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def _server_command(binaries: Path, data: Path, sockets: Path, *, durable: bool) -> list[str]:
    safety = "on" if durable else "off"
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "fsync": safety,
        "synchronous_commit": safety,
        "full_page_writes": safety,
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Without the values of rows, which may be addresses.
        "log_error_verbosity": "terse",
    }
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(sockets), "-p", PORT]
    return command + [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]


def _wait_until_ready(folder: Path, data: Path, postgres: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while postgres.poll() is None and time.monotonic() < deadline:
        lines = _pid_file_lines(data)
        # The eighth line is how PostgreSQL tells pg_ctl its state.
        if len(lines) > 7 and lines[0] == str(postgres.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    raise DatabaseUnavailableError(f"PostgreSQL did not start: {complaint(folder)}")


def _stop(postgres: subprocess.Popen[bytes]) -> None:
    for order, seconds in STOP_ORDERS:
        postgres.send_signal(order)
        with contextlib.suppress(subprocess.TimeoutExpired):
            postgres.wait(seconds)
            return
    postgres.kill()
    postgres.wait()


# What a keeper that was killed left behind: its lock is held here, so none of it is in use


def _clear_leftovers(folder: Path, data: Path) -> None:
    if lines := _pid_file_lines(data):
        if _serves(lines[0], data):
            _end(lines[0], data)
        else:
            # Another process may have that number now, and PostgreSQL would refuse to start. It
            # ignores the number of its own parent, and still checks the shared memory.
            (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    for unfinished in folder.glob("initdb-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    sockets = recorded_sockets(folder)
    if sockets and sockets.name.startswith(SOCKETS_PREFIX) and sockets.parent == SOCKETS_PARENT:
        shutil.rmtree(sockets, ignore_errors=True)


def _serves(number: str, data: Path) -> bool:
    """Whether the process is alive and PostgreSQL with these data."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            return os.fsencode(data) in words
        return False
    listing = ["ps", "-o", "command=", "-p", number]
    done = subprocess.run(listing, capture_output=True, text=True, check=False)  # noqa: S603
    return f"-D {data} " in done.stdout


def _end(number: str, data: Path) -> None:
    for order, seconds in STOP_ORDERS:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(number), order)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _serves(number, data):
                return
            time.sleep(0.02)


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


if __name__ == "__main__":
    keep(Path(sys.argv[2]), durable=sys.argv[1] == "durable")
