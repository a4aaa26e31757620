"""Reporting a comment, and what became of it: for members, and under its reference for anyone."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Member
from accounts.views.access import for_member
from discussions.models import Comment
from discussions.permissions import Action, check_allowed
from discussions.reading import Reading
from discussions.reporting import ReportSentBeforeError, report_comment, was_reported
from discussions.threads import read_with_ancestors
from discussions.views.access import address_of, comment_or_404, viewer_of
from discussions.views.refusals import refusals_told
from moderation import appeals, explaining
from moderation.forms import AppealForm, ReferenceForm, ReportForm
from moderation.limits import (
    TooOftenError,
    check_limit,
    references_from_address,
    reports_from_address,
    reports_of_member,
)
from moderation.models import Appeal, Decision, Report
from moderation.reports import NewReport, report_with

_REPORTS_ON_A_PAGE = 50

_Arguments = ParamSpec("_Arguments")
_View = Callable[Concatenate[HttpRequest, _Arguments], HttpResponse]


def _private(view: _View[_Arguments]) -> _View[_Arguments]:
    """Kept by no cache and listed by no search engine: the address alone opens it."""

    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@require_http_methods(["GET", "POST"])
@refusals_told
def report(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    comment = comment_or_404(pk, viewer)
    check_allowed(Action.REPORT, comment, viewer, timezone.now())
    if request.method == "GET":
        return _form_page(request, comment, ReportForm())
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _form_page(request, comment, form, status=422)
    new = form.new()
    try:
        _check_limits(request, viewer, new)
        filed = report_comment(comment, viewer, new)
    except TooOftenError as refusal:
        form.add_error(None, _too_often())
        response = _form_page(request, comment, form, status=429)
        response["Retry-After"] = str(int(refusal.limit.window.total_seconds()))
        return response
    except ReportSentBeforeError:
        form.add_error("form_key", _("This form was already sent. Please send it once more."))
        return _form_page(request, comment, form, status=409)
    except Comment.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Thank you. We have your report."))
    return redirect("report_outcome", filed.reference)


@_private
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Where a reference is typed in."""
    if "reference" not in request.GET:
        return render(request, "discussions/reports.html", {"form": ReferenceForm()})
    form = ReferenceForm(request.GET)
    status = 422
    if form.is_valid():
        try:
            found = _found(request, form.cleaned_data["reference"])
        except TooOftenError:
            form.add_error("reference", _too_often())
            status = 429
        else:
            if found is not None:
                return redirect("report_outcome", found.reference)
            form.add_error("reference", _("We know no report with this reference."))
            status = 404
    return render(request, "discussions/reports.html", {"form": form}, status=status)


@_private
@require_http_methods(["GET", "POST"])
def report_outcome(request: HttpRequest, reference: str) -> HttpResponse:
    """What became of a report; its reporter may appeal."""
    try:
        found = _found(request, reference)
    except TooOftenError:
        context = {"form": ReferenceForm(), "refusal": _too_often()}
        return render(request, "discussions/reports.html", context, status=429)
    if found is None:
        raise Http404
    if request.method == "GET":
        return _outcome_page(request, found, AppealForm())
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _outcome_page(request, found, form, status=422)
    decision = _decision_on(found)
    if decision is None or not _is_published(found):
        messages.warning(request, _("There is nothing to appeal against any more."))
        return redirect("report_outcome", found.reference)
    words = form.cleaned_data["words"]
    try:
        appeals.appeal_decision(decision, words, found.reporter, timezone.now(), found)
    except appeals.AppealRefusedError:
        messages.warning(request, _("There is nothing to appeal against any more."))
    else:
        messages.success(request, _("We have your appeal. Somebody else looks again."))
    return redirect("report_outcome", found.reference)


@require_safe
@for_member
def account_reports(request: HttpRequest, member: Member) -> HttpResponse:
    mine = Report.objects.filter(reporter=member).order_by("-pk")
    found = list(
        mine.select_related("case__comment__discussion__consultation", "decision", "appeal")[
            :_REPORTS_ON_A_PAGE
        ]
    )
    rows = [{"report": each, "what": explaining.what_was_reported(each)} for each in found]
    return render(request, "discussions/my_reports.html", {"rows": rows})


def _check_limits(request: HttpRequest, viewer: Member | None, new: NewReport) -> None:
    """The nearest first: what one member is refused does not count against their neighbours."""
    if was_reported(new):
        return
    if viewer is not None:
        check_limit(reports_of_member(), str(viewer.pk))
    check_limit(reports_from_address(), address_of(request))


def _too_often() -> str:
    return _("That was a lot in a short time. Please wait ten minutes, then go on.")


def _form_page(
    request: HttpRequest, comment: Comment, form: ReportForm, status: int = 200
) -> HttpResponse:
    reading = Reading(comment.discussion, viewer_of(request), timezone.now())
    _ancestors, node = read_with_ancestors(reading, comment)
    context: dict[str, Any] = {
        "comment": comment,
        "discussion": comment.discussion,
        "consultation": comment.discussion.consultation,
        "node": node,
        "form": form,
        "moment": reading.moment,
        "is_signed_in": reading.viewer is not None,
    }
    return render(request, "discussions/report.html", context, status=status)


def _found(request: HttpRequest, reference: str) -> Report | None:
    """None also for a member whose report it is not. Raises TooOftenError."""
    check_limit(references_from_address(), address_of(request))
    found = report_with(reference)
    viewer = viewer_of(request)
    if found is None or viewer is None or found.reporter_id in (None, viewer.pk):
        return found
    return None


def _decision_on(report: Report) -> Decision | None:
    """How things stand: the one that answered it, or what was decided since."""
    if report.decision_id is None:
        return None
    latest: Decision | None = (
        Decision.objects.filter(case=report.case_id).select_related("entry").first()
    )
    return latest


def _is_published(report: Report) -> bool:
    comment = report.case.comment
    return comment.is_published and comment.discussion.consultation.published_at is not None


def _outcome_page(
    request: HttpRequest, report: Report, form: AppealForm, status: int = 200
) -> HttpResponse:
    decision = _decision_on(report)
    appeal = Appeal.objects.filter(report=report).first()
    is_published = _is_published(report)
    may_appeal = decision is not None and is_published and appeal is None
    context = {
        "report": report,
        "what": explaining.what_was_reported(report),
        "decision": decision,
        "told": explaining.told_to_reporter(decision, report) if decision else "",
        "link": reverse("comment", args=[report.case.comment_id]) if is_published else "",
        "appeal": appeal,
        "may_appeal": may_appeal
        and decision is not None
        and appeals.may_appeal(decision, timezone.now(), as_reporter=True),
        "form": form,
        "answered_within": appeals.DUE_WITHIN,
        "is_signed_in": request.user.is_authenticated,
    }
    return render(request, "discussions/report_outcome.html", context, status=status)
