"""What hosts do beside answering: say which answers are official."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member
from discussions.models import Comment
from discussions.official import mark, unmark
from discussions.permissions import Action, check_allowed
from discussions.reading import Reading
from discussions.threads import read_with_ancestors
from discussions.views.writing import about_comment
from moderation.elections import FrozenError, why_frozen


@about_comment
def official(request: HttpRequest, comment: Comment, member: Member) -> HttpResponse:
    """POST official=yes pins the answer, anything else takes that back."""
    if request.method == "GET":
        return _form(request, comment, member)
    try:
        if request.POST.get("official") == "yes":
            mark(comment, member)
            messages.success(request, _("This is the official answer now, pinned for everyone."))
        else:
            unmark(comment, member)
            messages.success(request, _("This is an answer like any other again."))
    except FrozenError:
        return _form(request, comment, member, status=409)
    return redirect(comment)


def _form(
    request: HttpRequest, comment: Comment, member: Member, status: int = 200
) -> HttpResponse:
    reading = Reading(comment.discussion, member, timezone.now())
    wanted = Action.UNMARK_OFFICIAL if comment.is_official else Action.MARK_OFFICIAL
    check_allowed(wanted, comment, member, reading.moment, reading.standing.organisation)
    _ancestors, node = read_with_ancestors(reading, comment)
    context = {
        "comment": comment,
        "discussion": comment.discussion,
        "node": node,
        "frozen": why_frozen(reading.moment),
        "moment": reading.moment,
    }
    return render(request, "discussions/official.html", context, status=status)
