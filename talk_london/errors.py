"""Pages for what went wrong. None asks the database for anything, and none loses a text."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import resolve


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Too many tries at a form of the account."""
    response = render(request, "errors/429.html", status=429)
    response["Retry-After"] = "60"  # most limits count the tries of a minute
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is being handled: a lost database is an outage, not a fault."""
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        response = render(request, "errors/503.html", _kept(request), status=503)
        response["Retry-After"] = "10"
        return response
    return render(request, "errors/500.html", _kept(request), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from another site. Its writer can send it once more.

    Nothing has happened, and sending it again takes a click on this page, so a form that another
    site made its visitor send is shown, not obeyed.
    """
    get_token(request)
    posts_a_text = resolve(request.path_info).url_name in ("comments", "reply", "edit")
    kept = _kept(request) if posts_a_text else {}
    return render(request, "errors/csrf.html", kept, status=403)


def _kept(request: HttpRequest) -> dict[str, str]:
    """The text that was being posted, if any; reading it may fail on a broken request."""
    if request.method != "POST":
        return {}
    try:
        post = request.POST
    except Exception:  # noqa: BLE001 - an error page must not fail on what made it necessary
        return {}
    return {name: post.get(name, "") for name in ("body", "prompt", "form_key")}
