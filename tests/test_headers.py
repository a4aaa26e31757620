"""Headers of every answer, pages and failures alike, as they are in production."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from csp.decorators import csp_exempt, csp_replace, csp_update
from csp.middleware import CSPMiddleware
from django.conf import settings as django_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from pytest_django import Settings

from talk_london.headers import ContentPolicyMiddleware
from tests import cast
from tests.conftest import signed_in
from tests.processes import as_in_production

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

_HOST = "talk.london.example"
_STREETS = f"/consultations/{cast.OPEN}/streets/"

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
}
PUBLIC = (
    "/",
    "/consultations/",
    f"/consultations/{cast.OPEN}/",
    f"/consultations/{cast.CLOSED}/",
    f"/consultations/{cast.UPCOMING}/",
    _STREETS,
    f"{_STREETS}?sort=agreed&q=light",
    f"/consultations/{cast.CLOSED}/streets/",
    f"/consultations/{cast.UPCOMING}/streets/",
    f"{_STREETS}feed/",
    "/guidelines/",
    "/guidelines/1/",
    "/moderation/",
    "/support/",
    "/how-it-works/",
    "/accessibility/",
    "/privacy/",
    "/terms/",
    "/cookies/",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
    "/healthz",
    "/readyz",
)


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("as a fault of ours would")


def lose_the_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("as a lost database would")


urlpatterns = [
    path("fails/", fail),
    path("loses/", lose_the_database),
    path("", include("talk_london.urls")),
]
handler400 = "talk_london.errors.bad_request"
handler403 = "talk_london.errors.permission_denied"
handler404 = "talk_london.errors.page_not_found"
handler500 = "talk_london.errors.server_error"


@pytest.fixture(autouse=True)
def production(settings: Settings) -> None:
    as_in_production(settings)
    settings.ROOT_URLCONF = __name__


def browser(*, enforce_csrf_checks: bool = False) -> Client:
    return Client(
        enforce_csrf_checks=enforce_csrf_checks,
        raise_request_exception=False,
        headers={"host": _HOST},
    )


def get(address: str) -> "Answer":
    return browser().get(address, secure=True)


def not_found() -> "Answer":
    return get("/nowhere/")


def without_slash() -> "Answer":
    return get("/consultations")


def to_https() -> "Answer":
    return browser().get("/")


def to_sign_in() -> "Answer":
    return browser().post(f"{_STREETS}comments/", {"body": "Hello"}, secure=True)


def without_token() -> "Answer":
    return browser(enforce_csrf_checks=True).post("/accounts/login/", secure=True)


def not_for_members() -> "Answer":
    client = signed_in(cast.ada())
    comment = cast.comment(cast.ben())
    address = f"/comments/{comment.pk}/withdraw/"
    return client.post(address, secure=True, headers={"host": _HOST})


def of_another_host() -> "Answer":
    client = Client(raise_request_exception=False, headers={"host": "evil.example"})
    return client.get("/", secure=True)


def too_large() -> "Answer":
    return browser().post("/accounts/login/", {"login": "x" * 10_000_000}, secure=True)


def too_often() -> "Answer":
    client = signed_in(cast.ada())
    for _attempt in range(2):
        form = {"body": "Hello", "form_key": str(uuid.uuid4())}
        answer = client.post(f"{_STREETS}comments/", form, secure=True, headers={"host": _HOST})
    return answer


def of_a_fault() -> "Answer":
    return get("/fails/")


def of_an_outage() -> "Answer":
    return get("/loses/")


def style_sheet() -> "Answer":
    return get(staticfiles_storage.url("css/site.css"))


ANSWERS: dict[Callable[[], "Answer"], int] = {
    without_slash: 301,
    to_https: 301,
    to_sign_in: 302,
    of_another_host: 400,
    too_large: 400,
    without_token: 403,
    not_for_members: 403,
    not_found: 404,
    too_often: 429,
    of_a_fault: 500,
    of_an_outage: 503,
    style_sheet: 200,
}


def assert_secure(answer: "Answer", *, encrypted: bool = True) -> None:
    wanted = {
        name: value
        for name, value in EVERYWHERE.items()
        if encrypted or name != "Strict-Transport-Security"  # which counts over HTTPS alone
    }
    assert {name: answer.headers.get(name) for name in wanted} == wanted
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "geolocation=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("act", ANSWERS, ids=lambda act: act.__name__)
def test_s4_every_kind_of_answer_has_the_security_headers(
    act: Callable[[], "Answer"], settings: Settings
) -> None:
    settings.POSTS_OF_MEMBER = 1
    cast.consultation()
    answer = act()
    assert answer.status_code == ANSWERS[act]
    assert_secure(answer, encrypted=act is not to_https)


@csp_update({"img-src": ["data:"]})
def with_more(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@csp_replace({"form-action": ["'none'"]})
def with_another(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@csp_exempt()
def with_none(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def with_the_usual(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize("view", [with_the_usual, with_more, with_another, with_none])
def test_s2_the_policy_is_the_one_that_the_library_makes(
    view: Callable[[HttpRequest], HttpResponse], rf: RequestFactory
) -> None:
    ours, theirs = (kind(view)(rf.get("/")) for kind in (ContentPolicyMiddleware, CSPMiddleware))
    assert isinstance(ours, HttpResponse)
    assert isinstance(theirs, HttpResponse)
    assert dict(ours.headers) == dict(theirs.headers)


@pytest.fixture
def places(db: None) -> None:
    for slug in (cast.OPEN, cast.CLOSED, cast.UPCOMING):
        cast.consultation(slug)
    cast.comment(cast.ada(), "More light. " * 60)


@pytest.mark.parametrize("address", PUBLIC)
def test_s4_every_public_page_has_the_security_headers(places: None, address: str) -> None:
    answer = get(address)
    assert answer.status_code == 200
    assert_secure(answer)


@pytest.mark.parametrize("address", PUBLIC)
def test_s17_a_page_for_the_signed_out_sets_no_cookie(places: None, address: str) -> None:
    client = browser()
    answer = client.get(address, secure=True)
    assert client.cookies == {}
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert "private" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize("address", PUBLIC)
def test_s17_a_page_for_the_signed_out_is_the_same_for_everyone(places: None, address: str) -> None:
    first, second = get(address), get(address)
    assert first.content == second.content
    assert b"csrfmiddlewaretoken" not in first.content
    assert b"people.example" not in first.content


def test_s17_what_differs_for_members_varies_on_the_cookie(places: None) -> None:
    for address in PUBLIC:
        member = signed_in(cast.ben()).get(address, secure=True, headers={"host": _HOST})
        answer = get(address)
        if member.content != answer.content:
            assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("address", [each for each in PUBLIC if each.endswith("/")])
def test_s17_signed_in_pages_are_kept_by_nobody(places: None, address: str) -> None:
    answer = signed_in(cast.ben()).get(address, secure=True, headers={"host": _HOST})
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]


def test_s17_a_form_that_sets_a_cookie_is_kept_by_nobody() -> None:
    answer = get("/accounts/login/")
    assert answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]


def test_s5_cookies_are_bound_to_the_host_and_to_https() -> None:
    email = cast.ada().email
    client = browser()
    client.get("/accounts/login/", secure=True)
    client.post("/accounts/login/", {"login": email, "password": cast.PASSWORD}, secure=True)
    assert set(client.cookies) == {"__Host-sessionid", "__Host-csrftoken"}
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["httponly"]) == (True, True)
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")


def test_http_is_sent_to_our_own_address_whatever_host_it_claims() -> None:
    answer = Client(headers={"host": "evil.example"}).get("/consultations/?a=b")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{_HOST}/consultations/?a=b"


def test_machines_are_answered_over_http_too() -> None:
    assert browser().get("/healthz").status_code == 200
    assert browser().get("/readyz").status_code == 200


def test_static_files_are_for_pages_of_this_site_and_kept_for_good() -> None:
    answer = style_sheet()
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers.get("Vary", "") in ("", "Accept-Encoding")
    assert "Set-Cookie" not in answer.headers


def test_no_answer_names_a_version(places: None) -> None:
    for address in PUBLIC:
        answer = get(address)
        told = f"{answer.headers} {answer.headers.get('Server', '')}"
        assert "Django" not in told
        assert "Python" not in told
    assert django_settings.DEBUG is False
