"""What came of a consultation, in admin: written, looked at as a reader, published, archived."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions import outcome
from discussions.admin.outcome_forms import IntroductionForm, points_formset
from discussions.admin.rooms import RUN, Room, page, staff_of
from discussions.answer_clock import answer_clock
from discussions.cited_mails import to_tell_of
from discussions.models import Consultation, Follower
from discussions.outcome import AnswerRefusedError
from moderation import recent_actions
from moderation.elections import FrozenError, why_frozen
from moderation.timeline import Phase

_TO_PICK_FROM = 20


def outcome_room(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    if request.method != "POST" or consultation.archived_at is not None:
        introduction = IntroductionForm(initial={"introduction": consultation.outcome_introduction})
        return _page(request, consultation, introduction, points_formset(consultation))
    introduction = IntroductionForm(request.POST)
    points = points_formset(consultation, request.POST)
    if not (introduction.is_valid() & points.is_valid()):
        return _page(request, consultation, introduction, points, status=422)
    try:
        outcome.keep_outcome(
            consultation,
            introduction.cleaned_data["introduction"],
            points.points(),
            points.left_out(),
        )
    except (AnswerRefusedError, FrozenError) as refusal:
        told = str(refusal)
        return _page(request, consultation, introduction, points, status=409, refusal=told)
    note(request, consultation, "Outcome written.")
    messages.success(request, _("The outcome is saved."))
    step = "outcome_preview" if "preview" in request.POST else "outcome"
    return redirect(f"admin:discussions_consultation_{step}", consultation.pk)


def outcome_preview(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """As readers will see it."""
    context = {
        "consultation": consultation,
        "points": outcome.shown_points(consultation),
        "back": OUTCOME.address(consultation),
    }
    return render(request, "discussions/answer_preview.html", context)


def publish_outcome(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    if consultation.outcome_published_at is not None:
        messages.info(request, _("The outcome is published."))
        return redirect(OUTCOME.address(consultation))
    if request.method == "POST":
        done = _("The outcome is published. Followers and those it cites are told.")
        return _done(request, consultation, outcome.publish_outcome, done)
    points = outcome.shown_points(consultation)
    cited = {each.pk for point in points for each in point.quoted}
    told = to_tell_of(cited).count()
    context = {
        "title": _("Publish the outcome"),
        "frozen": why_frozen(timezone.now()),
        "followers": Follower.objects.filter(consultation=consultation).count(),
        "points": len(points),
        "told": told,
        "not_told": len(cited) - told,
        "back": OUTCOME.address(consultation),
    }
    return page(request, consultation, "publish_outcome", context)


def archive(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    if consultation.archived_at is not None:
        messages.info(request, _("The consultation is archived."))
        return redirect(OUTCOME.address(consultation))
    if request.method == "POST":
        return _done(request, consultation, outcome.archive, _("The consultation is archived."))
    context = {
        "title": _("Archive"),
        "frozen": why_frozen(timezone.now()),
        "has_outcome": consultation.has_outcome(timezone.now()),
        "clock": answer_clock(consultation, timezone.now()),
        "back": OUTCOME.address(consultation),
    }
    return page(request, consultation, "archive", context)


def note(request: HttpRequest, consultation: Consultation, what: str) -> None:
    """Who did it, in the history of the consultation in admin."""
    recent_actions.note(staff_of(request), consultation, what)


def _done(
    request: HttpRequest,
    consultation: Consultation,
    verb: Callable[[Consultation], Consultation],
    told: str,
) -> HttpResponse:
    try:
        verb(consultation)
    except (AnswerRefusedError, FrozenError) as refusal:
        messages.error(request, str(refusal))
    else:
        note(request, consultation, told)
        messages.success(request, told)
    return redirect(OUTCOME.address(consultation))


def _page(
    request: HttpRequest,
    consultation: Consultation,
    introduction: IntroductionForm,
    points: Any,  # noqa: ANN401 - Django's formsets are made at run time
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    moment = timezone.now()
    context = {
        "title": _("Outcome"),
        "introduction": introduction,
        "points": points,
        "refusal": refusal,
        "most_agreed": outcome.most_agreed(consultation, _TO_PICK_FROM),
        "clock": answer_clock(consultation, moment),
        "is_closed": consultation.phase(moment) is Phase.CLOSED,
        "is_public": consultation.has_outcome(moment),
    }
    return page(request, consultation, "outcome", context, status)


OUTCOME = Room("outcome/", "outcome", outcome_room, RUN, gettext_lazy("Outcome"))
ROOMS = (
    OUTCOME,
    Room("outcome/preview/", "outcome_preview", outcome_preview, RUN),
    Room("outcome/publish/", "outcome_publish", publish_outcome, RUN),
    Room("outcome/archive/", "outcome_archive", archive, RUN),
)
