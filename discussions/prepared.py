"""Queries that Django builds once in the life of a process, and that are asked again and again.

To build the query of a page costs more than to ask it. `prepared` is for functions that return a
query (`values_list`) with gaps where values go; what else differs (orders, filters there or not,
limits) are the function's own arguments, a query for each.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from django.db.models import BigAutoField, BigIntegerField, Lookup, QuerySet
from psycopg.types.numeric import Int8

from accounts.statements import all_rows, one_row

# Fits each integer column, and is no value that a query has by itself.
_FIRST_NUMBER = 2_147_400_000
_MOST_QUERIES = 256  # of one function


class Gaps:
    """What stands in a query for a value that comes later."""

    def __init__(self) -> None:
        self._names: dict[int | str, str] = {}

    def number(self, name: str) -> int:
        stand_in = _FIRST_NUMBER + len(self._names)
        self._names[stand_in] = name
        return stand_in

    def numbers(self, name: str) -> list[int]:
        """For `__among`, or the path of a comment."""
        return [self.number(name)]

    def text(self, name: str) -> str:
        stand_in = f"gap {len(self._names)}"
        self._names[stand_in] = name
        return stand_in

    def name(self, parameter: object) -> str | None:
        if isinstance(parameter, list) and len(parameter) == 1:
            (parameter,) = parameter
        return self._names.get(parameter) if isinstance(parameter, int | str) else None


class Prepared:
    def __init__(self, query: QuerySet[Any, Any], gaps: Gaps) -> None:
        self._sql, parameters = query.query.sql_with_params()
        self._parameters = [(gaps.name(each), each) for each in parameters]

    def rows(self, **values: int | str | list[int]) -> list[tuple[Any, ...]]:
        """As the database answers: JSON is text."""
        return all_rows(self._sql, self._given(values))

    def rows_planned_anew(self, **values: int | str | list[int]) -> list[tuple[Any, ...]]:
        """For what is much or little: PostgreSQL looks at the values before it decides how."""
        return all_rows(self._sql, self._given(values), planned_anew=True)

    def row(self, **values: int | str | list[int]) -> tuple[Any, ...] | None:
        """The only one, or the first."""
        return one_row(self._sql, self._given(values))

    def _given(self, values: dict[str, Any]) -> list[Any]:
        return [_as(each, values[name]) if name else each for name, each in self._parameters]


def _as(stand_in: Any, value: Any) -> Any:  # noqa: ANN401 - parameters of any type
    """Numbers in the largest type: a smaller one would cut off what it has no room for. An array as
    PostgreSQL writes it: psycopg takes long to find out that numbers are all there is in it."""
    if isinstance(stand_in, list):
        return f"{{{','.join(map(str, map(int, value)))}}}"
    return Int8(value) if isinstance(stand_in, int) else type(stand_in)(value)


def prepared(build: Callable[..., QuerySet[Any, Any]]) -> Callable[..., Prepared]:
    """The function, called without its first argument (the gaps), gives the prepared query."""

    @lru_cache(maxsize=_MOST_QUERIES)
    def built(*args: Hashable, **kwargs: Hashable) -> Prepared:
        gaps = Gaps()
        return Prepared(build(gaps, *args, **kwargs), gaps)

    return built


@BigAutoField.register_lookup
@BigIntegerField.register_lookup
class Among(Lookup[Any]):
    """As `__in`, with one parameter for however many numbers."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # noqa: ANN401 - Django's signature
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*parameters, self.rhs]
