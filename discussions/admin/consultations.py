"""Admin of consultations, their discussions, and who takes part."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from discussions.admin import (
    answering,
    downloads,
    figures,
    preparing,
    running,
    voices,
    who_took_part,
)
from discussions.admin.consultation_form import (
    PICTURE,
    ConsultationForm,
    DiscussionRowForm,
    EventRowForm,
    image_of,
)
from discussions.admin.discussion_form import (
    NEW_HOST,
    DiscussionForm,
    ParticipantForm,
    PromptForm,
    PromptRows,
    number_prompts,
)
from discussions.admin.rooms import links, routes, staff_of
from discussions.admin.rows import BoxesInline, RowsInline, Stays, TakesAway
from discussions.models import (
    Consultation,
    Discussion,
    Participant,
    Prompt,
    TimelineEvent,
)
from discussions.templatetags.talk import phase_name
from moderation.recent_actions import note

ROOMS = (
    *preparing.ROOMS,
    *running.ROOMS,
    *answering.ROOMS,
    *voices.ROOMS,
    *figures.ROOMS,
    *downloads.ROOMS,
    *who_took_part.ROOMS,
)
_DATES = ("opens_at", "closes_at")
_Fieldsets = tuple[tuple[Any, Any], ...]


class DiscussionInline(RowsInline[Discussion, Consultation]):
    model = Discussion
    form = DiscussionRowForm
    fields = ("position", "title", "slug", "away")
    prepopulated_fields = {"slug": ("title",)}
    show_change_link = True
    verbose_name_plural = _("discussions: save, then open each to add its prompts and hosts")


class TimelineEventInline(BoxesInline[TimelineEvent, Consultation]):
    model = TimelineEvent
    form = EventRowForm
    fields = (
        ("title", "position"),
        ("starts_on", "ends_on", "stated"),
        "note",
        "link",
        ("is_the_discussion", "away"),
    )
    verbose_name = _("step")
    verbose_name_plural = _("steps of the timeline")


class _Guarded(TakesAway, Stays):
    """Nothing is erased here, nothing of an archived consultation is changed, and who changed what
    is noted as for every other verb of staff."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401 - of any kind
        consultation = obj if obj is None or isinstance(obj, Consultation) else obj.consultation
        if consultation is not None and consultation.archived_at is not None:
            return False
        return bool(super().has_change_permission(request, obj))  # type: ignore[misc]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:  # noqa: ANN401
        return note(staff_of(request), obj, json.dumps(message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:  # noqa: ANN401
        return note(staff_of(request), obj, json.dumps(message))


@admin.register(Consultation)
class ConsultationAdmin(_Guarded, admin.ModelAdmin[Consultation]):
    form = ConsultationForm
    list_display = ("title", "shown_phase", "owner", "opens_at", "closes_at")
    search_fields = ("title",)
    inlines = (DiscussionInline, TimelineEventInline)
    change_form_template = "admin/discussions/consultation/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        return [*routes(self, ROOMS), *super().get_urls()]

    @admin.display(description=_("phase"))
    def shown_phase(self, consultation: Consultation) -> str:
        return phase_name(consultation.phase(timezone.now()))

    @admin.display(description=_("Picture now"))
    def picture_now(self, consultation: Consultation) -> str | SafeString:
        image = image_of(consultation)
        if image is None:
            return gettext("None yet.")
        return format_html(
            '<img class="picture-now" src="{}" alt="{}" width="{}" height="{}">',
            reverse("consultation_image", args=[consultation.slug, image.digest]),
            image.alt,
            image.width,
            image.height,
        )

    def get_fieldsets(self, request: HttpRequest, obj: Consultation | None = None) -> _Fieldsets:
        changes = self.has_change_permission(request, obj) if obj else True
        picture = ("picture_now", *(PICTURE if changes else ()))
        if obj is not None and image_of(obj) is None:
            picture = tuple(name for name in picture if name != "picture_away")
        return (
            (_("The question"), {"fields": ("title", "slug", "owner", "summary")}),
            (_("Why now"), {"fields": ("why_now",)}),
            (_("Information"), {"fields": ("information",)}),
            (_("Other ways to respond"), {"fields": ("other_ways",)}),
            (_("Dates"), {"fields": _DATES, "description": _about_dates(obj)}),
            (_("Hosts’ promise"), {"fields": ("host_promise", "answer_due_on")}),
            (_("Picture"), {"fields": picture if obj else PICTURE[:-1]}),
            (
                _("Earlier responses"),
                {
                    "fields": ("earlier_respondents", "earlier_responses"),
                    "description": _("Given elsewhere before. Readers see them in the figures."),
                },
            ),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Consultation | None = None
    ) -> tuple[str, ...]:
        is_known = obj is not None and obj.published_at is not None
        return ("picture_now", "slug", *_DATES) if is_known else ("picture_now",)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Consultation | None = None
    ) -> dict[str, Sequence[str]]:
        return {} if obj is not None else {"slug": ("title",)}

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Consultation | None:
        """Locked while it is saved: it may be published, or its dates change, at this moment."""
        if request.method == "POST" and connection.in_atomic_block and object_id.isdecimal():
            _lock(pk=object_id)
        return super().get_object(request, object_id, from_field)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, FBT001 - Django's signature
        super().save_related(request, form, formsets, change)
        form.save_picture()

    def view_on_site(self, obj: Consultation) -> str:
        if obj.published_at is None:
            return reverse("admin:discussions_consultation_preview", args=[obj.pk])
        return obj.get_absolute_url()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Consultation | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context["rooms"] = links(ROOMS, request, obj)
            context |= preparing.standing(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


class PromptInline(RowsInline[Prompt, Discussion]):
    model = Prompt
    form = PromptForm
    formset = PromptRows  # type: ignore[assignment]  # of the form beside it
    fields = ("position", "text", "away")


@admin.register(Discussion)
class DiscussionAdmin(_Guarded, admin.ModelAdmin[Discussion]):
    form = DiscussionForm
    list_display = ("title", "consultation", "comment_count", "last_posted_at")
    list_select_related = ("consultation",)
    list_filter = ("consultation",)
    search_fields = ("title",)
    inlines = (PromptInline,)

    def has_add_permission(self, *_arguments: object) -> bool:
        """They are added where they belong: in the form of their consultation."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Discussion | None = None) -> _Fieldsets:
        changes = self.has_change_permission(request, obj)
        return (
            (None, {"fields": ("consultation", "title", "slug", "introduction", "notice")}),
            (_("Hosts"), {"fields": ("hosts", *(NEW_HOST if changes else ()))}),
            (
                _("Dates of its own"),
                {"fields": _DATES, "description": _about_dates(obj.consultation if obj else None)},
            ),
            (_("Moderation and place"), {"fields": ("mode", "position")}),
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Discussion | None = None
    ) -> tuple[str, ...]:
        is_known = obj is not None and obj.consultation.published_at is not None
        return ("consultation", "slug", *_DATES) if is_known else ("consultation",)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Discussion | None:
        if request.method == "POST" and connection.in_atomic_block and object_id.isdecimal():
            _lock(discussions=object_id)
        return super().get_object(request, object_id, from_field)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, FBT001 - Django's signature
        super().save_related(request, form, formsets, change)
        form.save_host()
        number_prompts(form.instance)

    def view_on_site(self, obj: Discussion) -> str:
        if obj.consultation.published_at is None:
            there = "admin:discussions_consultation_preview_discussion"
            return reverse(there, args=[obj.consultation_id, obj.slug])
        return obj.get_absolute_url()


@admin.register(Participant)
class ParticipantAdmin(_Guarded, admin.ModelAdmin[Participant]):
    """A participant is made a host by naming their organisation."""

    form = ParticipantForm
    list_display = ("shown_name", "member", "organisation", "consultation")
    list_select_related = ("consultation", "member")
    list_filter = ("consultation", "organisation")
    search_fields = ("name", "member__display_name")
    fields = ("consultation", "member", "name", "organisation")
    readonly_fields = ("consultation", "member", "name")

    def has_add_permission(self, *_arguments: object) -> bool:
        """Who posts takes part; hosts are named in the form of a discussion."""
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Participant | None:
        if request.method == "POST" and connection.in_atomic_block and object_id.isdecimal():
            _lock(participants=object_id)
        return super().get_object(request, object_id, from_field)


def _lock(**which: str) -> None:
    Consultation.objects.select_for_update(no_key=True).filter(**which).first()


def _about_dates(consultation: Consultation | None) -> str | SafeString:
    if consultation is None or consultation.published_at is None:
        return gettext("London time. They can be changed freely until it is published.")
    return format_html(
        '{} <a href="{}">{}</a>.',
        gettext("Readers know these dates. To change them, with a reason, go to"),
        reverse("admin:discussions_consultation_dates", args=[consultation.pk]),
        gettext("its dates"),
    )
