"""Before a consultation opens: its checklist, its preview, a copy of an earlier one."""

import copy
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from discussions.admin.rooms import RUN, VIEW, Room, page, staff_of
from discussions.copying import copy as copied
from discussions.models import Consultation, Discussion
from discussions.posting import database_moment
from discussions.preparing import PublishRefusedError, State, checklist, missing, publish
from discussions.views.discussion_page import discussion_context
from discussions.views.reading import consultation_context
from moderation.elections import FrozenError
from moderation.recent_actions import note

_LISTED_AT_MOST = 200
# Where each is seen to, in the form of the consultation.
_PLACES = {
    "question": "id_summary",
    "why_now": "id_why_now",
    "information": "id_information",
    "discussions": "discussions-group",
    "hosts": "discussions-group",
    "dates": "id_opens_at_0",
    "other_ways": "id_other_ways",
}


def standing(consultation: Consultation) -> dict[str, Any]:
    """What the form says on top: the phase and, of a draft, what is missing."""
    moment = timezone.now()
    context: dict[str, Any] = {"phase": consultation.phase(moment), "moment": moment}
    if consultation.published_at is None:
        context["missing"] = missing(checklist(consultation, moment))
    return context


@require_safe
def show_checklist(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    items = checklist(consultation, timezone.now())
    context = {
        "title": _("Checklist"),
        "items": [(each, _PLACES.get(each.key, "")) for each in items],
        "missing": missing(items),
        "may_publish": staff_of(request).has_perm(RUN),
    }
    return page(request, consultation, "checklist", context)


@require_http_methods(["GET", "HEAD", "POST"])
def publish_it(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    there = redirect("admin:discussions_consultation_checklist", consultation.pk)
    if request.method == "POST":
        _publish(request, consultation)
        return there
    if consultation.published_at is not None:
        return there
    items = checklist(consultation, timezone.now())
    if missing(items):
        return there
    warnings = [each for each in items if each.state is State.WARNING]
    context = {
        "title": _("Publish"),
        "warnings": warnings,
        "opens_now": consultation.opens_at and consultation.opens_at <= timezone.now(),
    }
    return page(request, consultation, "publish", context)


def _publish(request: HttpRequest, consultation: Consultation) -> None:
    staff = staff_of(request)
    try:
        published = publish(consultation, staff, database_moment())
    except (PublishRefusedError, FrozenError) as refusal:
        messages.error(request, str(refusal))
        return
    note(staff, published, _("Published."))
    messages.success(request, _("Published. Readers can see it now."))


@require_safe
def preview(request: HttpRequest, consultation: Consultation) -> HttpResponseBase:
    """The page as somebody sees it who is signed out, with whatever is not saved left out."""
    found = Consultation.objects.with_surroundings().get(pk=consultation.pk)
    _as_published(found)
    for row in found.discussion_rows:
        row["preview"] = _preview_address(found, row["slug"])
    reader = _as_reader(request)
    context = consultation_context(reader, found) | _frame(found)
    return _inert(reader, "preview", context)


@require_safe
def preview_discussion(
    request: HttpRequest, consultation: Consultation, discussion: str
) -> HttpResponseBase:
    theirs = Discussion.objects.with_surroundings().filter(consultation=consultation)
    found = theirs.filter(slug=discussion).first()
    if found is None:
        raise Http404
    _as_published(found.consultation)
    reader = _as_reader(request)
    context = discussion_context(reader, found) | _frame(found.consultation)
    return _inert(reader, "preview_discussion", context)


@require_http_methods(["GET", "HEAD", "POST"])
def make_copy(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    if request.method != "POST":
        return page(request, consultation, "copy", {"title": _("Copy")})
    made = copied(consultation)
    told = _("Copied from “%(title)s”.") % {"title": consultation.title}
    note(staff_of(request), made, told)
    messages.success(request, _("Here is the copy, a draft. Give it a title and dates."))
    return redirect("admin:discussions_consultation_change", made.pk)


def _as_published(consultation: Consultation) -> None:
    """On this page alone. Without dates it stays a draft, which has no phase to show."""
    if consultation.opens_at is not None and consultation.closes_at is not None:
        consultation.published_at = consultation.published_at or timezone.now()


def _inert(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """The browser sends no form of it."""

    def shown(request: HttpRequest) -> HttpResponse:
        return render(request, f"admin/discussions/consultation/{template}.html", context)

    return csp_replace({"form-action": [NONE]})(shown)(request)


def _as_reader(request: HttpRequest) -> HttpRequest:
    reader = copy.copy(request)
    reader.user = AnonymousUser()
    return reader


def _frame(consultation: Consultation) -> dict[str, Any]:
    discussions = Discussion.objects.filter(consultation=consultation).order_by("position", "pk")
    return {
        "form_address": reverse("admin:discussions_consultation_change", args=[consultation.pk]),
        "checklist_address": reverse(
            "admin:discussions_consultation_checklist", args=[consultation.pk]
        ),
        "preview_address": reverse(
            "admin:discussions_consultation_preview", args=[consultation.pk]
        ),
        "previews": [
            {"title": each.title, "address": _preview_address(consultation, each.slug)}
            for each in discussions[:_LISTED_AT_MOST]
        ],
    }


def _preview_address(consultation: Consultation, slug: str) -> str:
    there = "admin:discussions_consultation_preview_discussion"
    return reverse(there, args=[consultation.pk, slug])


ROOMS: tuple[Room, ...] = (
    Room("checklist/", "checklist", show_checklist, VIEW, gettext_lazy("Checklist")),
    Room("publish/", "publish", publish_it, RUN),
    Room("preview/", "preview", preview, VIEW, gettext_lazy("Preview")),
    Room("preview/<slug:discussion>/", "preview_discussion", preview_discussion, VIEW),
    Room("copy/", "copy", make_copy, "discussions.add_consultation", gettext_lazy("Copy")),
)
