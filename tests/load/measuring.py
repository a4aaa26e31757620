"""Rounds of measurements that take turns, so that what disturbs the machine disturbs them all."""

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.drills.service import Served
from tests.load import meter
from tests.load.client import Job
from tests.load.crowd import Crowd, MeasuresNothingError
from tests.load.data import Data, Place

CONNECTIONS = 12  # more than threads, so that none of them waits for a browser
SECONDS, _WARM_UP_SECONDS = 1.0, 0.2
_FEWEST = 8  # of each process of the crowd, where an answer takes long
_OF_INTEREST = 1_622  # comments, which the ratios are to


@dataclass(frozen=True)
class Measure:
    """`job` makes a new one each round, `alone` by one browser."""

    server: Served
    job: Callable[[], Job]
    alone: bool = False


@dataclass(frozen=True)
class Sample:
    count: int
    elapsed: float
    app_ms: float  # CPU of a request
    database_ms: float
    latencies: list[float]
    statuses: dict[int, int]

    @property
    def rate(self) -> float:
        return self.count / self.elapsed

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms

    @property
    def took_ms(self) -> float:
        return statistics.median(self.latencies) * 1_000


@dataclass(frozen=True)
class Row:
    """A line of the table; `is_good` is None where nothing is asked for. `cpu` are milliseconds of
    a request: those of the application, and of PostgreSQL."""

    what: str
    target: str
    measured: str
    spread: str = ""
    is_good: bool | None = None
    cpu: str = ""


@dataclass
class Load:
    """What the rows share. `costs` are milliseconds of CPU by kind of page and size: those of the
    application and those of PostgreSQL."""

    data: Data
    ours: Served
    bare: Served
    django: Served
    plain: Served
    crowd: Crowd
    postgres: int
    rounds: int
    costs: dict[str, dict[int, tuple[float, float]]] = field(default_factory=dict)

    @property
    def sizes(self) -> list[int]:
        return sorted(self.data.read)

    @property
    def base(self) -> int:
        """The size that ratios are to, and that most figures are of."""
        return _OF_INTEREST if _OF_INTEREST in self.sizes else self.sizes[0]

    @property
    def place(self) -> Place:
        return self.data.read[self.base]

    def take_turns(self, measures: dict[str, Measure]) -> dict[str, list[Sample]]:
        """Each once to warm up, then in turn, in every round."""
        for measure in measures.values():
            job = dataclasses.replace(measure.job(), seconds=_WARM_UP_SECONDS)
            self.crowd.send(job, alone=measure.alone)
        found: dict[str, list[Sample]] = {name: [] for name in measures}
        for number in range(self.rounds):
            # Now from the first to the last, now back: none always comes after the same one.
            order = list(measures) if number % 2 == 0 else list(reversed(measures))
            for name in order:
                found[name].append(self._sample(measures[name]))
        return found

    def keep_costs(self, kind: str, size: int, samples: list[Sample]) -> None:
        costs = (
            statistics.median(sample.app_ms for sample in samples),
            statistics.median(sample.database_ms for sample in samples),
        )
        self.costs.setdefault(kind, {})[size] = costs

    def _sample(self, measure: Measure) -> Sample:
        before = meter.cpu_seconds(measure.server.pid), meter.cpu_seconds(self.postgres)
        sent = self.crowd.send(measure.job(), alone=measure.alone)
        after = meter.cpu_seconds(measure.server.pid), meter.cpu_seconds(self.postgres)
        if not sent.count:
            raise MeasuresNothingError("no answer came")
        app_ms, database_ms = (
            (late - early) / sent.count * 1_000 for early, late in zip(before, after, strict=True)
        )
        return Sample(sent.count, sent.elapsed, app_ms, database_ms, sent.latencies, sent.statuses)


def reading(
    server: Served,
    requests: Sequence[str],
    *markers: str,
    head_marker: str = "",
    statuses: Sequence[int] = (200,),
    etag: str = "",
) -> Measure:
    """As many as can be answered in a second; one marker for all, or one for each request."""
    job = Job(
        port_of(server),
        list(requests),
        list(statuses),
        connections=CONNECTIONS,
        seconds=SECONDS,
        fewest=_FEWEST,
        markers=list(markers) or [""],
        head_marker=head_marker,
        etag=etag,
    )
    return Measure(server, lambda: job)


def port_of(server: Served) -> int:
    return int(server.address.rpartition(":")[2])


def of(samples: list[Sample], value: Callable[[Sample], float]) -> list[float]:
    return [value(sample) for sample in samples]


def ratios(one: list[Sample], other: list[Sample], value: Callable[[Sample], float]) -> list[float]:
    """Of each round, so that both were measured within moments."""
    return [value(a) / value(b) for a, b in zip(one, other, strict=True) if value(b)]


def at_least(what: str, least: float, found: list[float], cpu: str = "") -> Row:
    """Of ratios."""
    return _row(what, f"≥ {least:g} ×", found, "×", cpu, statistics.median(found) >= least)


def at_most(what: str, most: float, found: list[float], unit: str, cpu: str = "") -> Row:
    return _row(what, f"≤ {most:g} {unit}", found, unit, cpu, statistics.median(found) <= most)


def told(what: str, found: list[float], unit: str, cpu: str = "") -> Row:
    return _row(what, "", found, unit, cpu, None)


def cpu_of(samples: list[Sample]) -> str:
    app, database = (
        statistics.median(of(samples, part))
        for part in (lambda sample: sample.app_ms, lambda sample: sample.database_ms)
    )
    return f"{number(app)} + {number(database)}"


def _row(
    what: str, target: str, found: list[float], unit: str, cpu: str, is_good: bool | None
) -> Row:
    measured = f"{number(statistics.median(found))} {unit}"
    return Row(what, target, measured, f"{number(min(found))}–{number(max(found))}", is_good, cpu)


def number(value: float) -> str:
    """Three figures that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
