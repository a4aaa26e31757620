"""Pages kept in front of Django for readers who are signed out: whose, how long, with what headers.

Django behind it is the real one, asked as a server would ask it.
"""

import gzip
import io
import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from pytest_django import Settings

from discussions.models import Comment
from talk_london import kept_pages
from talk_london.compression import coding_for
from talk_london.kept_pages import KeptPages
from tests import cast
from tests.conftest import signed_in
from tests.processes import as_in_production

pytestmark = pytest.mark.django_db

_HOST = "talk.london.example"
_STREETS = f"/consultations/{cast.OPEN}/streets/"
_PAGES = (
    "/",
    "/consultations/",
    f"/consultations/{cast.OPEN}/",
    _STREETS,
    f"{_STREETS}?sort=oldest&q=light",
    f"{_STREETS}feed/",
    "/guidelines/",
    "/moderation/",
    "/how-it-works/",
    "/sitemap.xml",
    "/robots.txt",
)
_Environ = dict[str, Any]
_Answer = tuple[str, list[tuple[str, str]], bytes]


class Django:
    """The real one, counting what it is asked."""

    def __init__(self) -> None:
        from talk_london.wsgi import Utf8Handler

        self.handler = Utf8Handler()
        self.asked: list[str] = []

    def __call__(self, environ: _Environ, start_response: Any) -> Any:  # noqa: ANN401 - WSGI
        self.asked.append(environ["PATH_INFO"])
        return self.handler(environ, start_response)


@pytest.fixture(autouse=True)
def production(settings: Settings) -> Iterator[None]:
    as_in_production(settings)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    cast.comment(cast.ada(), "More light. " * 60)
    # As Django's own client does: the connection of a test has the transaction of the test.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def django() -> Django:
    return Django()


@pytest.fixture
def kept(django: Django) -> Iterator[KeptPages]:
    """Which ages only where a test lets it: the machine may be slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_pages, "MADE_ANEW_AFTER", 60)
        patch.setattr(kept_pages, "SERVED_UNTIL", 90)
        yield KeptPages(django)


def ask(
    application: Callable[..., Any],
    address: str,
    method: str = "GET",
    **environ: str,
) -> _Answer:
    path, _, query = address.partition("?")
    asked: _Environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "HTTP_HOST": _HOST,
        "HTTP_X_FORWARDED_PROTO": "https",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        **environ,
    }
    told: list[Any] = []
    answer = application(asked, lambda *started: told.extend(started))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return told[0], told[1], b"" if method == "HEAD" else body


def header(answer: _Answer, name: str) -> str:
    return dict(answer[1]).get(name, "")


def member_cookie() -> str:
    client = signed_in(cast.ben())
    name = django_settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


# Headers


@pytest.mark.parametrize("address", _PAGES)
def test_a_kept_answer_is_djangos_own_to_the_last_header(
    kept: KeptPages, django: Django, address: str
) -> None:
    for coding, method in itertools.product(("", "gzip", "br"), ("GET", "HEAD")):
        taken = {"HTTP_ACCEPT_ENCODING": coding} if coding else {}
        tag = header(ask(kept, address, **taken), "ETag")
        assert tag.startswith('"')
        known = {"HTTP_IF_NONE_MATCH": f'"other", W/{tag}'}
        for condition in ({}, known, {"HTTP_IF_NONE_MATCH": '"other"'}):
            asked = len(django.asked)
            answer = ask(kept, address, method, **taken, **condition)
            assert len(django.asked) == asked, "it was not the kept one"
            own = ask(django, address, method, **taken, **condition)
            assert answer[0] == own[0] == ("304 Not Modified" if condition is known else "200 OK")
            assert sorted(answer[1]) == sorted(own[1])
            assert answer[2] == own[2]


def test_a_page_that_the_reader_has_is_not_sent_again(kept: KeptPages) -> None:
    page = ask(kept, _STREETS, HTTP_ACCEPT_ENCODING="gzip")
    again = ask(
        kept, _STREETS, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=header(page, "ETag")
    )
    assert (again[0], again[2]) == ("304 Not Modified", b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert header(again, name) == header(page, name) != ""
    other = ask(kept, _STREETS, HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=header(page, "ETag"))
    assert other[0] == "200 OK", "other bytes have another tag"


def test_s17_caches_may_keep_it_for_a_second_for_whoever_has_no_cookie(kept: KeptPages) -> None:
    for address in _PAGES:
        page = ask(kept, address)
        assert header(page, "Cache-Control") == "public, s-maxage=1, max-age=0, must-revalidate"
        assert "Accept-Encoding" in header(page, "Vary")
        assert header(page, "Set-Cookie") == header(page, "Expires") == ""
    assert "Cookie" in header(ask(kept, _STREETS), "Vary")


# Compression


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("*", "br"),
        ("identity", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("gzip;q=nan", ""),
        ("gzip;q=2", ""),
        ("gzip;level=9", ""),
        ("br," * 100, ""),
        (";;,=,q", ""),
    ],
)
def test_each_reader_gets_what_they_take(accepted: str, coding: str) -> None:
    assert coding_for(accepted) == coding


def test_a_compressed_page_is_the_same_page_and_far_shorter(kept: KeptPages) -> None:
    page = ask(kept, _STREETS)[2]
    assert header(ask(kept, _STREETS), "Content-Encoding") == ""
    unpacked: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.decompress,
        "br": brotli.decompress,
    }
    for coding, unpack in unpacked.items():
        packed = ask(kept, _STREETS, HTTP_ACCEPT_ENCODING=coding)
        assert header(packed, "Content-Encoding") == coding
        assert header(packed, "Content-Length") == str(len(packed[2]))
        assert unpack(packed[2]) == page
        assert len(packed[2]) < len(page) / 2


def test_pages_of_members_are_not_compressed(kept: KeptPages) -> None:
    page = ask(kept, _STREETS, HTTP_COOKIE=member_cookie(), HTTP_ACCEPT_ENCODING="br, gzip")
    assert header(page, "Content-Encoding") == ""
    assert b"Ben" in page[2]


# Whose


def test_a_members_page_is_neither_kept_nor_a_kept_one(kept: KeptPages, django: Django) -> None:
    cookie = member_cookie()
    for address in (*_PAGES, f"{_STREETS}feed/"):
        mine = ask(kept, address, HTTP_COOKIE=cookie)
        assert "no-store" in header(mine, "Cache-Control"), address
        assert header(mine, "ETag") == ""
    assert kept._pages == {}
    theirs = ask(kept, _STREETS)[2]
    assert b"Ben" not in theirs
    assert b"csrfmiddlewaretoken" not in theirs
    assert b"Ben" in ask(kept, _STREETS, HTTP_COOKIE=f"_ga=1; {cookie}")[2]
    asked = len(django.asked)
    assert ask(kept, _STREETS, HTTP_COOKIE="_ga=1; __Host-csrftoken=abc")[2] == theirs
    assert len(django.asked) == asked


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_COOKIE": "__Host-sessionid=0123456789abcdef0123456789abcdef"},
        {"HTTP_COOKIE": "a=b; messages=x"},
        {"HTTP_COOKIE": 'x="; __Host-sessionid=abcdefghij"'},
        {"HTTP_AUTHORIZATION": "Basic YTpi"},
        {"CONTENT_LENGTH": "3"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_HOST": ""},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "PURGE"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "http"},
        {"HTTP_X_FORWARDED_PROTO": ""},
    ],
)
def test_what_is_not_a_plain_reader_of_a_page_leaves_nothing(
    kept: KeptPages, environ: dict[str, str]
) -> None:
    ask(kept, _STREETS, **environ)
    assert kept._pages == {}


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere/",
        "/consultations",
        "/comments/999999999/",
        "/accounts/login/",
        "/accounts/signup/",
        "/reports/",
        "/moderation/log.csv",
        "/healthz",
        f"{_STREETS}?q=%00",
        f"{_STREETS}?q=\0",
        f"{_STREETS}\0",
        "//evil.example/",
        "/admin/",
    ],
)
def test_only_what_says_that_it_is_for_everyone_is_kept(kept: KeptPages, address: str) -> None:
    ask(kept, address)
    assert kept._pages == {}


def test_an_expired_session_is_told_so_and_nobody_else(kept: KeptPages) -> None:
    page = ask(kept, _STREETS, HTTP_COOKIE="__Host-sessionid=0123456789abcdef0123456789abcdef")
    assert header(page, "Set-Cookie")
    assert "no-store" in header(page, "Cache-Control")


# Poisoning


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_SERVER": "evil.example"},
        {"HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_X_ORIGINAL_URL": "/admin/"},
        {"HTTP_X_REWRITE_URL": "/admin/"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
        {"HTTP_SCRIPT_NAME": "/evil"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_ACCEPT_LANGUAGE": "cy"},
        {"HTTP_ACCEPT": "application/json"},
        {"HTTP_REFERER": "https://evil.example/"},
        {"HTTP_X_FORWARDED_PORT": "666"},
        {"CONTENT_TYPE": "text/plain; charset=unicode_escape"},
        {"RAW_URI": "http://evil.example/"},
    ],
)
def test_what_no_key_has_changes_no_page(
    kept: KeptPages, django: Django, environ: dict[str, str]
) -> None:
    """Whoever comes first with such a header makes the page that others get."""
    for address in ("/", _STREETS, "/robots.txt", f"{_STREETS}feed/"):
        plain = ask(django, address)
        assert ask(kept, address, **environ) == plain
        assert ask(kept, address) == plain


def test_what_makes_another_page_has_another_key(kept: KeptPages, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = [_HOST, "other.example"]
    others: list[dict[str, str]] = [
        {},
        {"HTTP_HOST": "other.example"},
        {"SCRIPT_NAME": "/below"},
        {"PATH_INFO": _STREETS},
        {"QUERY_STRING": "a=1&b=2"},
        {"QUERY_STRING": "b=2&a=1"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
    ]
    for number, environ in enumerate(others, start=1):
        ask(kept, "/", **environ)
        assert len(kept._pages) == number


def test_what_is_kept_is_not_for_who_came_without_tls(kept: KeptPages) -> None:
    assert ask(kept, "/")[0] == "200 OK"
    for said in ({"HTTP_X_FORWARDED_PROTO": "http"}, {"HTTP_X_FORWARDED_PROTO": ""}):
        assert ask(kept, "/", **said)[0].startswith("301 "), said


def test_no_request_says_where_the_site_stands(kept: KeptPages) -> None:
    """Parts of pages are kept for everybody, with their links."""
    for address in ("/", _STREETS):
        assert b"/evil" not in ask(kept, address, SCRIPT_NAME="/evil")[2]
        assert b"/evil" not in ask(kept, address)[2]


def test_a_page_that_varies_on_more_than_its_key_is_not_kept() -> None:
    def picky(environ: _Environ, start_response: Any) -> HttpResponse:  # noqa: ANN401 - WSGI
        return answered(start_response, Vary="Accept-Language")

    pages = KeptPages(picky)
    assert ask(pages, "/")[0] == "200 OK"
    assert pages._pages == {}


# For how long


def answered(start_response: Any, text: str = "A page", **headers: str) -> HttpResponse:  # noqa: ANN401
    said = {"Cache-Control": "public, s-maxage=1", "ETag": '"a"', **headers}
    response = HttpResponse(text, headers=said)
    start_response("200 OK", list(response.items()))
    return response


def test_a_page_is_made_anew_and_never_served_past_its_time(django: Django) -> None:
    pages = KeptPages(django)
    began = time.monotonic()
    comment = Comment.objects.get()
    assert b"More light" in ask(pages, _STREETS)[2]
    Comment.objects.update(status=Comment.Status.HIDDEN)
    while b"More light" in ask(pages, _STREETS)[2]:
        assert time.monotonic() - began < 10
        time.sleep(0.01)
    assert time.monotonic() - began >= kept_pages.MADE_ANEW_AFTER
    assert ask(pages, comment.get_absolute_url())[0].startswith("404")


class Slow:
    """Answers only when it is let."""

    def __init__(self) -> None:
        self.made = 0
        self.may_answer = threading.Event()

    def __call__(self, _environ: _Environ, start_response: Any) -> HttpResponse:  # noqa: ANN401
        self.made += 1
        text = f"Number {self.made}"
        self.may_answer.wait(10)
        return answered(start_response, text)


def test_one_thread_makes_a_page_and_the_others_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept_pages, "WAITS_FOR", 10)
    monkeypatch.setattr(kept_pages, "SERVED_UNTIL", 60)
    slow = Slow()
    pages = KeptPages(slow)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(ask(pages, "/")[2])) for _ in range(4)]
    for each in threads:
        each.start()
    time.sleep(0.1)
    slow.may_answer.set()
    for each in threads:
        each.join()
    assert (found, slow.made) == ([b"Number 1"] * 4, 1)


def test_the_old_page_is_served_while_the_new_one_is_made_but_not_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counted from before it was made: what was hidden since is not shown any longer."""
    slow = Slow()
    slow.may_answer.set()
    pages = KeptPages(slow)
    monkeypatch.setattr(kept_pages, "SERVED_UNTIL", 60)
    ask(pages, "/")
    monkeypatch.setattr(kept_pages, "MADE_ANEW_AFTER", 0)
    slow.may_answer.clear()
    maker = threading.Thread(target=ask, args=(pages, "/"))
    maker.start()
    while not pages._in_making:
        time.sleep(0.001)
    assert ask(pages, "/")[2] == b"Number 1"
    monkeypatch.setattr(kept_pages, "SERVED_UNTIL", 0)
    monkeypatch.setattr(kept_pages, "WAITS_FOR", 0.01)
    threading.Timer(0.1, slow.may_answer.set).start()
    assert ask(pages, "/")[2] == b"Number 3", "its own"
    maker.join()
    assert pages._in_making == {}


def test_a_fault_while_a_page_is_made_holds_nobody_up() -> None:
    def broken(_environ: _Environ, _start_response: Any) -> HttpResponse:  # noqa: ANN401
        raise RuntimeError("as a fault of ours would")

    pages = KeptPages(broken)
    for _attempt in range(2):
        with pytest.raises(RuntimeError):
            ask(pages, "/")
    assert pages._in_making == {}


def test_what_is_kept_has_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    def long(_environ: _Environ, start_response: Any) -> HttpResponse:  # noqa: ANN401
        return answered(start_response, "x" * 100_000)

    monkeypatch.setattr(kept_pages, "BYTES_AT_MOST", 1_000_000)
    monkeypatch.setattr(kept_pages, "SERVED_UNTIL", 60)
    pages = KeptPages(long)
    for number in range(50):
        ask(pages, f"/?{number}")
        assert sum(page.size for page in pages._pages.values()) <= 1_000_000
    assert [key[-2] for key in pages._pages][-1] == "49", "the newest stay"
    monkeypatch.setattr(kept_pages, "BYTES_AT_MOST", 50_000)
    assert len(ask(pages, "/?other")[2]) == 100_000
    assert not any(key[-2] == "other" for key in pages._pages)
    monkeypatch.setattr(kept_pages, "BYTES_AT_MOST", 1_000_000)
    monkeypatch.setattr(kept_pages, "SERVED_UNTIL", 0.5)
    time.sleep(0.5)
    ask(pages, "/?last")
    assert len(pages._pages) == 1, "old ones make room"
