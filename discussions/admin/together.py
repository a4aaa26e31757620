"""Several cases that are alike, decided by one form: each by itself, as it was read. Each can be
left out."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from discussions import moderating
from discussions.admin.case_forms import TogetherForm, verbs_of_all
from discussions.admin.queue import open_reports, why_waits
from discussions.admin.refusals import sentence
from discussions.case_file import is_upsetting
from discussions.moderating import possible_verbs
from moderation import cases
from moderation.admin.remit import moderator_of
from moderation.decisions import DecisionRefusedError
from moderation.models import Case, Verb

AT_MOST = 100
_NAMED_AT_MOST = 5
_LONGEST = 18  # digits


def together_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """`?cases=1,2` shows them; the form brings back the revision in which each was shown: of all as
    `shown`, of those that are ticked as `case`. `again` asks what can be done to the ticked."""
    is_posted = request.method == "POST"
    chosen = _as_read(request, "case") if is_posted else _asked_for(request)
    shown = chosen | _as_read(request, "shown") if is_posted else chosen
    found = _found(request, shown)
    ticked = [each for each in found if each.pk in chosen]
    is_decided = is_posted and "again" not in request.POST
    form = TogetherForm(
        request.POST if is_decided else None,
        initial=request.POST.dict(),
        verbs=verbs_of_all(possible_verbs(each.comment) for each in ticked),
    )
    if is_decided and form.is_valid() and ticked:
        _decide_each(request, ticked, chosen, form)
        return redirect("admin:moderation_case_changelist")
    if is_decided and not ticked:
        form.add_error(None, gettext("Choose at least one case."))
    context = site.each_context(request) | {
        "title": gettext("Decide together"),
        "opts": Case._meta,
        "form": form,
        "left_out": _left_out(ticked),
        "unlike": _unlike(ticked),
        "are_all_ticked": len(ticked) == len(found),
        "rows": [_row(each, shown[each.pk] if is_posted else None, chosen) for each in found],
    }
    return render(request, "admin/moderation/case/together.html", context)


def _row(case: Case, revision: int | None, chosen: dict[int, int]) -> dict[str, Any]:
    """`revision` is that in which it was shown before."""
    return {
        "case": case,
        "revision": case.revision if revision is None else revision,
        "is_ticked": case.pk in chosen,
        "is_upsetting": is_upsetting(case),
        "why": why_waits(case),
    }


def _left_out(chosen: Sequence[Case]) -> list[str]:
    """Which decisions are not offered for all of them, each with why."""
    possible = {each: possible_verbs(each.comment) for each in chosen}
    offered = verbs_of_all(possible.values())
    told = []
    for verb in Verb:
        unfit = [each for each, verbs in possible.items() if verb not in verbs]
        if verb in offered or len(unfit) == len(chosen):
            continue
        if unfit:
            why = gettext("it does not fit %(cases)s") % {"cases": _named(unfit)}
        else:
            why = gettext("the words to hide are different in each text")
        told.append(gettext("“%(verb)s”: %(why)s.") % {"verb": verb.label, "why": why})
    return told


def _named(chosen: Sequence[Case]) -> str:
    """The first of them, each with its status, which is what a decision has to fit."""
    named = [f"{each} ({each.comment.get_status_display()})" for each in chosen[:_NAMED_AT_MOST]]
    more = len(chosen) - len(named)
    if more:
        named.append(ngettext("%d more", "%d more", more) % more)
    return ", ".join(named)


def _unlike(chosen: Sequence[Case]) -> list[str]:
    """In what they differ, in sentences."""
    told = []
    statuses = {str(each.comment.get_status_display()) for each in chosen}
    if len(statuses) > 1:
        which = gettext("Some are %(one)s, some are %(other)s.")
        first, *_between, last = sorted(statuses)
        told.append(which % {"one": first.lower(), "other": last.lower()})
    if len({tuple(sorted(why_waits(each))) for each in chosen}) > 1:
        told.append(
            gettext("They are here for different reasons, but all their authors read the same one.")
        )
    return told


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
        .prefetch_related("findings", open_reports())
    )
    if not found or len(found) < len(chosen):
        raise Http404
    return found


def _asked_for(request: HttpRequest) -> dict[int, int]:
    numbers = request.GET.get("cases", "").split(",")[:AT_MOST]
    return {_number(each): 0 for each in numbers}


def _as_read(request: HttpRequest, name: str) -> dict[int, int]:
    read = {}
    for each in request.POST.getlist(name)[:AT_MOST]:
        number, _colon, revision = each.partition(":")
        read[_number(number)] = _number(revision)
    return read


def _number(word: str) -> int:
    if not word.isdecimal() or len(word) > _LONGEST:
        raise Http404
    return int(word)
