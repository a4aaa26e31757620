"""Where web workers come from: a nursery, which loads the service, forks them all, and ends.

What it loaded is one copy for all of them, as far as nobody writes to it; but Python writes to
whatever it looks at, for it counts who refers to what. gunicorn's own way of loading before it
forks leaves one more copy of all that in its first process, which serves nobody. Linux alone:
elsewhere each worker loads for itself.
"""

import gc
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

_PID = struct.Struct("q")
_LOADS_NOT = 4  # gunicorn's own word for it
_PATIENCE = 5.0  # seconds until workers are the arbiter's own, for which milliseconds are enough


def provide_workers(arbiter: Arbiter) -> None:
    """From now on, the nursery has all that this arbiter wants."""
    kernel.adopt_orphans()
    arbiter.spawn_workers = partial(_spawn_workers, arbiter)


def wait_until_adopted(worker: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """For a worker that has just begun: one whose parent is not the arbiter ends."""
    deadline = time.monotonic() + _PATIENCE
    while os.getppid() != worker.ppid:
        if time.monotonic() > deadline:
            sys.exit(0)
        time.sleep(0.002)


def _spawn_workers(arbiter: Arbiter) -> None:
    """All that are missing, at once. Meanwhile the arbiter waits; those that are there serve."""
    workers = [_new_worker(arbiter) for _ in range(arbiter.num_workers - len(arbiter.WORKERS))]
    if not workers:
        return
    pids = mmap.mmap(-1, _PID.size * len(workers))  # the nursery's word for the arbiter
    parent = os.getpid()
    nursery = os.fork()
    if nursery == 0:
        _be_the_nursery(arbiter, workers, pids, parent)
    _, status = os.waitpid(nursery, 0)
    for worker, (pid,) in zip(workers, _PID.iter_unpack(pids), strict=True):
        if pid:
            worker.pid = pid
            arbiter.WORKERS[pid] = worker
        else:
            worker.tmp.close()
    pids.close()
    code = os.waitstatus_to_exitcode(status)
    # Whoever serves goes on; gunicorn asks again within a second.
    if code > 0 and not arbiter.WORKERS:
        raise HaltServer("The service could not be loaded.", code)


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


def _be_the_nursery(arbiter: Arbiter, workers: list[Any], pids: mmap.mmap, parent: int) -> NoReturn:
    """Only what it forks leaves this function, as the worker that it has become."""
    nursery = os.getpid()
    try:
        kernel.die_with_parent(signal.SIGKILL, parent)
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(each, signal.SIG_DFL)
        _load(arbiter)
        for place, worker in enumerate(workers):
            arbiter.worker_class = partial(_the_same, worker)
            pid = Arbiter.spawn_worker(arbiter)
            _PID.pack_into(pids, place * _PID.size, pid)
    except BaseException as problem:
        if os.getpid() != nursery:
            raise
        os._exit(_told(problem))
    os._exit(0)


def _load(arbiter: Arbiter) -> None:
    arbiter.app.wsgi()
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
