"""What a browser fetches to show a page; and the memory of the processes after all of it."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.load import asking, meter
from tests.load.asking import Asked
from tests.load.data import READERS
from tests.load.measuring import Load, Row, port_of, reading

_FIRST_BYTES, _FIRST_REQUESTS, _SECOND_BYTES = 60_000, 5, 20_000
_MIB = 130.0
_ENCODINGS = "gzip, deflate, br"
_LINKS = {"stylesheet", "preload", "modulepreload"}
_CSS_URL = re.compile(r"""url\(["']?([^"')]+)["']?\)""")


def visit(load: Load) -> list[Row]:
    """The first page and what it links; then the page before, of the same discussion."""
    path = load.place.path
    first = _fetched(load, path, {})
    what = "a first visit (page, styles, scripts, font), compressed"
    parts = ", ".join(f"{_kind(each)} {asked.packed:,}" for each, asked in first.items())
    size = sum(asked.packed for asked in first.values())
    heads = sum(_head(asked) for asked in first.values())
    others = [f"{path}?sort=oldest", f"{path}?sort=replies", _consultation(path)]
    second = max(
        (sum(asked.packed for asked in _fetched(load, other, first).values()), other)
        for other in others
    )
    return [
        Row(f"{what}: bytes", f"≤ {_FIRST_BYTES:,}", f"{size:,}", parts, size <= _FIRST_BYTES),
        Row(f"{what}: heads of the answers", "", f"{heads:,}"),
        Row(
            f"{what}: requests",
            f"≤ {_FIRST_REQUESTS}",
            f"{len(first)}",
            is_good=len(first) <= _FIRST_REQUESTS,
        ),
        Row(
            "a second page: bytes",
            f"≤ {_SECOND_BYTES:,}",
            f"{second[0]:,}",
            second[1],
            second[0] <= _SECOND_BYTES,
        ),
    ]


def memory(load: Load) -> list[Row]:
    """After every kind of page, if no other rows have been measured before."""
    session = load.data.sessions[:READERS]
    paths = ["", "?sort=replies", "?q=police", "all/"]
    requests = [asking.get(f"{load.place.path}{path}", each) for path in paths for each in session]
    signed_out = [asking.get(f"{load.place.path}{path}", encodings="gzip") for path in paths]
    for each in (requests, signed_out):
        load.crowd.send(reading(load.ours, each, statuses=(200, 404)).job())
    used = meter.shared_once_mib(load.ours.pid)
    what = "memory of the web processes after load, shared pages counted once"
    return [Row(what, f"≤ {_MIB:g} MiB", f"{used:.0f} MiB", is_good=used <= _MIB)]


def _fetched(load: Load, page: str, known: dict[str, Asked]) -> dict[str, Asked]:
    """The answers that the browser has not got yet, by address."""
    found = {page: _asked(load, page)}
    waiting = _linked(found[page].body.decode())
    while waiting:
        path = urlsplit(urljoin(page, waiting.pop())).path
        if path in found or path in known or not path.startswith("/static/"):
            continue
        found[path] = _asked(load, path)
        if path.endswith(".css"):
            text = asking.ask(port_of(load.ours), path).body.decode()
            waiting += [urljoin(path, each) for each in _CSS_URL.findall(text) if ".woff" in each]
    return found


def _asked(load: Load, path: str) -> Asked:
    asked = asking.ask(port_of(load.ours), path, encodings=_ENCODINGS)
    if asked.status != 200:
        raise RuntimeError(f"{path} answers {asked.status}.")
    return asked


def _linked(page: str) -> list[str]:
    links = _Links()
    links.feed(page)
    return links.found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        rel = set((given.get("rel") or "").split())
        address = given.get("href") if tag == "link" and rel & _LINKS else None
        if tag in ("script", "img"):
            address = given.get("src")
        if address:
            self.found.append(address)


def _consultation(path: str) -> str:
    return f"{path.rstrip('/').rpartition('/')[0]}/"


def _kind(path: str) -> str:
    return path.rpartition(".")[2] if path.startswith("/static/") else "page"


def _head(asked: Asked) -> int:
    return sum(len(name) + len(value) + 4 for name, value in asked.headers.items()) + 19
