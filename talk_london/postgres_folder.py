"""The folder of a local PostgreSQL: what its users (`database`) and its keeper agree on.

It holds `data` (PostgreSQL's own), `log`, `keeper.json` (where the socket stands) and the locks:

- `users.lock`: shared by everyone who uses the server; exclusive for whoever stops it.
- `start.lock`: exclusive while someone sees to it that the server runs.
- `keeper.lock`: exclusive for the keeper as long as it lives, with its process number inside.
"""

import contextlib
import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

NAME = "talk_london"  # of the database and of its owner
PORT = "5432"  # only part of the socket's name: nothing listens on the network
START_SECONDS = 60.0
STOP_SECONDS = 60.0


class DatabaseUnavailableError(Exception):
    """Its text is one sentence for the person who started the program."""


@contextlib.contextmanager
def told_in_a_sentence(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise DatabaseUnavailableError(
            f"The local database in {folder} cannot be used: "
            f"{problem.strerror}: {problem.filename or folder}."
        ) from problem


def complaint(folder: Path) -> str:
    """PostgreSQL's last, from its log."""
    log = folder / "log"
    text = log.read_text(errors="replace")
    complaints = re.findall(r"(?:FATAL|PANIC|error): +(.+)", text) or text.strip().splitlines()
    return "; ".join([*complaints[-1:], f"see {log}."])


def running_keeper(folder: Path) -> int | None:
    """The keeper's process; 0 while it is only just starting; None where there is none."""
    try:
        descriptor = os.open(folder / "keeper.lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        if try_lock(descriptor, fcntl.LOCK_SH):
            return None
        return int(os.pread(descriptor, 20, 0) or b"0")
    finally:
        os.close(descriptor)


def record_sockets(folder: Path, sockets: Path) -> None:
    fresh = folder / "keeper.json.new"
    fresh.write_text(json.dumps({"folder": str(folder), "sockets": str(sockets)}))
    fresh.replace(folder / "keeper.json")


def recorded_sockets(folder: Path) -> Path | None:
    try:
        record = json.loads((folder / "keeper.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    # A copied folder must not touch the server of the one it was copied from.
    return Path(record["sockets"]) if record["folder"] == str(folder) else None


# Locks: the kernel lets go of them when their process ends, however it ends


def wait_for_lock(path: Path, kind: int) -> int:
    descriptor = open_lock(path)
    deadline = time.monotonic() + START_SECONDS + STOP_SECONDS
    while not try_lock(descriptor, kind):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise DatabaseUnavailableError(
                f"The local database is busy starting or stopping: {path} stays locked."
            )
        time.sleep(0.02)
    return descriptor


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
