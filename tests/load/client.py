"""One of the browsers' processes: raw HTTP/1.1 over connections that are kept.

`python -m tests.load.client` reads a job a line, as JSON, and answers each with a line. It imports
nothing of the project: the less it costs, the more of the machine is left to what is measured.
"""

import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

_PATIENCE = 60.0
_MOST_FAULTS = 5


@dataclass
class Job:
    """`requests` are sent round and round for `seconds` or (`once`) each a single time.

    Every answer has one of the statuses and the `head_marker` in its head; where it is a page, it
    has the marker of its request: one for all, or as many as there are requests. `follows`: a
    redirect is gone after, and both count as one. `etag`: the one that the requests know; a whole
    page brings another.
    """

    port: int
    requests: list[str]
    statuses: list[int]
    connections: int = 1
    seconds: float = 0.0
    fewest: int = 1
    once: bool = False
    starts_at: float = 0.0  # of the clock that all processes share
    markers: list[str] = field(default_factory=lambda: [""])
    head_marker: str = ""
    follows: bool = False
    etag: str = ""


@dataclass
class Outcome:
    began: float = 0.0
    ended: float = 0.0
    bytes: int = 0
    latencies: list[int] = field(default_factory=list)  # microseconds
    statuses: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class _Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.buffer = bytearray(1 << 18)
        self.request, self.marker = b"", b""
        self.sent_at = 0.0
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def begin(self, request: bytes, marker: bytes) -> None:
        self.request, self.marker = request, marker
        self.sent_at = time.perf_counter()
        self.send(request)

    def send(self, request: bytes) -> None:
        self.filled, self.head, self.total = 0, 0, 0
        self.socket.sendall(request)

    def read(self) -> bool:
        """Whether the whole answer is there."""
        got = self.socket.recv_into(memoryview(self.buffer)[self.filled :])
        if not got:
            raise ConnectionError("the server closed a connection in the middle of an answer")
        self.filled += got
        if not self.total:
            self._read_head()
        return 0 < self.total <= self.filled

    def _read_head(self) -> None:
        self.head = self.buffer.find(b"\r\n\r\n", 0, self.filled) + 4
        if self.head < 4:
            return
        head = bytes(self.buffer[: self.head])
        self.status = int(head[9:12])
        self.total = self.head
        if self.status != 304:
            self.total += int(header(head, b"content-length"))
        if self.total > len(self.buffer):
            self.buffer.extend(bytes(self.total - len(self.buffer)))

    def headers(self) -> bytes:
        return bytes(self.buffer[: self.head])


def header(head: bytes, name: bytes) -> bytes:
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        raise ValueError(f"an answer without {name.decode()}")
    start += len(name) + 3
    return head[start : head.index(b"\r\n", start)].strip()


class _Run:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.outcome = Outcome()
        self.requests = [each.encode("latin-1") for each in job.requests]
        self.sent = 0
        self.etag = job.etag.encode("latin-1")
        self.markers = [each.encode() for each in job.markers]
        self.head_marker = job.head_marker.encode("latin-1")

    def run(self) -> Outcome:
        while (wait := self.job.starts_at - time.monotonic()) > 0:
            time.sleep(wait)
        self.outcome.began = time.monotonic()
        self.deadline = self.outcome.began + self.job.seconds
        waiting: dict[int, _Connection] = {}
        poll = select.epoll()
        for _number in range(self.job.connections):
            if (asked := self._next()) is not None:
                connection = _Connection(self.job.port)
                connection.begin(*asked)
                waiting[connection.socket.fileno()] = connection
                poll.register(connection.socket.fileno(), select.EPOLLIN)
        while waiting:
            ready = poll.poll(_PATIENCE)
            if not ready:
                raise TimeoutError(f"no answer within {_PATIENCE:.0f} s")
            for descriptor, _event in ready:
                self._go_on(descriptor, waiting, poll)
        poll.close()
        self.outcome.ended = time.monotonic()
        return self.outcome

    def _next(self) -> tuple[bytes, bytes] | None:
        """A request and its marker."""
        if self.job.once:
            is_over = self.sent >= len(self.requests)
        else:
            is_over = self.sent >= self.job.fewest and time.monotonic() >= self.deadline
        if is_over or len(self.outcome.faults) >= _MOST_FAULTS:
            return None
        self.sent += 1
        number = self.sent - 1
        return (
            self.requests[number % len(self.requests)],
            self.markers[number % len(self.markers)],
        )

    def _go_on(self, descriptor: int, waiting: dict[int, _Connection], poll: select.epoll) -> None:
        connection = waiting[descriptor]
        if not connection.read():
            return
        self.outcome.bytes += connection.total
        if self.job.follows and connection.status == 302:
            self._count(connection.status)
            connection.send(_following(connection))
            return
        self.outcome.latencies.append(int((time.perf_counter() - connection.sent_at) * 1e6))
        self._check(connection)
        asked = self._next()
        if asked is None or b"onnection: close" in connection.headers():
            poll.unregister(descriptor)
            connection.socket.close()
            del waiting[descriptor]
        if asked is not None:
            if descriptor not in waiting:
                connection.open()
                waiting[connection.socket.fileno()] = connection
                poll.register(connection.socket.fileno(), select.EPOLLIN)
            connection.begin(*asked)

    def _count(self, status: int) -> None:
        self.outcome.statuses[status] = self.outcome.statuses.get(status, 0) + 1

    def _check(self, connection: _Connection) -> None:
        self._count(connection.status)
        if connection.status not in self.job.statuses:
            self._fault(connection, f"status {connection.status}")
        elif connection.status == 200:
            found = connection.buffer.find(connection.marker, connection.head, connection.total)
            if found < 0:
                self._fault(connection, f"without {connection.marker!r}")
            elif self.etag:
                self._revalidate_with(header(connection.headers(), b"etag"))
        if self.head_marker not in connection.headers():
            self._fault(connection, f"without {self.job.head_marker!r}")

    def _revalidate_with(self, etag: bytes) -> None:
        self.requests = [each.replace(self.etag, etag) for each in self.requests]
        self.etag = etag

    def _fault(self, connection: _Connection, fault: str) -> None:
        asked = connection.request[:200].decode("latin-1").split("\r\n")[0]
        self.outcome.faults.append(f"{asked}: {fault}")


def _following(connection: _Connection) -> bytes:
    """The request of a browser that is sent elsewhere: what it sent, as a GET without a body."""
    place = header(connection.headers(), b"location").partition(b"#")[0]
    lines = connection.request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    kept = [line for line in lines if not line.lower().startswith(b"content-")]
    return b"\r\n".join([b"GET " + place + b" HTTP/1.1", *kept, b"", b""])


def _answered(line: str) -> dict[str, Any]:
    outcome = Outcome()
    try:
        outcome = _Run(Job(**json.loads(line))).run()
    except (OSError, ValueError) as problem:
        outcome.faults.append(f"{type(problem).__name__}: {problem}")
    return vars(outcome)


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(_answered(line)), flush=True)


if __name__ == "__main__":
    main()
