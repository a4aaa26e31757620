"""Admin of consultations, their discussions, and who takes part."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from discussions.admin import (
    answering,
    downloads,
    figures,
    preparing,
    running,
    voices,
    who_took_part,
)
from discussions.admin.rooms import links, routes
from discussions.models import (
    Consultation,
    Discussion,
    OutcomePoint,
    Participant,
    Prompt,
    TimelineEvent,
)

ROOMS = (
    *preparing.ROOMS,
    *running.ROOMS,
    *answering.ROOMS,
    *voices.ROOMS,
    *figures.ROOMS,
    *downloads.ROOMS,
    *who_took_part.ROOMS,
)


class DiscussionInline(admin.TabularInline[Discussion, Consultation]):
    model = Discussion
    fields = ("position", "title", "slug")
    extra = 0
    show_change_link = True


class TimelineEventInline(admin.TabularInline[TimelineEvent, Consultation]):
    model = TimelineEvent
    extra = 0


class OutcomePointInline(admin.StackedInline[OutcomePoint, Consultation]):
    model = OutcomePoint
    extra = 0


@admin.register(Consultation)
class ConsultationAdmin(admin.ModelAdmin[Consultation]):
    list_display = ("title", "owner", "published_at", "opens_at", "closes_at")
    prepopulated_fields = {"slug": ("title",)}
    search_fields = ("title",)
    inlines = (DiscussionInline, TimelineEventInline, OutcomePointInline)
    change_form_template = "admin/discussions/consultation/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        return [*routes(self, ROOMS), *super().get_urls()]

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
        return super().render_change_form(request, context, add, change, form_url, obj)


class PromptInline(admin.TabularInline[Prompt, Discussion]):
    model = Prompt
    extra = 0


@admin.register(Discussion)
class DiscussionAdmin(admin.ModelAdmin[Discussion]):
    list_display = ("title", "consultation", "comment_count", "last_posted_at")
    list_select_related = ("consultation",)
    list_filter = ("consultation",)
    search_fields = ("title",)
    autocomplete_fields = ("hosts",)
    inlines = (PromptInline,)


@admin.register(Participant)
class ParticipantAdmin(admin.ModelAdmin[Participant]):
    """A participant is made a host by naming their organisation."""

    list_display = ("shown_name", "member", "organisation", "consultation")
    list_select_related = ("consultation", "member")
    list_filter = ("consultation", "organisation")
    search_fields = ("name", "member__display_name")
    autocomplete_fields = ("member", "consultation")
