"""Statements written by hand, for what is asked at every post.

To compose one takes Django longer than it takes PostgreSQL to carry it out, and to read and plan
it takes PostgreSQL as long again: so each connection keeps how. A plan has to be good whatever the
values are: these find what they want by unique keys.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model

_Model = TypeVar("_Model", bound=Model)
_Values = Mapping[str, Any] | Sequence[Any]

_KEPT_FROM = 1  # the second time that a connection carries it out


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


def carried_out(statement: str, values: _Values) -> int:
    """How many rows it changed."""
    with _carrying_out(statement, values) as cursor:
        return int(cursor.rowcount)


_ServerBindingCursor: Any = ServerBindingCursor


class _Cursor(_ServerBindingCursor):  # type: ignore[misc]  # Django has no types for it
    """Django's other kind: its usual one puts the values into the text, and nothing is kept."""

    def _convert_query(self, query: Any, params: Any = None) -> Any:  # noqa: ANN401 - psycopg's
        # Where Django's log of queries looks.
        self._query = super()._convert_query(query, params)
        return self._query


@contextmanager
def _carrying_out(statement: str, values: _Values) -> Iterator[Any]:
    django: Any = connection
    django.ensure_connection()
    with django._prepare_cursor(_Cursor(django.connection)) as cursor:
        # For this one alone: of Django's own, each text would be kept, values and all.
        django.connection.prepare_threshold = _KEPT_FROM
        try:
            cursor.execute(statement, values)
        finally:
            django.connection.prepare_threshold = None
        yield cursor
