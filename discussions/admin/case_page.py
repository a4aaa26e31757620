"""The page of one case: all that stands on it, and the form that decides."""

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member
from discussions import case_file
from discussions.admin.case_forms import DecisionForm
from discussions.admin.queue import found_in
from discussions.admin.refusals import latest_decision, sentence
from discussions.moderating import concerned, possible_verbs
from moderation import cases, decisions
from moderation.admin.remit import moderator_of
from moderation.decisions import DecisionRefusedError
from moderation.models import Appeal, Case, Decision, Report

_REPORTS_AT_MOST = 20
_DECISIONS_AT_MOST = 20


def read_case(pk: int) -> Case:
    """As it is now, with its comment and all that a decision looks at."""
    found: Case = (
        Case.objects.select_related(
            "comment__author__member",
            "comment__parent__author",
            "comment__discussion__consultation",
            "comment__prompt",
            "claimed_by",
        )
        .defer("comment__search_vector", "comment__parent__search_vector")
        .prefetch_related("findings")
        .get(pk=pk)
    )
    return found


def decision_form(case: Case, data: QueryDict | None = None, **kept: Any) -> DecisionForm:
    """`kept` is what the moderator had typed before it was refused."""
    latest = latest_decision(case)
    initial = {**kept, "revision": case.revision, "latest": latest.pk if latest else None}
    return DecisionForm(
        data,
        initial=initial,
        verbs=possible_verbs(case.comment),
        comment=case.comment,
        findings=list(case.findings.all()),
    )


def refused_form(case: Case, typed: DecisionForm) -> DecisionForm:
    """To decide about the case as it is now, with what was typed about it as it was."""
    kept = {name: typed[name].value() for name in typed.fields}
    return decision_form(case, **kept)


def why_not(case: Case, moderator: Member) -> str:
    """Why this moderator may not decide about the case at all; "": they may."""
    if not moderator.has_perm("moderation.decide_case"):
        return _("You may read cases, but not decide them.")
    try:
        decisions.check(case, moderator, case.revision, concerned(case.comment))
    except DecisionRefusedError as refusal:
        return sentence(refusal)
    return ""


def case_page(
    site: AdminSite,
    request: HttpRequest,
    case: Case,
    form: DecisionForm,
    *,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    moderator, moment, comment = moderator_of(request), timezone.now(), case.comment
    findings = list(case.findings.all())
    around = case_file.surroundings(comment)
    top = around.above[0] if around.above else comment
    context = site.each_context(request) | {
        "title": str(case),
        "opts": Case._meta,
        "case": case,
        "comment": comment,
        "form": form,
        "why_not": why_not(case, moderator),
        "is_overdue": cases.is_overdue(case, moment),
        "is_claimed": cases.is_claimed(case, moment),
        "is_mine": case.claimed_by_id == moderator.pk,
        "parts": case_file.marked(comment.body, findings),
        "is_upsetting": case_file.is_upsetting(case),
        "around": around,
        "is_slow": top.slow_until is not None and top.slow_until > moment,
        "author": case_file.about_author(case, comment.author),
        "similar": case_file.similar_decisions(case, comment, moderator),
        "decisions": _decisions(case),
        "next_case": case_file.next_case(case if case.is_waiting else None, moderator, moment),
    }
    context |= why_here(case, moderator) | (more or {})
    return render(request, "admin/moderation/case/case.html", context, status=status)


def why_here(case: Case, moderator: Member) -> dict[str, Any]:
    """What templates/admin/moderation/case/_why.html is given. Nobody reads what was reported
    about their own words."""
    reports = Report.objects.filter(case=case).order_by("-pk")
    if case.comment.author.member_id == moderator.pk:
        reports = reports.none()
    return {
        "found": found_in(case),
        "reports": reports[:_REPORTS_AT_MOST],
        "report_count": reports.count(),
    }


def _decisions(case: Case) -> list[Decision]:
    waiting = Prefetch("appeals", Appeal.objects.order_by("pk"))
    made = Decision.objects.filter(case=case).select_related(
        "entry", "moderator", "sealed_original"
    )
    return list(made.prefetch_related(waiting)[:_DECISIONS_AT_MOST])
