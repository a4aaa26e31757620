"""The discussion page of whoever has not signed in, beside a bare function."""

import statistics
from collections.abc import Callable

from tests.load import asking
from tests.load.measuring import (
    Load,
    Row,
    Sample,
    at_least,
    cpu_of,
    number,
    of,
    port_of,
    ratios,
    reading,
    told,
)

_PAGE, _UNCHANGED = 0.5, 0.6
_ADDRESSES = 2_000  # more than are asked for while a page is kept


def page(load: Load) -> list[Row]:
    return [*_page(load, "", "not compressed"), *_page(load, "gzip", "gzip"), _unkept(load)]


def _page(load: Load, encodings: str, name: str) -> list[Row]:
    what = f"page signed out, {load.base:,} comments, {name}"
    asked = asking.ask(port_of(load.ours), load.place.path, encodings=encodings)
    is_packed = "content-encoding" in asked.headers
    if is_packed != bool(encodings):
        sent = asked.headers.get("content-encoding", "not compressed")
        return [Row(what, f"≥ {_PAGE} ×", f"comes {sent}", is_good=False)]
    marker, head_marker = ("", "Content-Encoding: gzip") if encodings else (load.place.title, "")
    request = asking.get(load.place.path, encodings=encodings)
    floor = asking.get(f"/?{asked.packed}", encodings=encodings)
    found = load.take_turns(
        {
            "ours": reading(load.ours, [request], marker, head_marker=head_marker),
            "bare": reading(load.bare, [floor], "x"),
        }
    )
    return _beside(f"{what} ({asked.packed:,} bytes)", _PAGE, found["ours"], found["bare"])


def _unkept(load: Load) -> Row:
    """Each under an address that nobody has asked for lately, as phones ask."""
    requests = [
        asking.get(f"{load.place.path}?visit={number}", encodings="br")
        for number in range(_ADDRESSES)
    ]
    measure = reading(load.ours, requests, head_marker="Content-Encoding: br")
    found = load.take_turns({"page": measure})["page"]
    what = f"page signed out, {load.base:,} comments, that nobody has asked for lately, br: CPU"
    return told(what, of(found, lambda s: s.app_ms), "ms", cpu_of(found))


def unchanged(load: Load) -> list[Row]:
    what = f"304 for an unchanged page, {load.base:,} comments"
    asked = asking.ask(port_of(load.ours), load.place.path, encodings="gzip")
    etag = asked.headers.get("etag", "")
    if not etag:
        return [Row(what, f"≥ {_UNCHANGED} ×", "the page has no ETag", is_good=False)]
    request = asking.get(load.place.path, encodings="gzip", etag=etag)
    found = load.take_turns(
        {
            "ours": reading(load.ours, [request], statuses=(200, 304), etag=etag),
            "page": reading(load.bare, [asking.get(f"/?{asked.packed}")], "x"),
            "304": reading(load.bare, [asking.get("/unchanged/")], statuses=[304]),
        }
    )
    answered = sum(sample.count for sample in found["ours"])
    fresh = sum(sample.statuses.get(200, 0) for sample in found["ours"])
    return [
        *_beside(
            f"{what}, beside a bare page of as many bytes", _UNCHANGED, found["ours"], found["page"]
        ),
        *_beside(f"{what}, beside a bare 304", _UNCHANGED, found["ours"], found["304"]),
        Row(
            "answers of these that were whole pages, because it had changed",
            "",
            f"{fresh / answered:.1%}",
            is_good=fresh / answered < 0.05 or None,
        ),
    ]


def _beside(what: str, least: float, ours: list[Sample], bare: list[Sample]) -> list[Row]:
    """Rates have the browsers' own costs in them, on one machine; CPU of the servers has not."""
    rates = f"{_median(ours, lambda s: s.rate)} of {_median(bare, lambda s: s.rate)} /s"
    cpu = f"{cpu_of(ours)}, bare {_median(bare, lambda s: s.app_ms)}"
    return [
        at_least(f"{what}: rate, {rates}", least, ratios(ours, bare, lambda s: s.rate)),
        at_least(f"{what}: CPU, bare / ours", least, ratios(bare, ours, lambda s: s.app_ms), cpu),
    ]


def _median(samples: list[Sample], value: Callable[[Sample], float]) -> str:
    return number(statistics.median(of(samples, value)))
