"""Following a consultation, and the question whether to, which everybody is asked once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Member
from accounts.views.access import for_member
from discussions import following
from discussions.models import Consultation
from discussions.views.access import consultation_or_404, viewer_of

_ASKED = "asks_to_follow"  # in the session of who has just taken part: the consultation's id


@require_http_methods(["GET", "POST"])
@for_member
def follow(request: HttpRequest, member: Member, consultation: str) -> HttpResponse:
    """Who was signed out comes here after signing in, and presses the button on this page."""
    found = consultation_or_404(consultation)
    if request.method == "GET":
        context = {
            "consultation": found,
            "is_following": following.is_following(found, member),
        }
        return render(request, "discussions/follow.html", context)
    if request.POST.get("wanted") == "yes":
        following.follow(found, member)
        messages.success(request, _("You follow this consultation. We email you its news."))
    elif request.POST.get("wanted") == "no":
        following.unfollow(found.pk, member.pk)
        messages.success(request, _("You do not follow “%(title)s”.") % {"title": found.title})
    return redirect(_back(request, found))


def ask_on_next_page(request: HttpRequest, consultation: Consultation, member: Member) -> None:
    """For whoever has just taken part in it."""
    if following.ask_once(consultation, member):
        request.session[_ASKED] = consultation.pk


def follow_button(
    request: HttpRequest, consultation: Consultation, *, is_followed: bool | None = None
) -> dict[str, Any]:
    """What a page with the button knows: one query for members where it is not known yet whether
    they follow, none for the signed out."""
    if is_followed is None:
        is_followed = following.is_following(consultation, viewer_of(request))
    return {
        "may_follow": consultation.archived_at is None,
        "is_following": is_followed,
        **question(request, consultation),
    }


def question(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """Whether this page asks. It does so once."""
    if not is_asked(request, consultation.pk):
        return {}
    del request.session[_ASKED]
    return {"asks_to_follow": True}


def is_asked(request: HttpRequest, consultation_id: int) -> bool:
    """Whether the next page that they see of this consultation asks."""
    if viewer_of(request) is None:
        return False
    return bool(request.session.get(_ASKED) == consultation_id)


def _back(request: HttpRequest, consultation: Consultation) -> str:
    wanted = request.POST.get(REDIRECT_FIELD_NAME, "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return consultation.get_absolute_url()
