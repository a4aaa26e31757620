"""The rooms of a consultation in admin: pages beside its form, each with its own permission."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from accounts.models import Member
from discussions.models import Consultation

VIEW, CHANGE = "discussions.view_consultation", "discussions.change_consultation"
RUN, DOWNLOAD_IN_FULL = "discussions.run_consultation", "discussions.download_in_full"

_View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Room:
    """A page about one consultation. Its view gets the request and the consultation (and what
    else its route names); whoever lacks the permission gets a 403 instead.

    Without a label it is not listed among the links: a step within another room.
    """

    route: str  # below the consultation's own address in admin, such as "dates/"
    name: str  # of its address: admin:discussions_consultation_<name>
    view: _View
    permission: str
    label: str | Promise = ""

    def address(self, consultation: Consultation) -> str:
        return reverse(f"admin:discussions_consultation_{self.name}", args=[consultation.pk])


def routes(
    model_admin: admin.ModelAdmin[Consultation], rooms: tuple[Room, ...]
) -> list[URLPattern]:
    return [
        path(
            f"<int:object_id>/{room.route}",
            model_admin.admin_site.admin_view(_guarded(room)),
            name=f"discussions_consultation_{room.name}",
        )
        for room in rooms
    ]


def links(
    rooms: tuple[Room, ...], request: HttpRequest, consultation: Consultation
) -> list[dict[str, Any]]:
    """To the rooms that this member of staff may enter."""
    return [
        {"address": room.address(consultation), "label": room.label}
        for room in rooms
        if room.label and _may_enter(room, request)
    ]


def page(
    request: HttpRequest,
    consultation: Consultation,
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """`admin/discussions/consultation/<template>.html`, with what every page of admin shows.

    The template extends admin/discussions/consultation/room.html; `title` is the page's own.
    """
    known = admin.site.each_context(request) | {
        "opts": Consultation._meta,
        "original": consultation,
        **context,
    }
    return render(request, f"admin/discussions/consultation/{template}.html", known, status=status)


def staff_of(request: HttpRequest) -> Member:
    """Who acts. Admin has let nobody else in."""
    if not isinstance(request.user, Member):
        raise PermissionDenied
    return request.user


def _guarded(room: Room) -> _View:
    def view(request: HttpRequest, object_id: int, **more: Any) -> HttpResponseBase:
        if not _may_enter(room, request):
            raise PermissionDenied
        consultation = Consultation.objects.filter(pk=object_id).first()
        if consultation is None:
            raise Http404
        return room.view(request, consultation, **more)

    return view


def _may_enter(room: Room, request: HttpRequest) -> bool:
    return staff_of(request).has_perm(room.permission)
