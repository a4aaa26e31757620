"""How gunicorn serves Talk London, here and elsewhere; the command line says where it listens."""

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
