"""Statements that are the same each time but for their values: those of every page and every post.

To compose one takes Django longer than it takes PostgreSQL to carry it out, and to read and plan
it takes PostgreSQL as long again: so each connection keeps how. A plan has to be good whatever the
values are: these go by an index to as many rows as they give (tests/test_plans.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, ProgrammingError, connection
from django.db.models import Model
from psycopg import RawCursor
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName

_Model = TypeVar("_Model", bound=Model)
_Values = Mapping[str, Any] | Sequence[Any]

# It would give a column another type than it had, or somebody has made PostgreSQL forget it.
_OF_A_KEPT_PLAN = (FeatureNotSupported, InvalidSqlStatementName)
_KEPT_FROM = 1  # the second time that a connection carries it out
_STATEMENTS_KEPT = 1_024
_PLACE = re.compile(r"%(?:%|s|\((\w+)\)s)")


class Columns(Generic[_Model]):
    """Those of a model: in SQL, where its table goes by an alias, or in `values_list`.

    What comes through these is as the database gives it; no field of ours wants it otherwise.
    """

    def __init__(
        self, model: type[_Model], alias: str = "", *, prefix: str = "", without: str = ""
    ) -> None:
        left_out = without.split()
        fields = [each for each in model._meta.concrete_fields if each.attname not in left_out]
        self._model = model
        self._attributes = [each.attname for each in fields]
        self._columns = ", ".join(f"{alias}.{each.column}" for each in fields)
        self.names = [f"{prefix}{each}" for each in self._attributes]

    def __str__(self) -> str:
        return self._columns

    def __len__(self) -> int:
        return len(self._attributes)

    def made(self, row: Sequence[Any]) -> _Model:
        """From the columns that come first in a row."""
        return self._model.from_db(DEFAULT_DB_ALIAS, self._attributes, row[: len(self)])


def one_row(statement: str, values: _Values) -> tuple[Any, ...] | None:
    """The first that it gives."""
    with _carrying_out(statement, values) as cursor:
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def all_rows(
    statement: str, values: _Values, *, planned_anew: bool = False
) -> list[tuple[Any, ...]]:
    """`planned_anew`: of a plan that is good for some values and not for others nothing is kept."""
    with _carrying_out(statement, values, None if planned_anew else _KEPT_FROM) as cursor:
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def carried_out(statement: str, values: _Values) -> int:
    """How many rows it changed."""
    with _carrying_out(statement, values) as cursor:
        return int(cursor.rowcount)


@contextmanager
def _carrying_out(
    statement: str, values: _Values, kept_from: int | None = _KEPT_FROM
) -> Iterator[Any]:
    django: Any = connection
    django.ensure_connection()
    with django._prepare_cursor(_Cursor(django.connection)) as cursor:
        # For this one alone: of Django's own, each text would be kept, values and all.
        django.connection.prepare_threshold = kept_from
        try:
            _execute(cursor, statement, values)
        finally:
            django.connection.prepare_threshold = None
        yield cursor


def _execute(cursor: Any, statement: str, values: _Values) -> None:  # noqa: ANN401 - Django's
    try:
        cursor.execute(statement, values)
    except (NotSupportedError, ProgrammingError) as problem:
        # A transaction is over then, and forgets all plans with it.
        if connection.in_atomic_block or not isinstance(problem.__cause__, _OF_A_KEPT_PLAN):
            raise
        cursor.execute("DEALLOCATE ALL", [])
        cursor.execute(statement, values)


class _Cursor(RawCursor[Any]):
    """Django's usual one puts the values into the text, and nothing is kept."""

    def _convert_query(self, query: Any, params: Any = None) -> Any:  # noqa: ANN401 - psycopg's
        text, names = numbered(query)
        given = [params[name] for name in names] if names else params
        # Where Django's log of queries looks.
        self._query = super()._convert_query(text, given)
        return self._query


@lru_cache(maxsize=_STATEMENTS_KEPT)
def numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """As PostgreSQL takes it, with `$1` for each `%s`; or, by their names, for each `%(name)s`."""
    names: dict[str, int] = {}
    places = count(1)

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1]
        return f"${names.setdefault(name, len(names) + 1) if name else next(places)}"

    return _PLACE.sub(number, statement).encode(), tuple(names)
