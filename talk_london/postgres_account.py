"""Who runs PostgreSQL: it refuses to run as root, so root starts it as another user.

Nobody changes the permissions of a folder outside PostgreSQL's own for that: where the other
user cannot pass, it gets the one capability that lets it.
"""

import contextlib
import dataclasses
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

from talk_london import kernel
from talk_london.postgres_folder import DatabaseUnavailableError


@dataclasses.dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    # May pass folders closed to it, such as a project folder under /root.
    overrides: bool


@dataclasses.dataclass(frozen=True)
class Launcher:
    """Starts programs of PostgreSQL in its folder, by the account; None: by whoever this is."""

    folder: Path
    account: Account | None

    def start(
        self,
        command: list[str],
        *,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[str] = sys.stderr,
        death_signal: signal.Signals = signal.SIGINT,
    ) -> subprocess.Popen[bytes]:
        """SIGINT makes PostgreSQL stop at once and in order."""
        return subprocess.Popen(  # noqa: S603 (binaries that postgres_files found)
            command,
            stdin=stdin,
            stdout=stdout,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            # The keeper has one thread, so code between fork and exec is safe.
            preexec_fn=self._becoming(death_signal, os.getpid()),
        )

    def give(self, folder: Path) -> None:
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)

    def _becoming(self, death_signal: signal.Signals, parent: int) -> Callable[[], None]:
        def become() -> None:
            if self.account:
                _change_user(self.account)
            os.chdir(self.folder)
            # Last: a change of user or capabilities clears it.
            kernel.die_with_parent(death_signal, parent)

        return become


def choose_launcher(binaries: Path, folder: Path) -> Launcher:
    if os.geteuid() != 0:
        return Launcher(folder, None)
    uid, gid = _owner(folder / "data")
    for overrides in (False, True):
        launcher = Launcher(folder, Account(uid, gid, overrides))
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            command = [str(binaries / "postgres"), "--version"]
            if launcher.start(command, stdout=subprocess.DEVNULL).wait() == 0:
                return launcher
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


def _change_user(account: Account) -> None:
    os.setgroups([])
    os.setgid(account.gid)
    if account.overrides:
        kernel.keep_capabilities()
    os.setuid(account.uid)
    if account.overrides:
        kernel.keep_only_dac_override()
