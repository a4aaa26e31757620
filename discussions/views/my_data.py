"""A member's copy of their data: asked for here, made by a worker, fetched within a day."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import data_copy
from accounts.models import DataCopy, Member
from accounts.views.access import for_member, same_person_for_posts
from discussions import tasks

_LISTED = 10


@require_http_methods(["GET", "POST"])
@same_person_for_posts
@for_member
def account_data(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "GET":
        return _page(request, member)
    try:
        tasks.queue_data_copy(member)
    except data_copy.CopyRefusedError as refusal:
        return _page(request, member, _reason(refusal), status=429)
    messages.success(request, _("We are making your copy. We email you when it is ready."))
    return redirect("account_data")


@require_safe
@for_member
def account_data_copy(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The same 404 for somebody else's copy as for one that never existed."""
    copy = DataCopy.objects.filter(pk=pk, member=member).first()
    if copy is None:
        raise Http404
    if data_copy.is_over(copy):
        return render(request, "discussions/data_copy_over.html", status=410)
    content = data_copy.content_of(copy)
    if not content:
        return redirect("account_data")
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(copy)}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _page(
    request: HttpRequest, member: Member, refusal: str = "", status: int = 200
) -> HttpResponse:
    copies = DataCopy.objects.filter(member=member).defer("content").order_by("-pk")[:_LISTED]
    context = {
        "copies": copies,
        "moment": timezone.now(),
        "refusal": refusal,
        "lasts": data_copy.LASTS,
    }
    return render(request, "discussions/my_data.html", context, status=status)


def _reason(refusal: data_copy.CopyRefusedError) -> str:
    if refusal.is_being_made:
        return _("Your copy is being made already. It takes a minute or two.")
    return _("You have asked for %(most)d copies in a day. Ask again tomorrow.") % {
        "most": data_copy.MOST_COPIES
    }


def _file_name(copy: DataCopy) -> str:
    return f"talk-london-my-data-{timezone.localdate(copy.made_at)}.json"
