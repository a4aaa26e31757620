"""The log of moderation: it can only be added to, and whoever meddles with it is found out."""

import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from discussions.models import Consultation
from moderation.ledger import Event, first_broken, hash_of, record
from moderation.models import Case, Decision, LedgerEntry, Verb
from tests import cast, moderated

pytestmark = pytest.mark.django_db

LOG = "/moderation/log.csv"
TABLES = ("moderation_ledgerentry", "moderation_decision")


@pytest.fixture
def log(db: None) -> int:
    """Some entries of every kind; says how many."""
    hidden = moderated.hide(cast.comment(cast.ada()))
    moderated.overturn(moderated.appeal(hidden))
    kept = cast.comment(cast.ben())
    moderated.report(kept)
    moderated.keep(kept)
    return LedgerEntry.objects.count()


_CHANGE = "UPDATE {table} SET {change} WHERE {where}"


def change(table: str, what: str, where: str) -> None:
    run(_CHANGE.format(table=table, change=what, where=where))


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def as_owner(table: str) -> Iterator[None]:
    """Whoever owns the tables can switch off what guards them."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    yield
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def verified() -> str:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    return out.getvalue()


# Verifying


def test_an_untouched_log_is_as_it_was_written(log: int) -> None:
    assert log == 8
    newest = LedgerEntry.objects.get(number=log)
    assert f"All {log} entries of the log are as they were written." in verified()
    assert newest.hash in verified()


def test_an_empty_log_is_said_to_be(db: None) -> None:
    assert verified() == "The log is empty.\n"


@pytest.mark.parametrize(
    "what",
    [
        "guideline = 9",
        "what = 'keep'",
        "event = 'reported'",
        "at = at + interval '1 microsecond'",
        "consultation = 'another'",
        "case_number = case_number + 1",
        "digest = repeat('a', 64)",
        "hash = repeat('a', 64)",
        "previous_hash = repeat('a', 64)",
    ],
)
def test_the_owner_who_changes_an_entry_is_named(log: int, what: str) -> None:
    with as_owner("moderation_ledgerentry"):
        change("moderation_ledgerentry", what, "number = 3")
    with pytest.raises(CommandError, match="Entry 3 of the log is broken") as refusal:
        verified()
    assert refusal.value.returncode == 1


def test_who_makes_the_hash_right_again_breaks_the_next_one(log: int) -> None:
    with as_owner("moderation_ledgerentry"):
        change("moderation_ledgerentry", "what = 'check'", "number = 1")
        changed = LedgerEntry.objects.get(number=1)
        change("moderation_ledgerentry", f"hash = '{hash_of(changed)}'", "number = 1")
    broken = first_broken()
    assert broken
    assert (broken.number, "hash of the entry before" in broken.why) == (2, True)


def test_an_entry_that_is_taken_out_is_missed(log: int) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with as_owner("moderation_ledgerentry"):
        reported = LedgerEntry.objects.get(event=Event.REPORTED)
        run("DELETE FROM moderation_ledgerentry WHERE event = 'reported'")
    broken = first_broken()
    assert broken
    assert broken.number == reported.number
    assert "missing" in broken.why


@pytest.mark.parametrize(
    "what", ["reason = 'Another one'", "note = 'x'", "guideline = 2", "verb = 'keep'"]
)
def test_the_owner_who_changes_a_decision_is_named(log: int, what: str) -> None:
    decision = Decision.objects.order_by("pk")[0]
    with as_owner("moderation_decision"):
        change("moderation_decision", what, f"id = {decision.pk}")
    with pytest.raises(CommandError, match=f"Entry {decision.entry_id} .*something else"):
        verified()


# What the database refuses


@pytest.fixture
def application(log: int) -> str:
    """A role that may read and write every row, and owns nothing."""
    run("CREATE ROLE talk_london_application")
    run("GRANT USAGE ON SCHEMA public TO talk_london_application")
    tables = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public"
    run(f"GRANT {tables} TO talk_london_application")
    run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO talk_london_application")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    return "talk_london_application"


def as_role(role: str, sql: str) -> None:
    with transaction.atomic():
        run(f"SET LOCAL ROLE {role}")
        run(sql)
        run("RESET ROLE")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE {table} SET guideline = 9",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER append_only",
        "ALTER TABLE {table} DISABLE TRIGGER USER",
        "DROP TRIGGER append_only ON {table}",
        "DROP TABLE {table} CASCADE",
    ],
)
def test_the_application_is_refused(application: str, table: str, sql: str) -> None:
    with pytest.raises(DatabaseError):
        as_role(application, sql.format(table=table))
    assert first_broken() is None


def test_the_application_cannot_switch_triggers_off_for_itself(application: str) -> None:
    with pytest.raises(DatabaseError):
        as_role(application, "SET LOCAL session_replication_role = replica")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", ["UPDATE {table} SET guideline = 9", "DELETE FROM {table}"])
def test_so_is_the_owner_who_switches_nothing_off(log: int, table: str, sql: str) -> None:
    with pytest.raises(DatabaseError, match="can only be added to"), transaction.atomic():
        run(sql.format(table=table))


@pytest.mark.parametrize("table", TABLES)
def test_nobody_empties_it(log: int, table: str) -> None:
    """Tests switch this trigger off, for they empty every table (conftest)."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} ENABLE TRIGGER never_emptied")
    with pytest.raises(DatabaseError, match="can only be added to"), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")
    run(f"ALTER TABLE {table} DISABLE TRIGGER never_emptied")


def test_who_adds_an_entry_does_not_say_its_number_nor_its_moment(application: str) -> None:
    before = LedgerEntry.objects.order_by("-number")[0]
    as_role(
        application,
        "INSERT INTO moderation_ledgerentry (number, at, event, consultation, what, digest,"
        " previous_hash, hash) VALUES (1, '2001-01-01', 'opened', '', '', '', 'x', 'y')",
    )
    added = LedgerEntry.objects.order_by("-number")[0]
    assert added.number == before.number + 1
    assert added.at >= before.at
    assert added.previous_hash == before.hash
    assert first_broken() is None


# The log for everyone


def rows() -> list[dict[str, str]]:
    answer = Client().get(LOG)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    content = answer.getvalue()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_whoever_has_the_file_can_check_it_as_the_page_says(log: int) -> None:
    previous = "0" * 64
    for row in rows():
        values = [row[name] for name in ("number", "at", "event", "consultation", "case")]
        values += [row["what"], row["guideline"], row["digest"]]
        joined = "\x1f".join([previous, *values])
        previous = hashlib.sha256(joined.encode()).hexdigest()
        assert row["hash"] == previous
    assert previous in Client().get("/moderation/").content.decode()
    assert len(rows()) == log


def test_it_has_nobodys_words_nor_names(log: int) -> None:
    comment = cast.comment(cast.ada(), "Unspeakable words.")
    moderated.report(comment, cast.ben(), explanation="Because of me.")
    decided = moderated.decide(comment, Verb.HIDE, note="Between us.", reason="For Ada alone.")
    text = str(rows())
    for secret in ("Unspeakable", "Because of me", "Between us", "For Ada", "Ada", "Ben", "Mo'"):
        assert secret not in text
    assert decided.salt not in text


def test_of_a_draft_there_is_not_even_the_name(log: int) -> None:
    comment = cast.elsewhere(cast.DRAFT)
    moderated.case_of(comment)
    newest = rows()[-1]
    assert (newest["event"], newest["consultation"]) == ("opened", "")
    assert cast.DRAFT not in str(rows())
    assert cast.DRAFT not in Client().get("/moderation/").content.decode()


@pytest.mark.parametrize("slug", ["-1+1", "-cmd"])
def test_no_cell_is_a_formula(slug: str) -> None:
    consultation = cast.consultation()
    Consultation.objects.filter(pk=consultation.pk).update(slug=slug)
    consultation.refresh_from_db()
    case = Case(pk=1, consultation=consultation)
    record(Event.OPENED, case)
    assert rows()[-1]["consultation"] == f"'{slug}"


def test_a_temporary_table_of_the_same_name_leads_nobody_astray(log: int) -> None:
    """The database's own search looks there first."""
    run("CREATE TEMP TABLE moderation_ledgerentry (number bigint, hash text) ON COMMIT DROP")
    run("INSERT INTO pg_temp.moderation_ledgerentry VALUES (5000000, repeat('f', 64))")
    columns = "number, at, event, consultation, what, digest, previous_hash, hash"
    values = "0, now(), 'opened', '', '', '', '', ''"
    run(f"INSERT INTO public.moderation_ledgerentry ({columns}) VALUES ({values})")  # noqa: S608
    run("DROP TABLE pg_temp.moderation_ledgerentry")
    assert LedgerEntry.objects.filter(number=log + 1).exists()
    assert not LedgerEntry.objects.filter(number__gt=log + 1).exists()
    assert first_broken() is None


def test_an_entry_written_down_elsewhere_shows_that_the_end_was_cut(log: int) -> None:
    newest = LedgerEntry.objects.get(number=log)
    call_command("verify_ledger", expect=f"{log}:{newest.hash}", stdout=StringIO())
    for expected in (f"{log + 1}:{newest.hash}", f"{log}:{'0' * 64}"):
        with pytest.raises(CommandError, match="is not the one that was there"):
            call_command("verify_ledger", expect=expected, stdout=StringIO())
