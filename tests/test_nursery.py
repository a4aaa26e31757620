"""Web workers come from a nursery that loads the service once (talk_london.nursery): real
processes, killed for real."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.conftest import ROOT, url_of_test_database, wait_for
from tests.ports import free_port
from tests.test_server import children

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker loads for itself"),
]

# Makes loading fail while there is a file of this name.
BREAKS = """
import pathlib, sys

class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "talk_london.wsgi" and pathlib.Path({file!r}).exists():
            raise ImportError("broken for this test")

sys.meta_path.insert(0, Broken())
"""


class Web:
    def __init__(self, process: "subprocess.Popen[bytes]", address: str) -> None:
        self.process, self.address = process, address

    def answers(self) -> bool:
        return httpx.get(f"{self.address}/healthz", timeout=15).status_code == 200

    def workers(self) -> list[int]:
        return children(self.process.pid)


@contextmanager
def web(told: IO[bytes] | None = None, **given: str) -> Iterator[Web]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "talk_london.wsgi:application"]
    command += ["--bind", f"127.0.0.1:{port}"]
    environment = {**os.environ, "DATABASE_URL": url_of_test_database(), **given}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=told) as process:
        try:
            yield Web(process, f"http://127.0.0.1:{port}")
        finally:
            process.kill()


@pytest.fixture
def served() -> Iterator[Web]:
    with web() as found:
        wait_for(f"{found.address}/healthz", found.process)
        wait_until(lambda: len(found.workers()) == 2)
        yield found


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_loaded(pid: int) -> bool:
    return "psycopg" in Path(f"/proc/{pid}/maps").read_text()


def shared_bytes(pid: int) -> int:
    """Of its own memory, what another process has the same copy of."""
    lines = Path(f"/proc/{pid}/smaps").read_text().splitlines()
    kinds = ("Shared_Dirty:",)  # what is in no file
    return sum(int(line.split()[1]) for line in lines if line.startswith(kinds)) * 1024


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_workers_share_what_was_loaded_once_and_the_arbiter_has_none_of_it(served: Web) -> None:
    assert not has_loaded(served.process.pid)
    for worker in served.workers():
        assert has_loaded(worker)
        assert shared_bytes(worker) > 30_000_000


def test_one_that_is_killed_is_replaced_while_the_other_serves(served: Web) -> None:
    killed, other = served.workers()
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not is_alive(killed))
    wait_until(lambda: set(served.workers()) - {killed, other})
    (nursery,) = set(served.workers()) - {killed, other}
    answered = 0
    while is_alive(nursery):
        assert served.answers()
        answered += 1
    assert answered > 3
    wait_until(lambda: len(served.workers()) == 2)
    assert other in served.workers()
    assert served.answers()


def test_when_all_are_killed_others_come(served: Web) -> None:
    before = served.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert served.answers(), "who asks meanwhile waits"
    wait_until(lambda: len(served.workers()) == 2)
    assert not set(before) & set(served.workers())


def test_what_cannot_be_loaded_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with (tmp_path / "told").open("w+b") as told, web(told, SECRET_KEY="short") as broken:
        assert broken.process.wait(20) != 0
        told.seek(0)
        assert b"SECRET_KEY" in told.read()


def test_what_cannot_be_loaded_any_more_stops_nobody_who_serves(tmp_path: Path) -> None:
    broken, told = tmp_path / "broken", tmp_path / "told"
    (tmp_path / "sitecustomize.py").write_text(BREAKS.format(file=str(broken)))
    with told.open("wb") as out, web(out, PYTHONPATH=str(tmp_path)) as served:
        wait_for(f"{served.address}/healthz", served.process)
        wait_until(lambda: len(served.workers()) == 2)
        broken.touch()
        killed, other = served.workers()
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: b"broken for this test" in told.read_bytes())
        assert served.answers()
        broken.unlink()
        wait_until(lambda: len([pid for pid in served.workers() if has_loaded(pid)]) == 2)
        assert other in served.workers()


def test_it_is_not_waited_for(served: Web) -> None:
    """Whatever keeps it, the arbiter does what it is told; one that takes too long is ended."""
    killed, other = served.workers()
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: set(served.workers()) - {killed, other})
    (nursery,) = set(served.workers()) - {killed, other}
    os.kill(nursery, signal.SIGSTOP)
    served.process.terminate()
    served.process.wait(8)
    wait_until(lambda: not any(map(is_alive, (nursery, other))))


def test_one_that_takes_too_long_is_ended() -> None:
    with web(GUNICORN_CMD_ARGS="--timeout 4") as served:
        wait_until(lambda: served.workers())
        (nursery,) = served.workers()
        os.kill(nursery, signal.SIGSTOP)
        wait_until(lambda: not is_alive(nursery))
        wait_until(lambda: len(served.workers()) == 2)
        assert served.answers()


def test_without_a_limit_it_takes_its_time() -> None:
    with web(GUNICORN_CMD_ARGS="--timeout 0") as served:
        wait_for(f"{served.address}/healthz", served.process)


def test_whom_a_killed_one_leaves_behind_ends_or_is_known(served: Web) -> None:
    for pid in served.workers():
        os.kill(pid, signal.SIGKILL)
    before = set(served.workers())
    wait_until(lambda: set(served.workers()) - before)
    (nursery, *_others) = set(served.workers()) - before
    wait_until(lambda: children(nursery) or not is_alive(nursery))
    if is_alive(nursery):
        os.kill(nursery, signal.SIGKILL)
    wait_until(lambda: len(served.workers()) == 2 and served.answers())
    time.sleep(1.5)  # a main loop of gunicorn's
    assert len(served.workers()) == 2


def test_fewer_and_more_are_had_as_asked_for(served: Web) -> None:
    killed, _other = served.workers()
    os.kill(killed, signal.SIGKILL)
    for number, count in ((signal.SIGTTOU, 1), (signal.SIGTTIN, 2), (signal.SIGTTIN, 3)):
        served.process.send_signal(number)
        wait_until(lambda count=count: len(served.workers()) == count)  # type: ignore[misc]
        time.sleep(1.5)
        assert len(served.workers()) == count
        assert served.answers()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_told_to_stop_while_it_loads_it_stops(number: signal.Signals) -> None:
    with web() as served:
        wait_until(lambda: served.workers())
        served.process.send_signal(number)
        served.process.wait(20)
        everyone = served.workers() if is_alive(served.process.pid) else []
        assert everyone == []


def test_with_the_arbiter_everything_ends(served: Web) -> None:
    workers = served.workers()
    served.process.kill()
    wait_until(lambda: not any(map(is_alive, workers)))


def test_with_the_arbiter_the_nursery_ends() -> None:
    with web() as served:
        wait_until(lambda: served.workers())
        (nursery,) = served.workers()
        served.process.kill()
        wait_until(lambda: not is_alive(nursery), seconds=3)
