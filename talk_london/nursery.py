"""Where web workers come from: a nursery, which loads the service, forks them all, and ends.

What it loaded is one copy for all of them, as far as nobody writes to it; but Python writes to
whatever it looks at, for it counts who refers to what. gunicorn's own way of loading before it
forks leaves one more copy of all that in its first process, which serves nobody. Linux alone:
elsewhere each worker loads for itself.
"""

import gc
import math
import mmap
import os
import signal
import struct
import sys
import time
import traceback
from functools import partial
from typing import Any, NoReturn

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.errors import HaltServer  # type: ignore[import-untyped]

from talk_london import kernel

_LOADS_NOT = 4  # gunicorn's own word for it
_PATIENCE = 5.0  # seconds until workers are the arbiter's own, for which milliseconds are enough
_AGAIN_AFTER = 2.0  # seconds, where the service could not be loaded


def provide_workers(arbiter: Arbiter) -> None:
    """From now on, a nursery has all that this arbiter wants."""
    kernel.adopt_orphans()
    nurseries = Nurseries(arbiter)
    arbiter.manage_workers = nurseries.manage
    arbiter.spawn_workers = nurseries.begin


def wait_until_adopted(worker: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """For a worker that has just begun: one whose parent is not the arbiter, or whom the nursery
    did not live to write down, ends."""
    deadline = time.monotonic() + _PATIENCE
    while os.getppid() != worker.ppid:
        if time.monotonic() > deadline:
            sys.exit(0)
        time.sleep(0.002)
    written_down = getattr(worker, "written_down", None)
    if written_down is not None and os.getpid() not in written_down.pids:
        sys.exit(0)


class Nurseries:
    """Of one arbiter, which never waits for one: it asks again whenever anything happens."""

    def __init__(self, arbiter: Arbiter) -> None:
        self._arbiter = arbiter
        self._now: _Nursery | None = None
        self._has_been_one = False
        self._not_before = 0.0

    def manage(self) -> None:
        """As gunicorn's own does, which asks for more, or ends those that are too many."""
        if self._now is not None and not self._now.is_at_work():
            self._take_from(self._now)
            self._now = None
        Arbiter.manage_workers(self._arbiter)

    def begin(self) -> None:
        """All that are missing come from one."""
        if self._now is not None or time.monotonic() < self._not_before:
            return
        missing = self._arbiter.num_workers - len(self._arbiter.WORKERS)
        # Pages made beforehand are for sharing; who comes later finds them in nobody.
        self._now = _Nursery(self._arbiter, missing, is_first=not self._has_been_one)
        self._has_been_one = True

    def _take_from(self, nursery: "_Nursery") -> None:
        for worker, pid in zip(nursery.workers, nursery.sheet.pids, strict=True):
            if pid and _is_there(pid):
                worker.pid = pid
                self._arbiter.WORKERS[pid] = worker
            else:
                worker.tmp.close()
        code = nursery.sheet.code
        if code > 0:
            self._not_before = time.monotonic() + _AGAIN_AFTER
            if not self._arbiter.WORKERS:
                raise HaltServer("The service could not be loaded.", code)


class _Sheet:
    """What a nursery writes down for the arbiter, in memory of both: how it ended, and whom it
    forked."""

    def __init__(self, places: int) -> None:
        self._format = struct.Struct(f"{places + 1}q")
        self._memory = mmap.mmap(-1, self._format.size)

    @property
    def code(self) -> int:
        return int(self._read()[0])

    @property
    def pids(self) -> tuple[int, ...]:
        return self._read()[1:]

    def write(self, place: int, number: int) -> None:
        """Place 0 is for the code."""
        struct.pack_into("q", self._memory, place * 8, number)

    def _read(self) -> tuple[int, ...]:
        return self._format.unpack(self._memory)


class _Nursery:
    def __init__(self, arbiter: Arbiter, missing: int, *, is_first: bool) -> None:
        # gunicorn's 0 is none.
        self._deadline = time.monotonic() + (arbiter.timeout or math.inf)
        self.sheet = _Sheet(missing)
        self.workers = [_new_worker(arbiter) for _ in range(missing)]
        for worker in self.workers:
            worker.written_down = self.sheet
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            _be_the_nursery(arbiter, self.workers, self.sheet, parent, warms_up=is_first)

    def is_at_work(self) -> bool:
        """It is ended if it has been so for longer than a worker may be silent."""
        if _is_there(self._pid) and time.monotonic() > self._deadline:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        return _is_there(self._pid)


def _is_there(pid: int) -> bool:
    """Whether this child runs. gunicorn may have asked before, and then it is none any more."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _new_worker(arbiter: Arbiter) -> Any:  # noqa: ANN401 - gunicorn has no types
    arbiter.worker_age += 1
    return arbiter.worker_class(
        arbiter.worker_age,
        arbiter.pid,
        arbiter.LISTENERS,
        arbiter.app,
        arbiter.timeout / 2.0,
        arbiter.cfg,
        arbiter.log,
    )


def _be_the_nursery(
    arbiter: Arbiter, workers: list[Any], sheet: _Sheet, parent: int, *, warms_up: bool
) -> NoReturn:
    """Only what it forks leaves this function, as the worker that it has become."""
    nursery = os.getpid()
    try:
        kernel.die_with_parent(signal.SIGKILL, parent)
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(each, signal.SIG_DFL)
        _load(arbiter, warms_up=warms_up)
        for place, worker in enumerate(workers, start=1):
            arbiter.worker_class = partial(_the_same, worker)
            sheet.write(place, Arbiter.spawn_worker(arbiter))
    except BaseException as problem:
        if os.getpid() != nursery:
            raise
        sheet.write(0, _told(problem))
    os._exit(0)


def _load(arbiter: Arbiter, *, warms_up: bool) -> None:
    arbiter.app.wsgi()
    if warms_up:
        from talk_london import warming, wsgi

        warming.warm_up(wsgi.django_alone)
    # Collecting garbage writes to whatever it looks at: what is there by now is left alone.
    gc.collect()
    gc.freeze()


def _the_same(worker: Any, *_asked: object) -> Any:  # noqa: ANN401 - gunicorn has no types
    """In place of a class: gunicorn makes no new one."""
    return worker


def _told(problem: BaseException) -> int:
    """The code to end with, once people have been told why."""
    if isinstance(problem, SystemExit):
        if isinstance(problem.code, str):
            print(problem.code, file=sys.stderr)
        return problem.code if isinstance(problem.code, int) and problem.code else 1
    traceback.print_exception(problem)
    return _LOADS_NOT
