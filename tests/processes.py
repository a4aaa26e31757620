"""Code of the project in a process and an environment of its own, on the database of the tests."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import _url_of_test_database

ROOT = Path(__file__).resolve().parent.parent
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
PRODUCTION = {
    "TALK_LONDON_LOCAL": "false",
    "SECRET_KEY": "only-for-the-tests-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "talk.london.example",
    "SITE_URL": "https://talk.london.example",
    "DEFAULT_FROM_EMAIL": "talk@london.example",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}


def run(
    code: str, *words: str, environment: dict[str, str] | None = None, database: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python; its DATABASE_URL is that of the tests unless another is named."""
    url = {"DATABASE_URL": database or _url_of_test_database()}
    return run_bare(code, *words, environment={**os.environ, **url, **(environment or {})})


def run_bare(
    code: str, *words: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """The same with nothing in the environment but what is given and what Python needs."""
    needed = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "talk_london.settings"}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env=needed | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
