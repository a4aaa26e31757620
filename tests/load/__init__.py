"""What the service costs, beside bare servers and at every size: `bin/load`. Takes minutes."""

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.drills.service import Served
    from tests.load.measuring import Load, Row

# Nobody is slowed down: how often one may post is not the question here.
_NO_LIMITS = {
    "POSTS_OF_MEMBER": "1000000",
    "POSTS_FROM_ADDRESS": "100000000",
    "POSTS_ON_SITE": "100000000",
}


def run(words: list[str]) -> int:
    """The code that the command ends with: 1 where something fell short."""
    from talk_london.database import DatabaseUnavailableError
    from tests.drills import service

    given = _parsed(words)
    signal.signal(signal.SIGTERM, _end)
    begun = time.monotonic()
    try:
        with service.kept_database("load", durable=True, **_NO_LIMITS) as folder:
            if given.fresh:
                service.empty()
            with _load(given, folder) as load:
                rows = _measured(load, given.rows)
                _print(load, rows, begun)
                if given.picture and load.costs:
                    given.picture.write_text(_picture(load))
    except DatabaseUnavailableError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return int(any(row.is_good is False for row in rows))


def _parsed(words: list[str]) -> argparse.Namespace:
    from tests.load.data import SIZES

    parser = argparse.ArgumentParser(prog="bin/load", description=__doc__)
    parser.add_argument(
        "--sizes",
        type=lambda text: sorted({int(each) for each in text.split(",")}),
        default=list(SIZES),
        help="of the discussions, in comments: 100,1622,50000,1000000 unless told",
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--rows", type=lambda text: text.split(","), default=[], help="only these measurements"
    )
    parser.add_argument("--picture", type=Path, help="an SVG of cost against size goes there")
    parser.add_argument("--fresh", action="store_true", help="make the data again")
    return parser.parse_args(words)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _load(given: argparse.Namespace, folder: Path) -> Iterator["Load"]:
    from tests.drills.service import gunicorn
    from tests.load import data
    from tests.load.crowd import crowd
    from tests.load.measuring import Load

    made = data.prepare(given.sizes)
    postgres = int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    base = made.read.get(1_622) or made.read[given.sizes[0]]
    os.environ["LOAD_DISCUSSION"] = str(base.pk)
    with (
        gunicorn() as ours,
        _floor("bare_wsgi") as bare,
        _floor("bare_django") as django,
        _floor("plain.wsgi") as plain,
        crowd() as browsers,
    ):
        yield Load(made, ours, bare, django, plain, browsers, postgres, given.rounds)


def _floor(name: str) -> "contextlib.AbstractContextManager[Served]":
    from tests.drills.service import gunicorn

    return gunicorn(f"tests.load.floors.{name}:application", "tests/load/floors/serving.py")


def _measured(load: "Load", names: list[str]) -> "list[Row]":
    from tests.load.crowd import MeasuresNothingError
    from tests.load.measuring import Row
    from tests.load.rows import ROWS

    unknown = set(names) - set(ROWS)
    if unknown:
        sys.exit(f"There is no measurement {', '.join(unknown)}; there are {', '.join(ROWS)}.")
    rows = []
    for name, measure in ROWS.items():
        if not names or name in names:
            begun = time.monotonic()
            try:
                rows += measure(load)
            except MeasuresNothingError as problem:
                rows.append(Row(name, "", f"failed: {problem}", is_good=False))
            print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return rows


def _print(load: "Load", rows: "list[Row]", begun: float) -> None:
    from tests.load import report

    minutes = (time.monotonic() - begun) / 60
    print(f"`{report.command()}`, medians of {load.rounds} rounds, {minutes:.0f} minutes, on")
    print(f"{report.machine()}.\n\n{report.table(rows)}\n")
    if load.costs:
        print(report.costs(load))


def _picture(load: "Load") -> str:
    from tests.load import picture

    sums = {
        kind: {size: sum(parts) for size, parts in by_size.items()}
        for kind, by_size in load.costs.items()
    }
    return picture.svg("CPU of a request, application and PostgreSQL", sums)
