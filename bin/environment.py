"""Puts a script of bin/ into the project's own virtual environment, set up as its lock file says.

Only the standard library, and only syntax that older Pythons read too: they have to get as far
as being told which version is needed.

What stands in `.venv`: `<lock>.sha256` is written last and says what is installed; `unfinished`
is there while a set-up is under way, so that one that was killed is made again from nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
# The first lock file holds everything the second does.
LOCKS = ("requirements-dev.txt", "requirements.txt")
ENTERED = "TALK_LONDON_ENTERED"


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (an older one reads this too)
        found = ".".join(str(part) for part in sys.version_info[:2])
        sys.exit("Talk London needs Python 3.11 or newer; this is Python " + found + ".")


def enter(lock_name: str) -> None:
    """Returns only inside the environment; elsewhere it runs the calling script again there."""
    check_python()
    try:
        changed = _set_up(lock_name)
        if changed or not _inside():
            _run_again()
    except OSError as problem:
        sys.exit(f"Setting up {VENV} failed: {problem.strerror}: {problem.filename or VENV}.")
    except KeyboardInterrupt:
        sys.exit(130)
    os.environ.pop(ENTERED, None)


def _inside() -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def _run_again() -> None:
    if os.environ.get(ENTERED) == "twice":
        sys.exit(f"{PYTHON} does not run in its own environment. Delete {VENV} and try again.")
    os.environ[ENTERED] = "twice" if ENTERED in os.environ else "once"
    sys.stdout.flush()
    script = str(Path(sys.argv[0]).absolute())
    os.execv(PYTHON, [str(PYTHON), script, *sys.argv[1:]])  # noqa: S606 (this script itself)


def _set_up(lock_name: str) -> bool:
    """Whether anything had to be done."""
    if _is_ready(lock_name):
        return False
    with _alone() as lock:
        if _is_ready(lock_name):
            return True
        if UNFINISHED.exists() or not _works():
            _make(lock)
        _install(lock_name, lock)
    return True


def _is_ready(lock_name: str) -> bool:
    return (
        not UNFINISHED.exists()
        and _installed(lock_name) == _digest(lock_name)
        # An environment whose Python went away, or became another version with other folders.
        and os.access(PYTHON, os.X_OK)
        and (not _inside() or _site_packages().is_dir())
    )


def _installed(lock_name: str) -> str:
    try:
        return (VENV / f"{lock_name}.sha256").read_text()
    except (FileNotFoundError, NotADirectoryError):  # also: another set-up has just begun
        return ""


def _digest(lock_name: str) -> str:
    return hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()


def _site_packages() -> Path:
    version = ".".join(str(part) for part in sys.version_info[:2])
    return VENV / "lib" / f"python{version}" / "site-packages"


@contextlib.contextmanager
def _alone() -> Iterator[int]:
    """One set-up at a time. Whoever inherits the descriptor holds the others off as well."""
    descriptor = os.open(ROOT / "bin", os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Waiting for another set-up of this folder to finish…")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _works() -> bool:
    if not os.access(PYTHON, os.X_OK):
        return False
    code, _ = _run([str(PYTHON), "-m", "pip", "--version"])
    return code == 0


def _make(lock: int) -> None:
    _need_venv_module()
    _say("Making the Python environment…")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    for entry in VENV.iterdir():
        if entry == UNFINISHED:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    # Inside the environment this Python may be one that is just being replaced.
    base = getattr(sys, "_base_executable", "") or sys.executable
    code, output = _run([base, "-m", "venv", str(VENV)], lock)
    if code:
        sys.exit(f"Python could not make the environment {VENV}:\n{_last_lines(output)}")


def _need_venv_module() -> None:
    """Debian keeps these parts of Python's standard library in a package of their own."""
    if _has_venv_module():
        return
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or not apt:
        command = "sudo apt-get install python3-venv"
        sys.exit(f"Python's venv module is missing. Install it first: {command}")
    _say("Installing python3-venv with apt-get…")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = [apt, "install", "--yes", "--no-install-recommends", "python3-venv"]
    code, output = _run(install, environment=environment)
    if code:
        _say("Updating apt-get's list of packages…")
        _run([apt, "update"], environment=environment)
        code, output = _run(install, environment=environment)
    importlib.invalidate_caches()
    if code or not _has_venv_module():
        sys.exit(f"apt-get could not install python3-venv:\n{_last_lines(output)}")


def _has_venv_module() -> bool:
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def _install(lock_name: str, lock: int) -> None:
    _say("Installing packages (about half a minute, first time only)…")
    UNFINISHED.touch()
    for name in LOCKS:
        with contextlib.suppress(FileNotFoundError):
            (VENV / f"{name}.sha256").unlink()
    digests = {name: _digest(name) for name in LOCKS[LOCKS.index(lock_name) :]}
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--require-hashes", "-r", str(ROOT / lock_name)]
    code, output = _run(command, lock)
    if code:
        # pip installs only once it has everything, so nothing is half done.
        UNFINISHED.unlink()
        sys.exit(f"pip could not install what {lock_name} lists:\n{_last_lines(output)}")
    for name, digest in digests.items():
        (VENV / f"{name}.sha256").write_text(digest)
    UNFINISHED.unlink()


def _run(
    command: list[str], *held: int, environment: dict[str, str] | None = None
) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 (commands of this file, no words from outside)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=held,
        env=environment,
        check=False,
    )
    return done.returncode, done.stdout


def _last_lines(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-5:])


def _say(sentence: str) -> None:
    """On standard error: standard output belongs to the command that was asked for."""
    print(sentence, file=sys.stderr, flush=True)
