"""What limits a member, why, until when, and the appeal against it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Member
from accounts.views.access import for_member
from moderation import appeals
from moderation.explaining import sanction_title
from moderation.forms import AppealForm
from moderation.models import Appeal, Sanction

_LISTED = 50


@require_http_methods(["GET", "POST"])
@for_member
def account_standing(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "GET":
        return _page(request, member)
    given = _own_or_404(member, request.POST.get("sanction", ""))
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, member, given.pk, form, status=422)
    try:
        appeals.appeal_sanction(given, form.cleaned_data["words"], timezone.now())
    except appeals.AppealRefusedError:
        messages.warning(request, _("There is nothing to appeal against any more."))
    else:
        messages.success(request, _("We have your appeal. Somebody else looks again."))
    return redirect("account_standing")


def _own_or_404(member: Member, pk: str) -> Sanction:
    own = Sanction.objects.filter(member=member)
    is_id = pk.isascii() and pk.isdigit() and len(pk) <= 18
    given = own.filter(pk=int(pk)).first() if is_id else None
    if given is None:
        raise Http404
    return given


def _page(
    request: HttpRequest,
    member: Member,
    failed_on: int | None = None,
    failed: AppealForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form that failed is that of one sanction; the others are empty."""
    moment = timezone.now()
    given = list(Sanction.objects.filter(member=member).select_related("appeal")[:_LISTED])
    rows = [
        {
            "given": each,
            "title": sanction_title(each),
            "is_in_force": each.ended_at is None
            and (each.ends_at is None or moment < each.ends_at),
            "appeal": _appeal_of(each),
            "may_appeal": appeals.may_appeal_sanction(each, moment),
            "form": failed if failed and each.pk == failed_on else AppealForm(),
        }
        for each in given
    ]
    context = {"rows": rows, "answered_within": appeals.DUE_WITHIN}
    return render(request, "moderation/standing.html", context, status=status)


def _appeal_of(given: Sanction) -> Appeal | None:
    return getattr(given, "appeal", None)
