"""A member's own comments, and what became of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Member
from accounts.views.access import for_member
from discussions.cursors import is_id
from discussions.fates import what_became_of, with_what_became
from discussions.models import Comment

COMMENTS_ON_A_PAGE = 20


@require_safe
@for_member
def account_comments(request: HttpRequest, member: Member) -> HttpResponse:
    before = request.GET.get("before", "")
    comments = with_what_became(Comment.objects.filter(author__member=member))
    if is_id(before):
        comments = comments.filter(pk__lt=int(before))
    found = list(
        comments.select_related("discussion__consultation", "author__member")
        .defer("body", "search_vector", "discussion__introduction")
        .order_by("-pk")[: COMMENTS_ON_A_PAGE + 1]
    )
    page = found[:COMMENTS_ON_A_PAGE]
    moment = timezone.now()
    context = {
        "comments": [(comment, what_became_of(comment, moment)) for comment in page],
        "next": page[-1].pk if len(found) > len(page) else None,
        "continues": is_id(before),
        "moment": moment,
    }
    return render(request, "discussions/my_comments.html", context)
