"""Statements whose plans connections keep: how they are written for PostgreSQL, and how often."""

from collections.abc import Iterator

import pytest
from django.db import NotSupportedError, connection, transaction

from accounts.statements import all_rows, numbered, one_row

pytestmark = pytest.mark.django_db


def test_values_are_numbered_in_their_order() -> None:
    assert numbered("SELECT %s, %s WHERE 'a' LIKE '%%a'") == (
        b"SELECT $1, $2 WHERE 'a' LIKE '%a'",
        (),
    )


def test_a_name_has_one_number_wherever_it_stands() -> None:
    text, names = numbered("SELECT %(one)s, %(other)s, %(one)s")
    assert (text, names) == (b"SELECT $1, $2, $1", ("one", "other"))


@pytest.mark.parametrize(
    ("statement", "values", "row"),
    [
        ("SELECT %s::int % 3, %s::text", [7, "100% '; --"], (1, "100% '; --")),
        ("SELECT %(b)s::int - %(a)s::int, %(a)s::int", {"a": 2, "b": 5}, (3, 2)),
        ("SELECT 1", [], (1,)),
    ],
)
def test_values_come_where_they_belong(
    statement: str, values: list[object] | dict[str, object], row: tuple[object, ...]
) -> None:
    assert one_row(statement.replace("% 3", "%% 3"), values) == row
    assert all_rows(statement.replace("% 3", "%% 3"), values) == [row]


def kept(text: str) -> int:
    """How many plans of it this connection keeps."""
    sql = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"SELECT $1::int AS {text}%"])
        return int(cursor.fetchone()[0])


def test_from_the_second_time_on_the_plan_is_kept_whatever_the_values() -> None:
    for number in (1, 70_000, 3):
        one_row("SELECT %s::int AS kept_one", [number])
    assert kept("kept_one") >= 1


def test_nothing_is_kept_of_what_is_planned_anew_nor_of_djangos_own() -> None:
    for number in range(3):
        all_rows("SELECT %s::int AS anew", [number], planned_anew=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int AS djangos", [number])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'djangos'")
        assert cursor.fetchone()[0] == 0
    assert kept("anew") == 0


@pytest.fixture
def kept_word(transactional_db: None) -> Iterator[str]:
    """A statement whose plan is kept, of a column that has got another type since: as between a
    migration and the restart that follows it."""
    statement = "SELECT word FROM kept_words WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept_words AS SELECT 1 AS id, 'so'::varchar(20) AS word")
    for _time in range(3):
        assert one_row(statement, [1]) == ("so",)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kept_words ALTER word TYPE text")
    yield statement
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kept_words")


def test_a_column_that_gets_another_type_stops_nobody(kept_word: str) -> None:
    for _time in range(3):
        assert one_row(kept_word, [1]) == ("so",)
        assert all_rows(kept_word, [1]) == [("so",)]


@pytest.mark.django_db(transaction=True)
def test_what_postgresql_was_made_to_forget_is_planned_anew() -> None:
    """Behind the driver's back, as a pooler may."""
    statement = "SELECT %s::int AS forgotten"
    for _time in range(3):
        assert one_row(statement, [1]) == (1,)
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
    for _time in range(3):
        assert one_row(statement, [1]) == (1,)


def test_what_one_transaction_cannot_do_the_next_can(kept_word: str) -> None:
    with pytest.raises(NotSupportedError), transaction.atomic():
        one_row(kept_word, [1])
    for _time in range(3):
        with transaction.atomic():
            assert one_row(kept_word, [1]) == ("so",)
