"""bin/serve and bin/manage as people run them: real processes with data folders of their own."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("PORT", "DATABASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "TALK_LONDON_LOCAL")


class Serve:
    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.data = data
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "bin" / "serve")],
            env=environment(data, PORT=str(self.port)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=data,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line

    def wait_until_ready(self) -> None:
        def is_ready() -> bool:
            assert self.process.poll() is None, self.output
            return "Press Ctrl-C to stop." in self.output

        wait_until(is_ready, 60)
        # gunicorn, its two workers, that of jobs, the keeper, PostgreSQL; the first worker answers
        # before the second is there.
        wait_until(lambda: len(self.everyone()) >= 6)

    def wait(self) -> int:
        code = self.process.wait(30)
        self._reader.join(30)
        assert self.process.stdout
        self.process.stdout.close()
        return code

    def everyone(self) -> list[int]:
        """The processes it runs, and those of its database."""
        postgres = self.data / "postgres"
        keeper = int((postgres / "keeper.lock").read_text())
        postmaster = int((postgres / "data" / "postmaster.pid").read_text().split()[0])
        return [*descendants(self.process.pid), keeper, postmaster]

    def status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set up by the first that serves it."""
    return tmp_path_factory.mktemp("data of talk london")


@pytest.fixture
def serve(data: Path) -> Iterator[Callable[[], Serve]]:
    started: list[Serve] = []

    def start() -> Serve:
        started.append(Serve(data))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
        one.wait()


def environment(data: Path, **given: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in OURS}
    return {**inherited, "TALK_LONDON_DATA": str(data), **given}


def run(script: str, *words: str, data: Path, **given: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bin" / script), *words],
        env=environment(data, **given),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=data,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def state_and_parent(number: int) -> tuple[str, int]:
    try:
        words = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "gone", 0
    return words[0], int(words[1])


def is_alive(number: int) -> bool:
    return state_and_parent(number)[0] not in ("gone", "Z")


def descendants(ancestor: int) -> list[int]:
    numbers = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    children = [number for number in numbers if state_and_parent(number)[1] == ancestor]
    return children + [below for child in children for below in descendants(child)]


def test_ctrl_c_leaves_nothing(serve: Callable[[], Serve]) -> None:
    server = serve()
    server.wait_until_ready()
    assert server.status() == 200
    assert f"http://localhost:{server.port}/" in server.output
    assert "moderator" in server.output
    everyone = server.everyone()
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0
    assert server.output.endswith("\nStopped.\n")
    wait_until(lambda: not any(is_alive(number) for number in everyone), 1)
    assert not is_taken(server.port)


def test_connections_without_a_request_hold_nothing_up(serve: Callable[[], Serve]) -> None:
    """Browsers open some ahead of need."""
    server = serve()
    server.wait_until_ready()
    web = server.everyone()[0]
    with contextlib.ExitStack() as stack:
        for _ in range(8):  # as many as there are threads
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        start = time.monotonic()
        assert server.status() == 200
        assert time.monotonic() - start < 4
        stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        start = time.monotonic()
        server.process.terminate()
        wait_until(lambda: not is_alive(web))
        assert time.monotonic() - start < 5, "it used up gunicorn's graceful timeout"
    assert server.wait() == 0


def test_a_kill_leaves_nothing(serve: Callable[[], Serve]) -> None:
    server = serve()
    server.wait_until_ready()
    everyone = server.everyone()
    server.process.kill()
    wait_until(lambda: not any(is_alive(number) for number in everyone))
    assert not is_taken(server.port)


def test_two_at_once_share_one_database(serve: Callable[[], Serve]) -> None:
    first, second = serve(), serve()
    first.wait_until_ready()
    second.wait_until_ready()
    assert first.everyone()[-1] == second.everyone()[-1]
    first.process.terminate()
    assert first.wait() == 0
    assert second.status() == 200


def test_a_web_server_that_ends_ends_all(serve: Callable[[], Serve]) -> None:
    server = serve()
    server.wait_until_ready()
    everyone = server.everyone()
    os.kill(everyone[0], signal.SIGKILL)
    assert server.wait() == 1
    assert "The web server ended unexpectedly (signal 9).\n" in server.output
    wait_until(lambda: not any(is_alive(number) for number in everyone), 1)


def test_a_local_database_that_ends_ends_all(serve: Callable[[], Serve]) -> None:
    server = serve()
    server.wait_until_ready()
    os.kill(server.everyone()[-1], signal.SIGKILL)
    assert server.wait() == 1
    assert "The local database ended unexpectedly; see " in server.output


def test_a_worker_runs_beside_it_and_is_started_again(serve: Callable[[], Serve]) -> None:
    server = serve()
    server.wait_until_ready()
    (worker,) = workers(server)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: workers(server) not in ([], [worker]))
    assert "The worker ended unexpectedly (signal 9). It starts again.\n" in server.output
    assert server.status() == 200
    (again,) = workers(server)
    start = time.monotonic()
    server.process.terminate()
    assert server.wait() == 0
    assert time.monotonic() - start < 5
    assert not is_alive(again)


def workers(server: Serve) -> list[int]:
    return [
        number
        for number in descendants(server.process.pid)
        if is_alive(number)
        and b"procrastinate\0worker" in Path(f"/proc/{number}/cmdline").read_bytes()
    ]


def test_a_taken_port_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, output = run("serve", data=tmp_path, PORT=str(port))
    assert code == 1
    assert output == (
        f"Port {port} is taken. Stop what uses it, or choose another: PORT={port + 1} bin/serve\n"
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.5", "٣"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    code, output = run("serve", data=tmp_path, PORT=port)
    assert (code, output) == (1, f"PORT must be a whole number from 1 to 65535, not {port!r}.\n")


@pytest.mark.parametrize("script", [["serve"], ["manage", "migrate"]])
def test_a_database_that_does_not_answer(tmp_path: Path, script: list[str]) -> None:
    url = f"postgresql://someone:secret@127.0.0.1:{free_port()}/some"
    code, output = run(*script, data=tmp_path, PORT=str(free_port()), DATABASE_URL=url)
    assert code == 1
    assert output == (
        "The database at 127.0.0.1 that DATABASE_URL names does not answer: Connection refused.\n"
    )


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = {"PORT": str(free_port()), "TALK_LONDON_DATA": str(tmp_path / "file" / "data")}
    code, output = run("serve", data=tmp_path, **given)
    assert code == 1
    assert output.startswith("The folder of local data cannot be used: Not a directory: ")
    assert output.count("\n") == 1


def test_wrong_settings_are_told_in_a_sentence(tmp_path: Path) -> None:
    code, output = run("manage", "check", data=tmp_path, SECRET_KEY="short")
    assert code == 1
    assert output.startswith("The settings in the environment are wrong: ")
    assert "SECRET_KEY" in output
    assert "Traceback" not in output


def test_the_demo_is_refused_elsewhere_in_a_sentence(data: Path) -> None:
    given = {
        "TALK_LONDON_LOCAL": "0",
        "SECRET_KEY": "only-for-this-test-0123456789abcdefghijklmnopqrstuvwxyz",
        "ENCRYPTION_KEYS": "only-for-this-test-zyxwvutsrqponmlkjihgfedcba9876543210",
        "ALLOWED_HOSTS": "talk.london.example",
        "SITE_URL": "https://talk.london.example",
        "DEFAULT_FROM_EMAIL": "talk@london.example",
        "EMAIL_URL": "smtp://mail.london.example:587",
    }
    code, output = run("serve", data=data, PORT=str(free_port()), **given)
    assert code == 1
    assert output.splitlines()[-1] == "The demo's sign-ins are made on a local machine only."
    assert "Traceback" not in output


def test_manage_runs_a_command_with_the_local_database(tmp_path: Path) -> None:
    """Its tables are there too, the first time."""
    question = "from discussions.models import Comment; print(Comment.objects.count())"
    answers = [
        run("manage", "shell", "--no-imports", "-c", question, data=tmp_path) for _time in range(2)
    ]
    assert answers == [(0, "Bringing the database up to date…\n0\n"), (0, "0\n")]
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
