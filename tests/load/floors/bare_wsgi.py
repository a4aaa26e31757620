"""A function that returns as many bytes as it is asked for (`?37000`), or says "unchanged"."""

import functools
from collections.abc import Callable
from typing import Any

_Start = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: _Start) -> list[bytes]:
    if environ["PATH_INFO"] == "/unchanged/":
        start_response("304 Not Modified", [])
        return []
    body = _bytes(environ["QUERY_STRING"])
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


@functools.cache
def _bytes(count: str) -> bytes:
    return b"x" * int(count or 1)
