"""A web server's first pages, made before it forks its processes.

What the first pages of a process leave in memory (code that has adapted itself, templates,
addresses, migrations) is then there once, not once in each, and nobody waits for it.
"""

import io
import logging
import sys
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import Error, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.urls import reverse

from discussions.sitemaps import ConsultationSitemap, DiscussionSitemap
from talk_london import machines

_log = logging.getLogger(__name__)
_TIMES = 10  # code adapts itself when it has run so often
_PAGES = ("home", "consultations", "guidelines", "moderation", "account_login", "account_signup")


def warm_up(django: WSGIHandler) -> None:
    """Where the database answers. No connection of this process is left open, nor a thread."""
    try:
        machines.all_migrations()
        for address in _addresses() * _TIMES:
            _get(django, address)
    except Error as problem:
        _log.warning("The web server starts cold: %s", problem)
    finally:
        for each in connections.all(initialized_only=True):
            each.close()
            if isinstance(each, DatabaseWrapper):
                each.close_pool()


def _addresses() -> list[str]:
    found = map(reverse, _PAGES)
    sitemaps: tuple[Any, ...] = (ConsultationSitemap(), DiscussionSitemap())
    return [*found, *(kind.location(each) for kind in sitemaps for each in kind.items()[:1])]


def _get(django: WSGIHandler, address: str) -> None:
    host = settings.SITE_URL.partition("://")[2] or settings.ALLOWED_HOSTS[0]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "HTTP_HOST": host,
        "HTTP_ACCEPT_ENCODING": "br",
        "HTTP_X_FORWARDED_PROTO": "https",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    start_response: Any = lambda _status, _headers: None  # noqa: E731
    django(environ, start_response).close()
