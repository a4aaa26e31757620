"""Several cases that are alike, decided by one form: each by itself, as it was read."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from discussions import moderating
from discussions.admin.case_forms import TogetherForm, verbs_of_all
from discussions.admin.refusals import sentence
from discussions.case_file import is_upsetting
from discussions.moderating import possible_verbs
from moderation import cases
from moderation.admin.remit import moderator_of
from moderation.decisions import DecisionRefusedError
from moderation.models import Case

AT_MOST = 100
_LONGEST = 18  # digits


def together_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """`?cases=1,2` shows them; the form brings back the revision in which each was shown."""
    is_posted = request.method == "POST"
    chosen = _as_read(request) if is_posted else _asked_for(request)
    found = _found(request, chosen)
    form = TogetherForm(
        request.POST if is_posted else None,
        verbs=verbs_of_all(possible_verbs(each.comment) for each in found),
    )
    if is_posted and form.is_valid():
        _decide_each(request, found, chosen, form)
        return redirect("admin:moderation_case_changelist")
    context = site.each_context(request) | {
        "title": gettext("Decide together"),
        "opts": Case._meta,
        "form": form,
        "rows": [
            {
                "case": each,
                "revision": chosen[each.pk] if is_posted else each.revision,
                "is_upsetting": is_upsetting(each),
            }
            for each in found
        ],
    }
    return render(request, "admin/moderation/case/together.html", context)


def _decide_each(
    request: HttpRequest, found: Sequence[Case], revisions: dict[int, int], form: TogetherForm
) -> None:
    decided = 0
    for case in found:
        try:
            moderating.decide(case, moderator_of(request), form.judgement(), revisions[case.pk])
            decided += 1
        except DecisionRefusedError as refusal:
            told = gettext("%(case)s is not decided. %(why)s")
            messages.warning(request, told % {"case": case, "why": sentence(refusal)})
    if decided:
        told = ngettext("%d case is decided.", "%d cases are decided.", decided)
        messages.success(request, told % decided)


def _found(request: HttpRequest, chosen: dict[int, int]) -> list[Case]:
    """In the order of the queue. One outside the remit is as if it never existed."""
    found = list(
        cases.in_remit(moderator_of(request))
        .filter(pk__in=chosen)
        .select_related("comment__author__member", "consultation")
        .defer("comment__search_vector", "comment__body_html")
        .prefetch_related("findings")
    )
    if not found or len(found) < len(chosen):
        raise Http404
    return found


def _asked_for(request: HttpRequest) -> dict[int, int]:
    numbers = request.GET.get("cases", "").split(",")[:AT_MOST]
    return {_number(each): 0 for each in numbers}


def _as_read(request: HttpRequest) -> dict[int, int]:
    read = {}
    for each in request.POST.getlist("case")[:AT_MOST]:
        number, _colon, revision = each.partition(":")
        read[_number(number)] = _number(revision)
    return read


def _number(word: str) -> int:
    if not word.isdecimal() or len(word) > _LONGEST:
        raise Http404
    return int(word)
