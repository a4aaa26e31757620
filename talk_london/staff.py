"""How staff get into admin: by the one way of signing in that there is, and a second factor."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.second_factor import has_second_factor, is_in_staff_session, reauthentication_url
from discussions import proposals
from moderation import appeals, cases

_log = logging.getLogger(__name__)
_View = Callable[..., HttpResponse]
_ANSWERED = "_is_in_staff_session"


class StaffSite(AdminSite):
    """Every address of admin asks for a second factor shown in this very session."""

    site_header = site_title = _("Talk London staff")

    def has_permission(self, request: HttpRequest) -> bool:
        """Asked more than once for a page, so the request carries the answer."""
        if not hasattr(request, _ANSWERED):
            answer = super().has_permission(request) and is_in_staff_session(request)
            setattr(request, _ANSWERED, answer)
        return bool(getattr(request, _ANSWERED))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With what waits for this moderator, for the head of every page."""
        context = super().each_context(request)
        if context["has_permission"] and isinstance(request.user, Member):
            context |= _what_waits(request.user)
        return context

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - Django's signature
        guarded: _View = super().admin_view(view, cacheable)

        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _refuse_who_is_not_staff(request)
            return guarded(request, *args, **kwargs)

        return wrapped

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - Django has it answer with a page alone
        """Where everybody changes theirs, and is told of it by mail."""
        return redirect("account_change_password")


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Admin sends everybody here who may not enter: each gets the step that they lack."""
    _refuse_who_is_not_staff(request)
    then = urlencode({REDIRECT_FIELD_NAME: _wanted(request)})
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{then}")
    if not has_second_factor(request.user):
        return render(request, "pages/second_step_first.html", status=403)
    if is_in_staff_session(request):
        return redirect(_wanted(request))
    return redirect(f"{reauthentication_url(request.user)}?{then}")


def _what_waits(moderator: Member) -> dict[str, Any]:
    waits: dict[str, Any] = {}
    if moderator.has_perm("moderation.decide_case"):
        waits["waiting_cases"] = cases.waiting_for(moderator, timezone.now())
    if moderator.has_perm("moderation.decide_appeal"):
        waits["waiting_appeals"] = appeals.waiting_for(moderator)
    if moderator.has_perm(proposals.RUN):
        waits["waiting_proposals"] = proposals.waiting_for(moderator)
    return waits


def _refuse_who_is_not_staff(request: HttpRequest) -> None:
    if request.user.is_authenticated and not request.user.is_staff:
        _log.warning("Member %s, who is not staff, asked for %s.", request.user.pk, request.path)
        raise PermissionDenied


def _wanted(request: HttpRequest) -> str:
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("admin:index")
