"""What bin/load measures is what was asked for, or the measurement fails."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.load import asking, meter, picture
from tests.load.client import Job
from tests.load.crowd import Crowd, MeasuresNothingError, crowd


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/moved/":
            self._answer(302, b"", Location="/page/#comment-1")
        elif self.headers["If-None-Match"] == '"new"':
            self.send_response(304)
            self.end_headers()
        else:
            self._answer(500 if self.path == "/broken/" else 200, b"Our streets", ETag='"new"')

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def browsers() -> Iterator[Crowd]:
    with crowd() as found:
        yield found


def job(port: int, *paths: str, etag: str = "", **more: object) -> Job:
    requests = [asking.get(path, etag=etag) for path in paths]
    given = {"connections": 4, "fewest": 3, "statuses": [200], "etag": etag, **more}
    return Job(port=port, requests=requests, **given)  # type: ignore[arg-type]  # as tests need


def test_all_browsers_ask_until_enough_was_answered(port: int, browsers: Crowd) -> None:
    sent = browsers.send(job(port, "/page/", markers=["Our streets"]))
    assert sent.statuses == {200: sent.count}
    assert sent.count >= 6
    assert len(sent.latencies) == sent.count


@pytest.mark.parametrize(
    ("path", "markers", "head_marker", "told"),
    [
        ("/broken/", ["Our streets"], "", "status 500"),
        ("/page/", ["Our parks"], "", "without b'Our parks'"),
        ("/page/", ["Our streets"], "Content-Encoding: gzip", "gzip"),
    ],
)
def test_another_answer_measures_nothing(
    port: int, browsers: Crowd, path: str, markers: list[str], head_marker: str, told: str
) -> None:
    with pytest.raises(MeasuresNothingError, match=told):
        browsers.send(job(port, path, markers=markers, head_marker=head_marker))


def test_each_request_has_its_own_marker(port: int, browsers: Crowd) -> None:
    asked = ["/page/"] * 4
    browsers.send(job(port, *asked, markers=["Our", "streets", "Our", "streets"]))
    with pytest.raises(MeasuresNothingError):
        browsers.send(job(port, *asked, markers=["Our", "streets", "Our", "parks"], fewest=8))


def test_a_page_that_changed_is_asked_for_by_its_new_tag(port: int, browsers: Crowd) -> None:
    sent = browsers.send(job(port, "/page/", etag='"old"', statuses=[200, 304], fewest=20))
    assert sent.statuses[304] > sent.statuses[200] > 0


def test_a_redirect_is_gone_after_and_counts_once(port: int, browsers: Crowd) -> None:
    sent = browsers.send(job(port, "/moved/", "/moved/", follows=True, once=True))
    assert sent.count == 2
    assert sent.statuses == {302: 2, 200: 2}


def test_all_begin_at_one_moment_each_once(port: int, browsers: Crowd) -> None:
    sent = browsers.send_at_once(job(port, *["/page/"] * 30))
    assert sent.count == 30


_BUSY = "import time\nend = time.thread_time() + {seconds}\nwhile time.thread_time() < end: pass"


def test_work_of_children_counts_also_once_they_have_ended() -> None:
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {_BUSY!r}])\n"
    code = code.replace("{seconds}", "0.3") + "print('done', flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        assert 0.3 <= meter.cpu_seconds(process.pid) < 3
        process.kill()
    with pytest.raises(RuntimeError):
        meter.cpu_seconds(process.pid)


def test_a_cost_that_does_not_grow_is_a_level_line() -> None:
    drawn = picture.svg("Cost", {"first page": {100: 4.0, 1_000_000: 4.0}, "last": {100: 40.0}})
    points = drawn.partition('points="')[2].partition('"')[0].split()
    heights = {point.partition(",")[2] for point in points}
    assert len(points) == 2
    assert len(heights) == 1
    assert ">first page<" in drawn
