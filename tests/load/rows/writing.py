"""Posting: one after the other, and 200 members at once."""

import statistics
from collections.abc import Callable

from tests.load import asking
from tests.load.client import Job
from tests.load.data import READERS, WRITERS, Place, comments_in, texts
from tests.load.measuring import (
    Load,
    Measure,
    Row,
    Sample,
    at_most,
    cpu_of,
    of,
    port_of,
    ratios,
    told,
)

_POST_MS, _SAME, _P99_SECONDS = 10.0, 1.2, 1.0
_POSTS = 50
_TIMES_AT_ONCE = 5
_ANSWERS = [302, 400, 403, 409, 422, 429, 500, 502, 503, 504]


def posting(load: Load) -> list[Row]:
    found = load.take_turns({f"{size}": _posts(load, size) for size in load.sizes})
    for size in load.sizes:
        load.keep_costs("posting", size, found[f"{size}"])
    flows = {f"{size}": _posts(load, size, follows=True) for size in {load.base, load.sizes[-1]}}
    whole = load.take_turns(flows)
    rows = []
    for size in sorted({load.base, load.sizes[-1]}):
        rows += _of_size(size, found[f"{size}"], whole[f"{size}"])
    if load.sizes[-1] == load.base:
        return rows
    what = f"POST: CPU at {load.sizes[-1]:,} / at {load.base:,} comments"
    large, base = found[f"{load.sizes[-1]}"], found[f"{load.base}"]
    return [*rows, at_most(what, _SAME, ratios(large, base, lambda s: s.cpu_ms), "×")]


def _of_size(size: int, posts: list[Sample], flows: list[Sample]) -> list[Row]:
    what = f"POST of a comment, {size:,} comments"
    cpu = cpu_of(posts)
    return [
        at_most(f"{what}: CPU", _POST_MS, of(posts, lambda s: s.app_ms), "ms", cpu),
        at_most(f"{what}: elapsed, committed", _POST_MS, of(posts, lambda s: s.took_ms), "ms", cpu),
        told(f"{what}, redirect and page", of(flows, lambda s: s.took_ms), "ms", cpu_of(flows)),
    ]


def _posts(load: Load, size: int, *, follows: bool = False) -> Measure:
    """One after the other, each by another member."""
    place = load.data.written[size]
    port = port_of(load.ours)

    def job() -> Job:
        return Job(
            port,
            _requests(load, place, _POSTS),
            [200] if follows else [302],
            once=True,
            markers=[place.title if follows else ""],
            follows=follows,
        )

    return Measure(load.ours, job, alone=True)


def _requests(load: Load, place: Place, count: int) -> list[str]:
    sessions = load.data.sessions[READERS:]
    return [
        asking.post(f"{place.path}comments/", session, text)
        for session, text in zip(sessions, texts(count), strict=False)
    ]


def burst(load: Load) -> list[Row]:
    """200 members post into one discussion at one moment; five times."""
    place = load.data.written[load.base]
    deadlocks, there = _deadlocks(), comments_in(place)
    # Whoever has not been here is slower once: that has a row of its own.
    sent = [_at_once(load, place) for _time in range(_TIMES_AT_ONCE + 1)]
    newcomers, *took = [sample[0] for sample in sent]
    stored = comments_in(place) - there
    wanted = WRITERS * (_TIMES_AT_ONCE + 1)
    refused = sum(
        count for _took, statuses in sent for status, count in statuses.items() if status != 302
    )
    what = f"{WRITERS} members post at once into {load.base:,} comments"
    shares: dict[str, Callable[[list[float]], float]] = {
        "p50": statistics.median,
        "p95": lambda each: each[int(len(each) * 0.95)],
        "slowest": max,
    }
    p99, p99_of_newcomers = [_p99(each) for each in took], [_p99(newcomers)]
    found = _deadlocks() - deadlocks
    return [
        at_most(f"{what}: p99", _P99_SECONDS, p99, "s"),
        at_most(f"{what}, once, for the first time: p99", _P99_SECONDS, p99_of_newcomers, "s"),
        *(
            told(f"{what}: {name}", [share(each) for each in took], "s")
            for name, share in shares.items()
        ),
        Row(f"{what}: answers but 302", "0", f"{refused}", is_good=not refused),
        Row(f"{what}: deadlocks", "0", f"{found}", is_good=not found),
        Row(f"{what}: comments stored", f"{wanted:,}", f"{stored:,}", is_good=stored == wanted),
    ]


def _at_once(load: Load, place: Place) -> tuple[list[float], dict[int, int]]:
    job = Job(port_of(load.ours), _requests(load, place, WRITERS), _ANSWERS)
    sent = load.crowd.send_at_once(job)
    return sent.latencies, sent.statuses


def _p99(latencies: list[float]) -> float:
    return latencies[int(len(latencies) * 0.99)]


def _deadlocks() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
