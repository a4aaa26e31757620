"""Pages of members, which nobody keeps for anybody."""

import io
import sys
from typing import Any

from tests.load import asking
from tests.load.data import READERS
from tests.load.measuring import Load, Row, at_most, cpu_of, of, port_of, reading

_PAGE_MS, _QUERIES, _WHOLE_MS = 4.0, 6, 25.0


def page(load: Load) -> list[Row]:
    what = f"page signed in, {load.base:,} comments"
    requests = [asking.get(load.place.path, session) for session in load.data.sessions[:READERS]]
    # Each says who would post: never another member's page.
    markers = [f"<bdi>{name}</bdi>" for name in load.data.names[:READERS]]
    measure = reading(load.ours, requests, *markers)
    found = load.take_turns({"page": measure})["page"]
    queries = _queries(load.place.path, load.data.sessions[0])
    return [
        at_most(f"{what}: CPU", _PAGE_MS, of(found, lambda s: s.app_ms), "ms", cpu_of(found)),
        Row(f"{what}: queries", f"≤ {_QUERIES}", str(queries), is_good=queries <= _QUERIES),
    ]


def whole(load: Load) -> list[Row]:
    what = f"the whole discussion on one page, {load.base:,} comments, signed in"
    path = f"{load.place.path}all/"
    asked = asking.ask(port_of(load.ours), path, load.data.sessions[0])
    if asked.status != 200:
        return [Row(what, f"≤ {_WHOLE_MS:g} ms", f"answers {asked.status}", is_good=False)]
    shown = asked.body.count(b'<article id="comment-') or asked.body.count(b'id="comment-')
    requests = [asking.get(path, session) for session in load.data.sessions[:READERS]]
    found = load.take_turns({"page": reading(load.ours, requests, load.place.title)})["page"]
    is_all = shown >= load.base
    return [
        at_most(f"{what}: CPU", _WHOLE_MS, of(found, lambda s: s.app_ms), "ms", cpu_of(found)),
        Row(f"{what}: comments on it", f"≥ {load.base:,}", f"{shown:,}", is_good=is_all),
    ]


def _queries(path: str, session: str) -> int:
    """Of the second time, in this process: what a process asks once is not asked by each page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    _answer(path, session)
    with CaptureQueriesContext(connection) as captured:
        _answer(path, session)
    return len(captured)


def _answer(path: str, session: str) -> None:
    from talk_london.wsgi import application

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": asking.HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": asking.HOST,
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_COOKIE": asking.cookies(session),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "https",
    }
    told_status: list[str] = []
    answer = application(environ, lambda status, _headers, *_more: told_status.append(status))
    for _part in answer:
        pass
    if hasattr(answer, "close"):
        answer.close()
    if told_status != ["200 OK"]:
        raise RuntimeError(f"{path} answers {told_status}: this counts nothing.")
