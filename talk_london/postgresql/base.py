"""Django's PostgreSQL, whose pooled connections are looked at before use instead of asked.

To ask over a connection whether it is alive costs each request a round trip. One that has ended, or
has something to say, can be read from; only then is it asked.
"""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, Error
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:  # noqa: ANN401 - as Django has it
        found = super().get_new_connection(conn_params)
        while self.pool and has_ended(found):
            found.close()
            self.pool.putconn(found)  # which has another one made in its place
            found = super().get_new_connection(conn_params)
        return found


def has_ended(connection: "Connection[Any]") -> bool:
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if not waiting.poll(0):
        return False
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        return True
    return False
