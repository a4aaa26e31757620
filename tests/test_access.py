"""Every route × every kind of visitor. A route that is not listed here fails the test."""

from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver, reverse

from discussions.models import Comment
from tests import cast
from tests.admin_addresses import admin_addresses, patterns
from tests.conftest import in_staff_session, signed_in

pytestmark = pytest.mark.django_db

VISITORS = ("nobody", "member", "host", "moderator", "admin")
Expected = tuple[int, int, int, int, int]

READ: Expected = (200, 200, 200, 200, 200)
SIGN_IN_FIRST: Expected = (302, 200, 200, 200, 200)
ONLY_SIGNED_OUT: Expected = (200, 302, 302, 302, 302)
ELSEWHERE: Expected = (302, 302, 302, 302, 302)
NOT_BY_GET: Expected = (302, 302, 302, 302, 302)
IS_IT_YOU: Expected = (302, 302, 302, 302, 302)
NONE_YET: Expected = (302, 404, 404, 404, 404)

# By GET. The comment is Ada's, and none of the visitors is Ada.
ROUTES: dict[str, Expected] = {
    "home": READ,
    "consultations": READ,
    "consultation": READ,
    "consultation_image": (404, 404, 404, 404, 404),
    "discussion": READ,
    "archive": (404, 404, 404, 404, 404),
    "follow": SIGN_IN_FIRST,
    "comments": NOT_BY_GET,
    "start": (405, 405, 405, 405, 405),
    "account_join_again": (405, 405, 405, 405, 405),
    "feed": READ,
    "whole": READ,
    "comment": READ,
    "reply": SIGN_IN_FIRST,
    "edit": (302, 403, 403, 403, 403),
    "withdraw": (302, 403, 403, 403, 403),
    "reaction": SIGN_IN_FIRST,
    "official": (302, 403, 403, 403, 403),
    "report": READ,
    "reports": READ,
    "report_outcome": (404, 404, 404, 404, 404),
    "moderation": READ,
    "moderation_log": READ,
    "account_reports": SIGN_IN_FIRST,
    "account_standing": SIGN_IN_FIRST,
    "statement": (302, 404, 404, 404, 404),
    "guidelines": READ,
    "guidelines_version": READ,
    "support": READ,
    "how_it_works": READ,
    "accessibility": READ,
    "privacy": READ,
    "terms": READ,
    "cookies": READ,
    "account_notifications": SIGN_IN_FIRST,
    "account_home": SIGN_IN_FIRST,
    "account_name": SIGN_IN_FIRST,
    "account_about_you": SIGN_IN_FIRST,
    "account_comments": SIGN_IN_FIRST,
    "account_data": SIGN_IN_FIRST,
    "account_data_copy": (302, 404, 404, 404, 404),
    "account_close": SIGN_IN_FIRST,
    "account_keep": (405, 405, 405, 405, 405),
    "consultation_name": (302, 200, 403, 200, 200),
    "unsubscribe": (404, 404, 404, 404, 404),
    "robots": READ,
    "sitemap": READ,
    "security": READ,
    "outbox": READ,
    "admin_sign_in": (302, 403, 403, 403, 403),
    "account_login": ONLY_SIGNED_OUT,
    "account_signup": ONLY_SIGNED_OUT,
    "account_logout": SIGN_IN_FIRST,
    "account_email": SIGN_IN_FIRST,
    "account_change_password": SIGN_IN_FIRST,
    "account_set_password": ELSEWHERE,
    "account_reauthenticate": SIGN_IN_FIRST,
    "account_inactive": READ,
    "account_email_verification_sent": ELSEWHERE,
    "account_reset_password": READ,
    "account_confirm_password_reset_code": ELSEWHERE,
    "account_complete_password_reset": ELSEWHERE,
    "account_password_reset_completed": READ,
    "account_confirm_login_code": ELSEWHERE,
    "account_signup_by_passkey": ONLY_SIGNED_OUT,
    "mfa_index": SIGN_IN_FIRST,
    "mfa_authenticate": ELSEWHERE,
    "mfa_reauthenticate": ELSEWHERE,
    "mfa_activate_totp": IS_IT_YOU,
    "mfa_deactivate_totp": NONE_YET,
    "mfa_view_recovery_codes": NONE_YET,
    "mfa_generate_recovery_codes": IS_IT_YOU,
    "mfa_download_recovery_codes": NONE_YET,
    "mfa_list_webauthn": SIGN_IN_FIRST,
    "mfa_add_webauthn": IS_IT_YOU,
    "mfa_edit_webauthn": IS_IT_YOU,
    "mfa_remove_webauthn": IS_IT_YOU,
    "mfa_login_webauthn": ELSEWHERE,
    "mfa_signup_webauthn": ELSEWHERE,
    "mfa_reauthenticate_webauthn": ELSEWHERE,
    "usersessions_list": SIGN_IN_FIRST,
    "account_end_session": (405, 405, 405, 405, 405),
}

ARGUMENTS: dict[str, dict[str, Any]] = {
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
    "account_end_session": {"pk": 1},
    "unsubscribe": {"token": "broken"},
    "account_data_copy": {"pk": "1"},
    "statement": {"pk": "1"},
    "report_outcome": {"reference": "K7QM-2XWD-9RTF"},
    "guidelines_version": {"version": "1"},
    "consultation_name": {"consultation": cast.OPEN},
    "consultation": {"consultation": cast.OPEN},
    "archive": {"consultation": cast.OPEN},
    "follow": {"consultation": cast.OPEN},
    "consultation_image": {"consultation": cast.OPEN, "digest": "0" * 64},
    "discussion": {"consultation": cast.OPEN, "discussion": "streets"},
    "comments": {"consultation": cast.OPEN, "discussion": "streets"},
    "start": {"consultation": cast.OPEN, "discussion": "streets"},
    "feed": {"consultation": cast.OPEN, "discussion": "streets"},
    "whole": {"consultation": cast.OPEN, "discussion": "streets"},
}


def visitor(kind: str) -> Client:
    if kind == "nobody":
        return Client()
    members = {"member": cast.ben, "host": cast.hana, "moderator": cast.mo, "admin": cast.ida}
    return signed_in(members[kind]())


def address(name: str, comment: Comment) -> str:
    of_comment = name in (
        "comment",
        "reply",
        "edit",
        "withdraw",
        "reaction",
        "official",
        "report",
    )
    return reverse(name, kwargs={"pk": comment.pk} if of_comment else ARGUMENTS.get(name))


def test_every_route_is_listed() -> None:
    names = {
        pattern.name
        for route, pattern in patterns(get_resolver())
        if not route.startswith("admin/") or pattern.name == "admin_sign_in"
    }
    assert names == set(ROUTES)


@pytest.mark.parametrize("kind", VISITORS)
def test_who_may_go_where(kind: str) -> None:
    comment = cast.comment(cast.ada())
    client = visitor(kind)
    column = VISITORS.index(kind)
    found = {name: client.get(address(name, comment)).status_code for name in ROUTES}
    assert found == {name: expected[column] for name, expected in ROUTES.items()}


def test_admin_lets_the_admin_read_every_list() -> None:
    comment = cast.comment(cast.ada(), "<svg onload=alert(1)>")
    client = in_staff_session(cast.ida())
    for path in admin_addresses(comment):
        if path.count("/") == 4:
            answer = client.get(path)
            assert answer.status_code in (200, 302), path
            assert b"<svg onload" not in answer.content


@pytest.mark.parametrize("status", ["held", "hidden", "withdrawn"])
@pytest.mark.parametrize(
    "name", ["comment", "reply", "edit", "withdraw", "reaction", "official", "report"]
)
def test_a5_what_may_not_be_seen_is_as_if_it_never_existed(status: str, name: str) -> None:
    comment = cast.comment(cast.ada())
    Comment.objects.filter(pk=comment.pk).update(status=status)
    for client in (Client(), signed_in(cast.ben()), signed_in(cast.ida())):
        for send in (client.get, client.post):
            hidden = send(reverse(name, args=[comment.pk]))
            never = send(reverse(name, args=[comment.pk + 1_000]))
            assert hidden.status_code == never.status_code == 404
            assert hidden.content == never.content
            assert headers(hidden) == headers(never)


def headers(answer: HttpResponseBase) -> dict[str, str]:
    """Without the one that tells the second in which it was answered."""
    return {name: value for name, value in answer.headers.items() if name != "Expires"}


def test_a10_a_draft_is_nobodys_business() -> None:
    comment = cast.elsewhere(cast.DRAFT)
    client = signed_in(cast.ben())
    base = f"/consultations/{cast.DRAFT}/"
    never = client.get("/consultations/never/")
    paths = [base, f"{base}streets/", f"{base}streets/feed/", f"/comments/{comment.pk}/"]
    for path in [*paths, f"/comments/{comment.pk}/reply/"]:
        assert client.get(path).content == never.content
    assert client.post(f"{base}streets/comments/", {"body": "x"}).status_code == 404
    for listing in ("/", "/consultations/", "/sitemap.xml"):
        assert cast.DRAFT.encode() not in client.get(listing).content


def test_admin_sends_the_signed_out_to_sign_in_and_nobody_in_circles() -> None:
    cast.consultation()
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=%2Fadmin%2F")
    assert signed_in(cast.ben()).get("/admin/", follow=True).status_code == 403
    client = in_staff_session(cast.ida())
    assert client.get("/admin/login/?next=/admin/", follow=True).status_code == 200
