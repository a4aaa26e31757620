"""Where a member is signed in, and signing out there."""

from typing import Any

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Member
from accounts.views.access import for_member


class SessionsView(ListUserSessionsView):  # type: ignore[misc]  # allauth has no types
    """This one first, then the newest. allauth begins with the oldest."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["sessions"].sort(key=_first_this_one_then_newest)
        return context


@require_POST
@for_member
def account_end_session(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Of one's own only; that of somebody else is as if there were none."""
    session = get_object_or_404(UserSession, pk=pk, user=member)
    end_sessions(request, [session])
    messages.success(request, _("You are signed out there."))
    return redirect("usersessions_list")


def _first_this_one_then_newest(session: UserSession) -> tuple[bool, float]:
    return (not session.is_current(), -session.created_at.timestamp())
