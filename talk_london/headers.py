"""Headers that every answer carries, and who may keep a copy of it."""

import hashlib
from collections.abc import Callable, Iterable

from csp.constants import HEADER as CONTENT_SECURITY_POLICY
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from talk_london.errors import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]

_READING = ("GET", "HEAD")
_OF_THE_BODY = ("content-encoding", "content-length", "content-type")
_KEPT_BY_NOBODY = "max-age=0, no-cache, no-store, must-revalidate, private"


def is_for_everyone(response: HttpResponse) -> bool:
    """Whether the answer may be kept for others than who asked."""
    says_so = _says_everyone(response.headers.get("Cache-Control", ""))
    is_page = response.status_code == 200 and not response.streaming
    return says_so and is_page and not response.cookies


def _says_everyone(cache_control: str) -> bool:
    """That caches that serve many may keep it, for as short a time as they can."""
    return {"public", "s-maxage=1"} <= {part.strip() for part in cache_control.split(",")}


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether whoever sent this header has the page with this entity tag."""
    return tag in if_none_match or if_none_match.strip() == "*"


def without_body(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is left of the headers of a page that is not sent again."""
    return [(name, value) for name, value in headers if name.lower() not in _OF_THE_BODY]


class SecurityHeadersMiddleware:
    """What Django's own middleware leaves out. Outermost, so that error pages have it too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, which would make the one policy of nearly all answers for each anew. No page of
    ours has a nonce."""

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self._usual = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No place for a nonce on the request, which would then be in a circle with it."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if any(name.startswith("_csp_") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(CONTENT_SECURITY_POLICY, self._usual)
        return response


class NoNulMiddleware:
    """Refuses an address or a cookie with a NUL, which PostgreSQL cannot even compare with."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if any("\0" in value for value in request.COOKIES.values()):
            return bad_request(request)
        if "\0" in request.path_info or "\0" in query or "%00" in query:
            return bad_request(request)
        return self.get_response(request)


class CacheHeadersMiddleware:
    """Who may keep an answer. Outside whatever sets a cookie.

    A page made for a signed-in member, or setting a cookie, is kept by nobody, whatever its view
    says: views of reading pages say that they are for everyone (`accounts.views.access`), and are
    when nobody is signed in. Reading whether somebody is makes a page vary on the cookie, which
    Django notes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        said = response.headers.get("Cache-Control", "")
        if said and not _says_everyone(said):
            return response
        if _is_personal(request, response) or (said and not is_for_everyone(response)):
            response.headers["Cache-Control"] = _KEPT_BY_NOBODY
        elif not said:
            patch_cache_control(response, no_cache=True)
        return response


def _is_personal(request: HttpRequest, response: HttpResponse) -> bool:
    return bool(request.session.session_key or response.cookies or request.method not in _READING)


class EntityTagMiddleware:
    """Names a page for everyone by its bytes; who has them already is not sent them again.

    Such an answer has all the headers of the page, less those that describe what it does not bring.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_for_everyone(response):
            return response
        tag = f'"{hashlib.blake2b(response.content, digest_size=16).hexdigest()}"'
        response.headers["ETag"] = tag
        if is_known(tag, request.META.get("HTTP_IF_NONE_MATCH", "")):
            return HttpResponseNotModified(headers=dict(without_body(response.items())))
        return response
