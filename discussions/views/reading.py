"""Pages that anyone may read."""

from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from discussions import cards
from discussions.archive import ready_archive
from discussions.cursors import is_id
from discussions.dates import answer_due
from discussions.events import shown_changes, timeline
from discussions.models import Consultation
from discussions.news import shown_updates
from discussions.outcome import shown_points
from discussions.promise import kept
from discussions.reading import Reading
from discussions.stencils import PageStencil, gap
from discussions.threads import read_replies, read_with_ancestors
from discussions.views.access import (
    comment_or_404,
    consultation_or_404,
    discussion_or_404,
    viewer_of,
)
from discussions.views.discussion_page import setting_of, taking_part
from discussions.views.following import follow_button, question
from discussions.views.framed import discussion_answer
from discussions.whole import Part, read_part
from moderation.timeline import Phase

_ON_HOME = 6  # of each kind
_LISTED_AT_MOST = 200
# A whole discussion takes ten times the memory of other pages. Threads of a process that make one
# each would take turns anyway, and be no faster.
_ONE_AT_A_TIME = Lock()


def home(request: HttpRequest) -> HttpResponse:
    by_phase = _by_phase()
    answered, waiting = _by_answer(by_phase[Phase.CLOSED])
    context = {
        "open": by_phase[Phase.OPEN][:_ON_HOME],
        "upcoming": by_phase[Phase.UPCOMING][:_ON_HOME],
        "answered": answered[:_ON_HOME],
        "waiting": waiting[:_ON_HOME],
    }
    return render(request, "discussions/home.html", context)


def consultations(request: HttpRequest) -> HttpResponse:
    by_phase = _by_phase()
    phases = [(phase, by_phase[phase]) for phase in (Phase.OPEN, Phase.UPCOMING, Phase.CLOSED)]
    return render(request, "discussions/consultations.html", {"phases": phases})


def consultation(request: HttpRequest, consultation: str) -> HttpResponse:
    context = consultation_context(request, consultation_or_404(consultation))
    return render(request, "discussions/consultation.html", context)


def consultation_context(request: HttpRequest, found: Consultation) -> dict[str, Any]:
    """What its page shows, of one that was found with its surroundings."""
    moment = timezone.now()
    has_outcome = found.has_outcome(moment)
    context = {
        "consultation": found,
        "phase": found.phase(moment),
        "discussions": found.discussion_rows,
        "events": timeline(
            found, found.event_rows, moment, changes=found.change_rows, news=found.news_rows
        ),
        "date_changes": shown_changes(found.change_rows),
        "moment": moment,
        "has_outcome": has_outcome,
        "promise": kept(found),
        "points": shown_points(found) if has_outcome else [],
        "updates": shown_updates(getattr(found, "update_rows", [])),
        "archive": ready_archive(found) if found.archived_at else None,
    }
    return context | follow_button(request, found)


def discussion(request: HttpRequest, consultation: str, discussion: str) -> HttpResponse:
    return discussion_answer(request, consultation, discussion)


def whole(request: HttpRequest, consultation: str, discussion: str) -> HttpResponse:
    """All comments, with nothing to press."""
    found = discussion_or_404(consultation, discussion)
    reading = Reading(found, viewer_of(request), timezone.now())
    after = request.GET.get("after", "")
    with _ONE_AT_A_TIME:
        part = read_part(reading, int(after) if is_id(after) else None)
        return HttpResponse(_whole_page(request, reading, part))


def _whole_page(request: HttpRequest, reading: Reading, part: Part) -> bytes:
    found = reading.discussion
    context = {
        "discussion": found,
        "consultation": found.consultation,
        "window": found.window,
        "phase": found.phase(reading.moment),
        "moment": reading.moment,
        "threads": gap(0),
        "is_empty": part.is_empty,
        "next": part.next,
        "continues": part.continues,
    }
    # Megabytes, which a template would copy from block to block.
    around = PageStencil.of("discussions/whole.html", context, request)
    setting = replace(setting_of(reading), exact=True, still=True, quiet=True)
    return around.fill([cards.whole_threads(part.threads, setting)])


def comment(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    found = comment_or_404(pk, viewer)
    reading = Reading(found.discussion, viewer, timezone.now())
    ancestors, node = read_with_ancestors(reading, found)
    after = request.GET.get("after", "")
    page = read_replies(reading, found, int(after) if is_id(after) else None)
    context = {
        "discussion": found.discussion,
        "consultation": found.discussion.consultation,
        "comment": found,
        "ancestors": ancestors,
        "node": node,
        "replies": page.replies,
        "next": page.next,
        "continues": bool(after),
    }
    context |= taking_part(reading) | question(request, found.discussion.consultation)
    if found.discussion.consultation.has_outcome(reading.moment):
        context["cited_in"] = getattr(found, "first_point", None)
    return render(request, "discussions/comment.html", context)


def _by_answer(closed: list[Consultation]) -> tuple[list[Consultation], list[Consultation]]:
    """Those that have been answered; those that wait for it, the one due first on top."""
    moment = timezone.now()
    answered = [each for each in closed if each.has_outcome(moment)]
    waiting = [each for each in closed if not each.has_outcome(moment)]
    return answered, sorted(waiting, key=lambda each: answer_due(each) or date.max)


def _by_phase() -> dict[Phase, list[Consultation]]:
    moment = timezone.now()
    found: dict[Phase, list[Consultation]] = {phase: [] for phase in Phase}
    for each in Consultation.objects.published()[:_LISTED_AT_MOST]:
        found[each.phase(moment)].append(each)
    found[Phase.OPEN].sort(key=lambda each: each.closes_at or moment)
    found[Phase.UPCOMING].sort(key=lambda each: each.opens_at or moment)
    return found
