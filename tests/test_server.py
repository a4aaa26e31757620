"""The running service, over HTTP and in parallel: once is once, and closed is closed."""

import os
import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from accounts.models import Member
from accounts.sessions import SessionStore
from discussions import posting
from discussions.models import Comment, Consultation, Participant
from tests import cast, moderated

PAGE = f"/consultations/{cast.OPEN}/streets/"
PATH = f"{PAGE}comments/"


@pytest.fixture
def browser(server: str) -> Iterator[httpx.Client]:
    """One for all threads: making one each time costs more than what is measured."""
    with httpx.Client(base_url=server, timeout=60, verify=False) as client:  # noqa: S501 - no TLS here
        yield client


def cookies(member: Member) -> dict[str, str]:
    """The header of a browser in which the member has signed in and opened a form."""
    return {"Cookie": f"sessionid={signed_in_session(member)}; csrftoken={'c' * 32}"}


def signed_in_session(member: Member) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.save()
    assert session.session_key is not None
    return session.session_key


def form(body: str, form_key: uuid.UUID) -> dict[str, str]:
    return {"body": body, "form_key": str(form_key), "csrfmiddlewaretoken": "c" * 32}


def test_a26_twenty_parallel_posts_of_one_form_make_one_comment(browser: httpx.Client) -> None:
    cast.consultation()
    jar, data = cookies(cast.ada()), form("Once is enough.", uuid.uuid4())

    def send(_number: int) -> httpx.Response:
        return browser.post(PATH, data=data, headers=jar)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    comment = Comment.objects.get()
    assert {answer.status_code for answer in answers} == {302}
    assert {answer.headers["Location"] for answer in answers} == {
        f"/consultations/{cast.OPEN}/streets/#comment-{comment.pk}"
    }
    assert comment.discussion.comment_count == 1
    assert Participant.objects.get(member=cast.ada()).contributions == 1


def test_r3_200_posts_across_the_closing_second(browser: httpx.Client) -> None:
    """Each is stored before the closing by the database's clock, or its writer has the text."""
    cast.consultation()
    jars = [cookies(cast.member(f"Writer {number}")) for number in range(40)]
    closes_at = posting.database_moment() + timedelta(seconds=2)
    Consultation.objects.filter(slug=cast.OPEN).update(closes_at=closes_at)
    starts_at = closes_at - timedelta(seconds=1)

    def send(number: int) -> httpx.Response:
        due = starts_at + timedelta(seconds=2 * number / 200)
        time.sleep(max((due - timezone.now()).total_seconds(), 0))
        data = form(f"Post <{number}> at the last moment.", uuid.uuid4())
        return browser.post(PATH, data=data, headers=jars[number % 40])

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(send, range(200)))
    stored = {comment.body: comment for comment in Comment.objects.all()}
    assert 0 < len(stored) < 200, "the posts did not straddle the closing"
    assert all(comment.posted_at < closes_at for comment in stored.values())
    for number, answer in enumerate(answers):
        body = f"Post <{number}> at the last moment."
        if body in stored:
            assert answer.status_code == 302
        else:
            assert answer.status_code == 403
            assert "has closed" in answer.text
            assert body in unescape(answer.text)


def test_r2_connections_cut_and_forms_sent_again(browser: httpx.Client) -> None:
    cast.consultation()
    soon = httpx.Timeout(30, read=0.001)
    people = [(cookies(cast.member(f"Writer {number}")), number) for number in range(30)]

    def send(person: tuple[dict[str, str], int]) -> None:
        jar, number = person
        data = form(f"Number {number}.", uuid.uuid4())
        if number % 3 == 0:
            with pytest.raises(httpx.ReadTimeout):
                browser.post(PATH, data=data, headers=jar, timeout=soon)
        answer = browser.post(PATH, data=data, headers=jar)
        assert answer.status_code == 302

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(send, people))
    bodies = list(Comment.objects.values_list("body", flat=True))
    assert sorted(bodies) == sorted(f"Number {number}." for number in range(30))


def test_200_members_post_at_once_without_deadlock(browser: httpx.Client) -> None:
    cast.consultation()
    # Hers is a host's: no pace is kept below it, however many answer.
    root = cast.comment(cast.hana())
    jars = [cookies(cast.member(f"Writer {number}")) for number in range(50)]

    def send(number: int) -> int:
        jar = jars[number % 50]
        if number % 2:
            path, data = f"/comments/{root.pk}/reaction/", {"reaction": "agree"}
            data["csrfmiddlewaretoken"] = "c" * 32
        else:
            path, data = f"/comments/{root.pk}/reply/", form(f"Reply {number}.", uuid.uuid4())
        return browser.post(path, data=data, headers=jar).status_code

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(send, range(200))) == {302}
    root.refresh_from_db()
    assert (root.reply_count, root.agree_count) == (100, 25)
    consultation = Consultation.objects.get(slug=cast.OPEN)
    assert (consultation.respondents, consultation.responses) == (50, 100)


def test_paths_and_counts_agree_after_parallel_posting(browser: httpx.Client) -> None:
    cast.consultation()
    jars = [cookies(cast.member(f"Writer {number}")) for number in range(10)]

    def send(number: int) -> None:
        data = form(f"Number {number}.", uuid.uuid4())
        answer = browser.post(PATH, data=data, headers=jars[number % 10])
        assert re.search(r"#comment-\d+$", answer.headers["Location"])

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(send, range(60)))
    by_id = list(Comment.objects.order_by("pk").values_list("posted_at", flat=True))
    assert by_id == sorted(by_id), "ids rise in the order of posting"


@pytest.mark.parametrize("charset", ["hex", "unicode_escape", "undefined", "nonsense"])
def test_a33_whatever_charset_is_claimed_pages_and_forms_are_utf8(
    browser: httpx.Client, charset: str
) -> None:
    cast.consultation()
    odd = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
    assert (
        browser.get(f"/consultations/{cast.OPEN}/streets/?q=caf%C3%A9", headers=odd).status_code
        == 200
    )
    data = form("Caf\u00e9 \\ud800", uuid.uuid4())
    answer = browser.post(PATH, data=data, headers=cookies(cast.ada()) | odd)
    assert answer.status_code == 302
    assert Comment.objects.get().body == "Caf\u00e9 \\ud800"


def test_what_is_hidden_is_gone_within_two_seconds_whoever_keeps_the_page(server: str) -> None:
    """From both processes, for readers who are signed out; at once for members."""
    comment = cast.comment(cast.ada(), "Not for long.")
    jar = cookies(cast.ben())

    def says_so(page: str, headers: dict[str, str] | None = None) -> bool:
        # On a connection of its own each time, so that either process may have it.
        answer = httpx.get(f"{server}{page}", headers=headers)
        assert answer.status_code == 200 or page not in (PAGE, f"{PAGE}feed/")
        return "Not for long." in answer.text

    pages = (PAGE, f"{PAGE}feed/", comment.get_absolute_url())
    assert all(says_so(page) for page in pages for _each in range(8))
    moderated.hide(comment)
    gone_at = time.monotonic()
    assert not any(says_so(page, jar) for page in pages)
    seen_at = gone_at
    while (asked_at := time.monotonic()) < gone_at + 2.2:
        if any(says_so(page) for page in pages):
            seen_at = asked_at
    assert seen_at < gone_at + 1, "the second that is left is a CDN's"


def test_who_writes_sees_it_at_once_and_everyone_soon(browser: httpx.Client) -> None:
    cast.consultation()
    jar = cookies(cast.ada())
    assert "Just written." not in httpx.get(f"{browser.base_url}{PAGE}").text
    browser.post(PATH, data=form("Just written.", uuid.uuid4()), headers=jar)
    assert "Just written." in browser.get(PAGE, headers=jar).text
    written_at = time.monotonic()
    while "Just written." not in httpx.get(f"{browser.base_url}{PAGE}").text:
        assert time.monotonic() < written_at + 2


def test_the_web_server_forks_before_it_has_threads_or_connections(server: str) -> None:
    masters = [pid for pid in children(os.getpid()) if b"gunicorn" in command(pid)]
    assert len(masters) == 1
    (master,) = masters
    deadline = time.monotonic() + 10
    while len(children(master)) < 2:  # the second comes a moment after the first
        assert time.monotonic() < deadline, "it has not forked twice"
        time.sleep(0.02)
    assert len(list(Path(f"/proc/{master}/task").iterdir())) == 1
    links = [str(each.readlink()) for each in Path(f"/proc/{master}/fd").iterdir()]
    sockets = [link for link in links if link.startswith("socket:")]
    assert len(sockets) == 1, "the one it listens on"


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in listed for child in path.read_text().split()]


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
