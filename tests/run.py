"""What bin/test does: every check in turn, then the tests, on a PostgreSQL of their own."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from talk_london import database, local

ROOT = Path(__file__).resolve().parent.parent
_BROWSER_PACKAGES = ("chromium", "libatomic1")
# Settings as in production, for the checks of what is served there.
_AS_IN_PRODUCTION = {
    "TALK_LONDON_LOCAL": "false",
    "SECRET_KEY": "only-for-the-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ENCRYPTION_KEYS": "only-for-the-tests-too-" + "zyxwvutsrqponmlkjihgfedcba9876543210" * 2,
    "ALLOWED_HOSTS": "talk.london.example",
    "SITE_URL": "https://talk.london.example",
    "DEFAULT_FROM_EMAIL": "talk@london.example",
    "EMAIL_URL": "smtp://mail.london.example:587",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)


def main(words: list[str]) -> int:
    os.chdir(ROOT)
    os.environ.setdefault("TALK_LONDON_DATA", str(ROOT / "var" / "test"))
    data = local.prepare()
    _have_a_browser()
    try:
        if os.environ.get("DATABASE_URL"):
            database.wait_until_answers(os.environ["DATABASE_URL"])
            return _run(words)
        with database.local_server(data / "postgres", durable=False) as url:
            os.environ["DATABASE_URL"] = url
            return _run(words)
    except database.DatabaseUnavailableError as problem:
        print(problem, file=sys.stderr)
        return 1


def _run(words: list[str]) -> int:
    if words:
        return _call([*_MANAGE, "collectstatic", "--noinput", "-v0"]) or _call([*_PYTEST, *words])
    failed = [check.name for check in _checks() if not _passes(check)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
        return 1
    print("\nEvery check passed.")
    return 0


_PYTEST = (sys.executable, "-m", "pytest")
_MANAGE = (sys.executable, "manage.py")


def _checks() -> list[Check]:
    """As modules: scripts of an environment that was moved would not find their Python."""
    return [
        Check("style", _module("ruff", "check", "--quiet", ".")),
        Check("format", _module("ruff", "format", "--check", "--quiet", ".")),
        Check("imports", [sys.executable, "-c", _LINT_IMPORTS]),
        Check("types", _module("mypy", "--no-error-summary", ".")),
        Check("types of bin", _module("mypy", "--no-error-summary", *_SCRIPTS)),
        Check("templates", _module("djlint", "--lint", "--quiet", "templates")),
        Check("migrations are complete", [*_MANAGE, "makemigrations", "--check", "--dry-run"]),
        Check("deployment", [*_MANAGE, *_DEPLOYMENT], _AS_IN_PRODUCTION),
        Check("static files", [*_MANAGE, "collectstatic", "--noinput", "-v0"]),
        Check("tests", [*_PYTEST, "-n", "2"]),
    ]


def _module(name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", name, *words]


# Apart, for bin/manage and manage.py are modules of one name.
_SCRIPTS = ("bin/serve", "bin/manage", "bin/test", "bin/drill", "bin/load")
# It has no module to run: its command is a function.
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
_DEPLOYMENT = ("check", "--deploy", "--fail-level", "WARNING")


def _passes(check: Check) -> bool:
    start = time.monotonic()
    print(f"── {check.name}", flush=True)
    code = _call(check.command, check.environment)
    print(f"   {'passed' if code == 0 else 'FAILED'}, {time.monotonic() - start:.1f} s", flush=True)
    return code == 0


def _call(command: Sequence[str], environment: dict[str, str] | None = None) -> int:
    return subprocess.run(
        command, env={**os.environ, **(environment or {})}, check=False
    ).returncode


def _have_a_browser() -> None:
    """Install one where that is possible; the browser tests tell if there is none."""
    if shutil.which("chromium") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing a browser for the tests (a minute, first time only)…", flush=True)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *_BROWSER_PACKAGES]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], check=False, env=environment, **quiet)  # type: ignore[call-overload]
    subprocess.run(install, check=False, env=environment, **quiet)  # type: ignore[call-overload]
