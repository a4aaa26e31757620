"""A real worker with a real mail server: what is queued arrives, once, and nobody holds it up."""

import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection, transaction

from accounts.mail import queue_mail
from accounts.models import Mail
from tests import cast
from tests.mail_server import MailServer
from tests.test_server import cookies, form

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("worker")]

State = Mail.State


@pytest.fixture(autouse=True)
def empty(mail_server: MailServer) -> None:
    mail_server.arrived.clear()
    mail_server.answer, mail_server.hangs_for = "250 OK", ""


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def all_ended() -> bool:
    return not Mail.objects.filter(ended_at=None).exists()


def test_a_reply_made_over_http_reaches_the_one_replied_to_once(
    server: str, mail_server: MailServer
) -> None:
    root = cast.comment(cast.ada(), "The lamps are out.")
    jar, data = cookies(cast.ben()), form("Mine too, since spring.", uuid.uuid4())

    def send(_number: int) -> int:
        return httpx.post(
            f"{server}/comments/{root.pk}/reply/", data=data, headers=jar, timeout=30
        ).status_code

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(send, range(5))) == {302}
    wait_until(lambda: mail_server.arrived and all_ended())
    (mail,) = mail_server.arrived
    assert (mail["To"], mail["Subject"]) == ("ada@people.example", "Ben replied to you")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "> Mine too, since spring." in body.get_content()
    assert re.search(r"https://talk\.london\.example/comments/\d+/", body.get_content())


def test_nobody_waits_for_the_mail_of_somebody_else(mail_server: MailServer) -> None:
    mail_server.hangs_for = "ada@people.example"
    slow = queue_mail("test", thing="x", member=cast.ada(), subject="x", text="x")
    assert slow is not None
    mails = Mail.objects.filter(pk=slow.pk)
    wait_until(mails.filter(state=State.SENDING).exists)
    start = time.monotonic()
    queue_mail("test", thing="x", member=cast.ben(), subject="x", text="x")
    wait_until(lambda: mail_server.to("ben@people.example"))
    assert time.monotonic() - start < 2
    assert mails.get().state == State.SENDING
    wait_until(mails.filter(state=State.WAITING, fault="SMTPServerDisconnected").exists)


def test_the_mail_of_a_worker_that_died_is_taken_up_by_another(mail_server: MailServer) -> None:
    """What such a worker leaves behind; the drill kills real ones."""
    with transaction.atomic():
        mail = queue_mail("test", thing="x", member=cast.ada(), subject="x", text="x")
        assert mail is not None
        Mail.objects.update(state=State.SENDING, tries=1)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    wait_until(lambda: mail_server.to("ada@people.example"))
    wait_until(all_ended)
    mail.refresh_from_db()
    assert (mail.state, mail.tries, mail.doubtful_tries) == (State.SENT, 2, 1)


def test_a_refused_mail_ends_and_the_next_goes(mail_server: MailServer) -> None:
    mail_server.answer = "550 no such person: ADDRESS"
    queue_mail("test", thing="x", member=cast.ada(), subject="x", text="x")
    wait_until(all_ended)
    assert Mail.objects.get().state == State.DEAD
    mail_server.answer = "250 OK"
    queue_mail("test", thing="x", member=cast.ben(), subject="x", text="x")
    wait_until(lambda: mail_server.to("ben@people.example"))
