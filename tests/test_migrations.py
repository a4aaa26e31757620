"""Migrations hold no long lock and can be followed by servers that still run the old code."""

from pathlib import Path

import pytest
from django_migration_linter import MigrationLinter

ROOT = Path(__file__).resolve().parent.parent
# They make the tables they touch: nobody can be waiting for those.
FIRST = {("discussions", "0002_enforced_by_the_database")}


@pytest.mark.django_db
def test_no_migration_locks_or_breaks_what_runs() -> None:
    linter = MigrationLinter(
        str(ROOT),
        include_apps=["accounts", "moderation", "discussions"],
        ignore_name=[name for _app, name in FIRST],
        no_cache=True,
        quiet=["ok", "ignore"],
    )
    linter.lint_all_migrations()
    assert not linter.has_errors
