"""Connections of the pool that have ended while nobody used them."""

import select
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from psycopg import Connection
from psycopg_pool import ConnectionPool

from talk_london.postgresql.base import DatabaseWrapper, has_ended

pytestmark = pytest.mark.django_db(transaction=True)


def in_another_thread(ask: Callable[[], int]) -> int:
    """With a connection of its own, given back to the pool."""
    found: list[int] = []

    def run() -> None:
        try:
            found.append(ask())
        finally:
            connections["default"].close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (answer,) = found
    return answer


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone()[0]


def test_it_is_this_kind() -> None:
    assert isinstance(connections["default"], DatabaseWrapper)
    assert connections["default"].pool


def test_one_that_has_ended_is_replaced() -> None:
    mine = backend()
    for _time in range(3):
        pid = in_another_thread(backend)
        assert pid != mine
        end(pid)
        assert in_another_thread(backend) != pid


@pytest.fixture
def another() -> Iterator["Connection[Any]"]:
    parameters = connections["default"].get_connection_params()
    with Connection.connect(**{**parameters, "autocommit": True}) as found:
        yield found


def test_one_that_is_silent_is_not_asked(
    another: "Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.delattr(ConnectionPool, "check_connection")
        assert not has_ended(another)


def test_one_that_has_something_to_say_is_asked(another: "Connection[Any]") -> None:
    another.execute("LISTEN anything")
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY anything")
    waiting = select.poll()
    waiting.register(another.fileno(), select.POLLIN)
    assert waiting.poll(5_000)
    assert not has_ended(another)
    end(another.info.backend_pid)
    assert has_ended(another)
    another.close()
    assert has_ended(another)
