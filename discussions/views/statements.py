"""What a moderator decided about a member's comment, why, and the appeal: for its author alone."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Member
from accounts.views.access import for_member
from discussions.moderating import own_words
from moderation import appeals, explaining
from moderation.forms import AppealForm
from moderation.models import Appeal, Decision, Verb


@require_http_methods(["GET", "POST"])
@for_member
def statement(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The same 404 for a decision about somebody else's words as for one that never was."""
    decision = (
        Decision.objects.filter(pk=pk, case__comment__author__member=member)
        .select_related("entry", "case__comment__discussion__consultation")
        .first()
    )
    if decision is None:
        raise Http404
    if request.method == "GET":
        return _page(request, decision, AppealForm())
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, decision, form, status=422)
    try:
        appeals.appeal_decision(decision, form.cleaned_data["words"], member, timezone.now())
    except appeals.AppealRefusedError:
        messages.warning(request, _("There is nothing to appeal against any more."))
    else:
        messages.success(request, _("We have your appeal. Somebody else looks again."))
    return redirect("statement", decision.pk)


def _page(
    request: HttpRequest, decision: Decision, form: AppealForm, status: int = 200
) -> HttpResponse:
    comment = decision.case.comment
    latest = appeals.changing(decision.case_id).first()
    context = {
        "decision": decision,
        "comment": comment,
        "discussion": comment.discussion,
        "consultation": comment.discussion.consultation,
        "told": explaining.told_to_author(decision.verb, decision.guideline),
        "raised_by": explaining.raised_by(decision),
        "own_words": own_words(decision) if decision.verb == Verb.MASK else "",
        "newer": latest if latest and latest.pk > decision.pk else None,
        "appeal": Appeal.objects.filter(decision=decision, report=None).first(),
        "may_appeal": appeals.may_appeal(decision, timezone.now()) and comment.body != "",
        "form": form,
        "answered_within": appeals.DUE_WITHIN,
    }
    return render(request, "discussions/statement.html", context, status=status)
