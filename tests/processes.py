"""The project in other environments: its settings, or a process, on the database of the tests."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pytest_django import Settings

from tests.conftest import url_of_test_database

ROOT = Path(__file__).resolve().parent.parent
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"
PRODUCTION = {
    "TALK_LONDON_LOCAL": "false",
    "SECRET_KEY": "only-for-the-tests-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ENCRYPTION_KEYS": "only-for-the-tests-too-" + "zyxwvutsrqponmlkjihgfedcba9876543210" * 2,
    "ALLOWED_HOSTS": "talk.london.example",
    "SITE_URL": "https://talk.london.example",
    "DEFAULT_FROM_EMAIL": "talk@london.example",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}


def load_settings(environment: dict[str, str]) -> dict[str, Any]:
    """The settings file as it reads in this environment, beside the settings of the tests."""
    with patch.dict(os.environ, environment, clear=True):
        return runpy.run_path(str(ROOT / "talk_london" / "settings.py"))


def as_in_production(settings: Settings) -> None:
    """What answers look like there; database, folders and mail stay those of the tests."""
    there = load_settings(PRODUCTION | {"DATABASE_URL": NO_DATABASE})
    names = ("ALLOWED_HOSTS", "LOCAL", "SITE_URL", "CONTENT_", "CSRF_", "SECURE_", "SESSION_")
    for name, value in there.items():
        if name.startswith(names):
            setattr(settings, name, value)


def run(
    code: str, *words: str, environment: dict[str, str] | None = None, database: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python; its DATABASE_URL is that of the tests unless another is named."""
    url = {"DATABASE_URL": database or url_of_test_database()}
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
