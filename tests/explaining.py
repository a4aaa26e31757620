"""What a page asks the database, and how PostgreSQL goes about it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts import statements


@dataclass(frozen=True)
class Asked:
    """A statement with its parameters; `is_kept` where a connection may keep how it is done."""

    sql: str
    params: Any
    is_kept: bool


class Heard:
    """Of connection.execute_wrapper."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def __call__(
        self, execute: Callable[..., object], sql: str, params: object, *more: Any
    ) -> object:
        is_kept = more[-1]["connection"].connection.prepare_threshold is not None
        self.asked.append(Asked(sql, params, is_kept))
        return execute(sql, params, *more)


def plans(asked: Asked) -> list[dict[str, Any]]:
    """The one for these values; and, where that may be kept, the one for any."""
    found = [_plan(asked.sql, asked.params)]
    if asked.is_kept:
        found.append(_plan_for_any(asked.sql, asked.params))
    return found


def _plan(sql: str, params: Any) -> dict[str, Any]:  # noqa: ANN401 - a list or a mapping
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING off, FORMAT json) {sql}", params)
        answer = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan


def _plan_for_any(sql: str, params: Any) -> dict[str, Any]:  # noqa: ANN401 - a list or a mapping
    text, names = statements.numbered(sql)
    given = [params[name] for name in names] if names else params
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE probe AS {text.decode()}")
    try:
        places = f"({', '.join(['%s'] * len(given))})" if given else ""
        return _plan(f"EXECUTE probe{places}", given)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE probe")
            cursor.execute("SET LOCAL plan_cache_mode = auto")
