"""Admin of consultations, their discussions, and who takes part."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import about_you
from discussions.models import (
    Consultation,
    Discussion,
    OutcomePoint,
    Participant,
    Prompt,
    TimelineEvent,
)
from discussions.responses import members_who_responded
from moderation.timeline import Phase


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
        who_took_part = path(
            "<path:object_id>/who-took-part/",
            self.admin_site.admin_view(self.who_took_part),
            name="discussions_consultation_who_took_part",
        )
        return [who_took_part, *super().get_urls()]

    def who_took_part(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The equality questions in counts, of the consultation as a whole and nothing smaller."""
        consultation = self.get_object(request, object_id)
        if not self.has_view_permission(request, consultation):
            raise PermissionDenied
        if consultation is None:
            raise Http404
        context = self.admin_site.each_context(request) | {
            "title": _("Who took part"),
            "opts": self.opts,
            "original": consultation,
            # While people still join in, one more of them could be told by what changes.
            "is_open": consultation.phase(timezone.now()) is not Phase.CLOSED,
            "questions": _who_took_part(consultation),
            "least": about_you.LEAST_SHOWN,
        }
        return render(request, "admin/discussions/consultation/who_took_part.html", context)


def _who_took_part(consultation: Consultation) -> list[about_you.QuestionCounts]:
    if consultation.phase(timezone.now()) is not Phase.CLOSED:
        return []
    return about_you.counts(members_who_responded(consultation))


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
