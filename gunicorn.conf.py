"""How gunicorn serves Talk London, here and elsewhere; the command line says where it listens."""

from gunicorn.workers import gthread  # type: ignore[import-untyped]

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
