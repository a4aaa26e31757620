"""Pages for everyone, kept for less than a second in front of Django, in each web process.

When thousands read one page, each process makes it some three times a second. Nothing is taken back
before its time: what depends on the clock, or on a change that somebody forgot, is right again a
second later. A request that may be a member's goes to Django, and what Django says of one is kept
by nobody.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from talk_london.compression import coding_for
from talk_london.headers import is_for_everyone, is_known, without_body

# Seconds from the moment at which Django began to make a page, which is older than what it read.
# A cache in front of us may add the second that it is allowed: nothing is seen after two.
MADE_ANEW_AFTER = 0.3
SERVED_UNTIL = 0.5
# For another thread that makes the page. An outage must be told in less than two seconds.
WAITS_FOR = 0.3
BYTES_AT_MOST = 2**20

_Environ = dict[str, Any]
_Headers = list[tuple[str, str]]
_StartResponse = Callable[..., Any]
_Application = Callable[[_Environ, _StartResponse], Iterable[bytes]]
_Key = tuple[str | None, ...]

# Whoever signs in with one, or sends a body, has an answer of their own.
_OF_ONE_READER = ("HTTP_AUTHORIZATION", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")
_VARY = {"", "accept-encoding", "cookie"}  # what a key tells apart, or that there is none


@dataclass(frozen=True, slots=True)
class Page:
    began: float
    headers: _Headers
    headers_of_known: _Headers
    tag: str
    body: bytes

    def age(self) -> float:
        return time.monotonic() - self.began

    @property
    def size(self) -> int:
        return len(self.body) + 4_000  # what its headers and its key take, at a guess


class KeptPages:
    """A WSGI application: Django, and in front of it what it said less than a second ago."""

    def __init__(self, application: _Application) -> None:
        self._application = application
        self._pages: dict[_Key, Page] = {}
        self._in_making: dict[_Key, threading.Event] = {}
        self._lock = threading.Lock()
        self._cookies = (settings.SESSION_COOKIE_NAME, "messages")
        self._static = settings.STATIC_URL
        self._names = tuple(_what_django_reads())

    def __call__(self, environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD" and isinstance(answer, HttpResponse):
            answer.close()  # gunicorn warns of a body
            return ()
        return answer

    def _answer(self, environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._application(environ, start_response)
        page = self._pages.get(key)
        if page is None or page.age() >= MADE_ANEW_AFTER:
            if environ["REQUEST_METHOD"] == "HEAD":
                return self._application(environ, start_response)
            return self._made_anew(key, environ, start_response)
        return _served(page, environ, start_response)

    def _key(self, environ: _Environ) -> _Key | None:
        """Equal for requests that Django would answer alike; None where it has to be asked."""
        get = environ.get
        if get("REQUEST_METHOD") not in ("GET", "HEAD") or not get("HTTP_HOST"):
            return None
        cookie = get("HTTP_COOKIE")
        if cookie and any(name in cookie for name in self._cookies):
            return None
        if any(name in environ for name in _OF_ONE_READER):
            return None
        if get("PATH_INFO", "").startswith(self._static):
            return None
        return (coding_for(get("HTTP_ACCEPT_ENCODING", "")), *map(get, self._names))

    # Making one

    def _made_anew(
        self, key: _Key, environ: _Environ, start_response: _StartResponse
    ) -> Iterable[bytes]:
        """By one thread at a time; meanwhile the others serve the old one, or wait for a while."""
        with self._lock:
            others = self._in_making.get(key)
            if others is None:
                mine = self._in_making[key] = threading.Event()
        if others is None:
            try:
                return self._make(key, environ, start_response)
            finally:
                with self._lock:
                    del self._in_making[key]
                mine.set()
        page = self._pages.get(key)
        if page is None or page.age() >= SERVED_UNTIL:
            others.wait(WAITS_FOR)
            page = self._pages.get(key)
        if page is None or page.age() >= SERVED_UNTIL:
            return self._application(environ, start_response)
        return _served(page, environ, start_response)

    def _make(
        self, key: _Key, environ: _Environ, start_response: _StartResponse
    ) -> Iterable[bytes]:
        began = time.monotonic()
        told: list[tuple[str, _Headers]] = []
        # Whole, whatever this reader has of it.
        whole = {name: value for name, value in environ.items() if name != "HTTP_IF_NONE_MATCH"}
        response = self._application(whole, lambda status, headers: told.append((status, headers)))
        status, headers = told[0]
        if not isinstance(response, HttpResponse) or not _may_be_kept(response):
            start_response(status, headers)
            return response
        page = Page(
            began, headers, without_body(headers), response.headers["ETag"], response.content
        )
        response.close()
        self._keep(key, page)
        return _served(page, environ, start_response)

    def _keep(self, key: _Key, page: Page) -> None:
        with self._lock:
            self._pages.pop(key, None)  # so that the oldest stand first
            for other in [key for key, old in self._pages.items() if old.age() >= SERVED_UNTIL]:
                del self._pages[other]
            room = BYTES_AT_MOST - page.size - sum(old.size for old in self._pages.values())
            while room < 0 and self._pages:
                room += self._pages.pop(next(iter(self._pages))).size
            if room >= 0 and page.age() < SERVED_UNTIL:
                self._pages[key] = page


def _what_django_reads() -> Iterable[str]:
    """What in a request decides which page it is, under which address, beside the cookie."""
    yield from ("HTTP_HOST", "wsgi.url_scheme", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    if settings.SECURE_PROXY_SSL_HEADER:
        yield settings.SECURE_PROXY_SSL_HEADER[0]
    if settings.USE_X_FORWARDED_HOST:
        yield "HTTP_X_FORWARDED_HOST"


def _may_be_kept(response: HttpResponse) -> bool:
    varies = {name.strip().lower() for name in response.headers.get("Vary", "").split(",")}
    return is_for_everyone(response) and varies <= _VARY and "ETag" in response.headers


def _served(page: Page, environ: _Environ, start_response: _StartResponse) -> Iterable[bytes]:
    """Copies of the headers: a server may add to its own."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and is_known(page.tag, known):
        start_response("304 Not Modified", page.headers_of_known.copy())
        return ()
    start_response("200 OK", page.headers.copy())
    return () if environ["REQUEST_METHOD"] == "HEAD" else (page.body,)
