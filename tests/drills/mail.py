"""Does every mail arrive, once, whatever dies, and does nobody who posts wait for a mail server?

First 200 mails wait and the worker is killed 20 times while it sends them. Then people post while
the mail server is up, refuses connections, or takes them and says nothing, in turn.
"""

import contextlib
import itertools
import os
import random
import secrets
import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.drills.service import Service, running_service
from tests.mail_server import MailServer
from tests.ports import free_port

if TYPE_CHECKING:
    from accounts.models import Mail

MAILS, KILLS = 200, 20
ROUNDS, POSTS_IN_A_ROUND = 2, 25
TAKES = 0.05  # seconds that the mail server takes for a mail
PATIENCE = 300.0
RESTART_SECONDS = 2.0  # as bin/serve

_ROOT = Path(__file__).resolve().parent.parent.parent
_CSRF = secrets.token_hex(16)
_HOST = "talk.london.example"


def main() -> int:
    server = MailServer(free_port(), takes=TAKES)
    server.start()
    with running_service(EMAIL_URL=f"smtp://127.0.0.1:{server.port}") as service:
        service.make_members(MAILS, "three words in a row")
        code = _kill_workers(server)
        server.arrived.clear()
        with _worker():
            return code | _post_meanwhile(service, server)


# The worker dies


def _kill_workers(server: MailServer) -> int:
    from accounts.mail import queue_mail
    from accounts.models import Mail, Member

    for member in Member.objects.order_by("pk")[:MAILS]:
        queue_mail("drill", thing="1", member=member, subject="A drill", text="A drill.")
    begun = time.monotonic()
    for _number in range(KILLS):
        with _worker() as process:
            _wait_until_it_sends(server)
            time.sleep(random.uniform(0, 2 * TAKES))  # noqa: S311 - any moment of a try
            process.kill()
        time.sleep(RESTART_SECONDS)
    killed = time.monotonic()
    with _worker():
        _wait_until(lambda: not Mail.objects.filter(ended_at=None).exists())
    _say(f"{KILLS} kills took {killed - begun:.0f} s, the rest {time.monotonic() - killed:.0f} s")
    return _tell_arrivals(server, list(Mail.objects.all()))


def _wait_until_it_sends(server: MailServer) -> None:
    """Some mails further on, so that there are some for every kill."""
    arrived = len(server.arrived)
    more = random.randint(1, MAILS // KILLS - 3)  # noqa: S311
    deadline = time.monotonic() + 30
    while len(server.arrived) < arrived + more:
        assert time.monotonic() < deadline, "no worker sends anything"
        time.sleep(0.001)


def _tell_arrivals(server: MailServer, mails: "list[Mail]") -> int:
    times = Counter(str(mail["Message-ID"]).partition("@")[0].strip("<") for mail in server.arrived)
    once = sum(1 for mail in mails if times[str(mail.key)] == 1)
    more = [mail for mail in mails if times[str(mail.key)] > 1]
    never = [mail for mail in mails if not times[str(mail.key)]]
    doubtful = [mail for mail in mails if mail.doubtful_tries]
    beyond_doubt = [mail for mail in more if times[str(mail.key)] > 1 + mail.doubtful_tries]
    sent = sum(1 for mail in mails if mail.state == "sent")
    _say(
        f"{len(mails)} mails: {sent} noted as sent, {once} arrived once, {len(more)} more often,"
        f" {len(never)} never; {len(doubtful)} were in the hands of a worker that was killed,"
        f" {len(beyond_doubt)} arrived twice without such a doubt"
    )
    is_good = sent == len(mails) and not never and not beyond_doubt
    return 0 if is_good else 1


# The mail server is down


def _post_meanwhile(service: Service, server: MailServer) -> int:
    from accounts.models import Mail

    roots, writers = _roots(), _writers()
    states: dict[str, Callable[[], contextlib.AbstractContextManager[None]]]
    states = {"up": contextlib.nullcontext, "refusing": server.down, "hanging": server.hanging}
    took: dict[str, list[float]] = {name: [] for name in states}
    for _round in range(ROUNDS):
        for name, state in states.items():
            with state():
                for _post in range(POSTS_IN_A_ROUND):
                    took[name].append(_reply(service, next(roots), next(writers)))
                    time.sleep(0.1)
    begun = time.monotonic()
    replies = Mail.objects.filter(kind="reply")
    _wait_until(lambda: not replies.filter(ended_at=None).exists())
    _say(f"all were delivered {time.monotonic() - begun:.0f} s after the mail server was back")
    for name, seconds in took.items():
        _say(
            f"{name:9} {len(seconds)} posts: median {statistics.median(seconds) * 1000:.0f} ms,"
            f" longest {max(seconds) * 1000:.0f} ms"
        )
    posts = sum(len(seconds) for seconds in took.values())
    code = _tell_arrivals(server, list(replies))
    is_slower = any(_median(took[name]) > 1.25 * _median(took["up"]) for name in states)
    return code | int(replies.count() != posts or is_slower)


def _median(seconds: list[float]) -> float:
    return statistics.median(seconds)


def _roots() -> Iterator[int]:
    from accounts.models import Member
    from tests import cast

    cast.consultation()
    return itertools.cycle(
        [cast.comment(member).pk for member in Member.objects.order_by("pk")[:10]]
    )


def _writers() -> Iterator[str]:
    """Cookies of members who are signed in, and have commented before."""
    from accounts.models import Member
    from tests import cast
    from tests.test_server import signed_in_session

    members = Member.objects.filter(email__startswith="member-").order_by("-pk")[:150]
    for member in members:
        cast.comment(member)
    return iter([signed_in_session(member) for member in members])


def _reply(service: Service, root: int, session: str) -> float:
    headers = {
        "Host": _HOST,
        "Referer": f"https://{_HOST}/",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "10.0.0.1",
        "Cookie": f"__Host-sessionid={session}; __Host-csrftoken={_CSRF}",
    }
    data = {
        "body": f"A reply, {uuid.uuid4()}.",
        "form_key": str(uuid.uuid4()),
        "csrfmiddlewaretoken": _CSRF,
    }
    url = f"{service.address}/comments/{root}/reply/"
    begun = time.monotonic()
    answer = httpx.post(url, data=data, headers=headers, timeout=30, verify=False)  # noqa: S501 - no TLS here
    took = time.monotonic() - begun
    assert answer.status_code == 302, answer.text
    return took


# Common to both


@contextlib.contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        command, cwd=_ROOT, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def _say(sentence: str) -> None:
    print(sentence, flush=True)
