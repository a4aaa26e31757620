"""Headers that every answer carries, and who may keep a copy of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control

from talk_london.errors import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]


class SecurityHeadersMiddleware:
    """What Django's own middleware leaves out. Outermost, so that error pages have it too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
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
    """A page made for a signed-in member, or setting a cookie, is kept by nobody.

    Reading whether somebody is signed in makes a page vary on the cookie, which Django notes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Cache-Control"):
            return response
        if request.session.session_key or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            add_never_cache_headers(response)
            patch_cache_control(response, private=True, no_store=True)
        else:
            patch_cache_control(response, no_cache=True)
        return response
