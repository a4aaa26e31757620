"""Answers for machines."""

from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from procrastinate.contrib.django import app
from pytest_django import DjangoAssertNumQueries, Settings

from talk_london import machines
from talk_london.machines import all_migrations
from tests import cast
from tests.conftest import signed_in


def test_r8_healthz_asks_nothing_of_the_database() -> None:
    answer = Client().get("/healthz")  # where a test has no database, asking would fail
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.django_db
def test_r8_readyz_is_ready_with_every_migration() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_r8_it_knows_the_migrations_that_django_knows() -> None:
    assert all_migrations() == set(MigrationLoader(connection).disk_migrations)


@pytest.mark.django_db
def test_r8_readyz_is_not_ready_while_a_single_migration_waits() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'account' AND name LIKE '0001%'")
    assert Client().get("/readyz").content == b"migrations\n"


@pytest.mark.django_db
def test_r8_readyz_is_not_ready_while_a_migration_waits() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'discussions'")
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations\n")


@pytest.mark.django_db
def test_r8_readyz_is_ready_where_one_stands_for_others_that_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As `migrate --check` says: the new one is written down the next time that migrate runs."""
    replaced = sorted(name for app, name in all_migrations() if app == "accounts")
    squashed = type(
        "Migration",
        (Migration,),
        {"replaces": [("accounts", name) for name in replaced], "initial": True},
    )
    load_disk = MigrationLoader.load_disk

    def with_one_more(loader: MigrationLoader) -> None:
        load_disk(loader)
        loader.disk_migrations["accounts", "0001_squashed"] = squashed("0001_squashed", "accounts")

    monkeypatch.setattr(MigrationLoader, "load_disk", with_one_more)
    names = all_migrations() | {("accounts", "0001_squashed")}
    monkeypatch.setattr(machines, "all_migrations", lambda: names)
    assert Client().get("/readyz").content == b"ok\n"
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'accounts' AND name = %s", [replaced[-1]]
        )
    assert Client().get("/readyz").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "is_scheduled", "is_late"),
    [(11, False, True), (9, False, False), (11, True, True), (9, True, False), (-60, True, False)],
)
def test_r8_readyz_is_not_ready_while_jobs_wait_for_long(
    minutes: int, is_scheduled: bool, is_late: bool
) -> None:
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    app.configure_task("send_mail", schedule_at=moment if is_scheduled else None).defer(mail_id=1)
    if not is_scheduled:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_events SET at = %s", [moment])
    answer = Client().get("/readyz")
    assert answer.content == (b"jobs\n" if is_late else b"ok\n")
    assert answer.status_code == (503 if is_late else 200)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_r8_neither_names_a_version_or_is_kept(address: str) -> None:
    answer = Client().get(address)
    assert not any(character.isdigit() for character in answer.content.decode())
    assert "no-cache" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_healthz_asks_nothing_for_a_member_either(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(cast.ada())
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_robots_may_read_what_everyone_may(settings: Settings) -> None:
    answer = Client().get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    robots = RobotFileParser()
    robots.parse(answer.content.decode().splitlines())
    assert robots.can_fetch("*", "/")
    assert robots.can_fetch("*", "/consultations/a/b/?sort=oldest")
    assert not robots.can_fetch("*", "/accounts/login/")
    assert not robots.can_fetch("*", "/admin/")
    assert not robots.can_fetch("*", "/reports/K7QM-2XWD-9RTF/")
    assert robots.site_maps() == ["http://testserver/sitemap.xml"]


def test_security_txt_says_whom_to_tell_and_until_when() -> None:
    answer = Client().get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields["Contact"].startswith(("https://", "mailto:", "tel:"))
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=366)


@pytest.mark.django_db
def test_probes_ask_by_address(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["talk.london.example"]
    for path in ("/healthz", "/readyz"):
        assert Client().get(path, HTTP_HOST="10.1.2.3").status_code == 200
