"""How gunicorn serves Talk London, here and elsewhere; the command line says where it listens."""

import ctypes
import gc
import sys

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.workers import gthread  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

from talk_london import nursery

worker_class = "gthread"
workers = 2
threads = 4
# Seconds a worker may take to answer what it has begun, once it was told to stop.
graceful_timeout = 5
timeout = 30
accesslog = None
loglevel = "warning"
# Nobody talks to it, and two services of one user would share its place.
control_socket_disable = True

# Browsers open connections before they need them. gunicorn has no setting for how long a thread
# waits on one before the worker's loop does: at its 5 seconds, eight of them hold everyone up,
# and one makes a worker that was told to stop use up its graceful timeout.
gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.1

# Nobody says by a header where the site stands, as anybody on this machine could otherwise.
forwarder_headers = ""

# One heap for all threads, which run one at a time; large pieces go back as soon as they are free.
_ARENAS, _PIECES_FROM, _KEEPS = (-8, 1), (-3, 64 * 1024), (-1, 128 * 1024)
_libc = ctypes.CDLL(None)
if sys.platform == "linux" and hasattr(_libc, "mallopt"):  # glibc's
    for number, value in (_ARENAS, _PIECES_FROM, _KEEPS):
        _libc.mallopt(number, value)

# A page of many comments makes ten thousand objects, and none of them a circle: to look for circles
# at every 700 takes a fifth of its time.
gc.set_threshold(2_000, 10, 10)


def when_ready(server: Arbiter) -> None:
    # There is nothing to share in what others serve with this file, to compare us with it.
    if sys.platform == "linux" and server.app.app_uri.startswith("talk_london."):
        nursery.provide_workers(server)


def post_fork(_server: Arbiter, worker: Worker) -> None:
    nursery.wait_until_adopted(worker)
