"""The browsers: processes of tests.load.client, which do one job together."""

import contextlib
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.load.client import Job, Outcome

_ROOT = Path(__file__).resolve().parent.parent.parent
_PROCESSES = 2


class MeasuresNothingError(Exception):
    """Something else than what was asked for was answered; its text says what."""


@dataclass(frozen=True)
class Sent:
    """What came of a job: seconds of all of it, and of each answer."""

    count: int
    elapsed: float
    bytes: int
    latencies: list[float]
    statuses: dict[int, int]


class Crowd:
    def __init__(self, processes: "list[subprocess.Popen[str]]") -> None:
        self._processes = processes

    def send(self, job: Job, *, alone: bool = False) -> Sent:
        """`alone`: by one process. Raises MeasuresNothingError."""
        processes = self._processes[:1] if alone else self._processes
        parts = [_part(job, number, len(processes)) for number in range(len(processes))]
        for process, part in zip(processes, parts, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps(dataclasses.asdict(part)) + "\n")
            process.stdin.flush()
        return _together([_outcome(process) for process in processes])

    def send_at_once(self, job: Job) -> Sent:
        """Each request on a connection of its own, all of them begun at one moment."""
        each = dataclasses.replace(
            job, once=True, connections=len(job.requests), starts_at=time.monotonic() + 0.5
        )
        return self.send(each)


@contextlib.contextmanager
def crowd() -> Iterator[Crowd]:
    command = [sys.executable, "-m", "tests.load.client"]
    with contextlib.ExitStack() as stack:
        processes = []
        for _number in range(_PROCESSES):
            process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            # It ends where its input does.
            processes.append(stack.enter_context(process))
        yield Crowd(processes)


def _part(job: Job, number: int, processes: int) -> Job:
    connections = len(range(number, job.connections, processes))
    requests = job.requests[number::processes] or job.requests
    markers = job.markers[number::processes] or job.markers
    return dataclasses.replace(job, connections=connections, requests=requests, markers=markers)


def _outcome(process: "subprocess.Popen[str]") -> Outcome:
    assert process.stdout is not None
    answer = json.loads(process.stdout.readline())
    answer["statuses"] = {int(status): count for status, count in answer["statuses"].items()}
    return Outcome(**answer)


def _together(outcomes: list[Outcome]) -> Sent:
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    if faults:
        raise MeasuresNothingError("; ".join(faults[:3]))
    statuses: dict[int, int] = {}
    for outcome in outcomes:
        for status, count in outcome.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    latencies = sorted(each / 1e6 for outcome in outcomes for each in outcome.latencies)
    return Sent(
        count=len(latencies),
        elapsed=max(each.ended for each in outcomes) - min(each.began for each in outcomes),
        bytes=sum(outcome.bytes for outcome in outcomes),
        latencies=latencies,
        statuses=statuses,
    )
