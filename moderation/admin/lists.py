"""What readers reported, what was decided, and the log: read here, changed by nobody."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.read_only import ReadOnlyAdmin
from moderation.admin.remit import InRemitAdmin, moderator_of
from moderation.guidelines import guideline_choices, numbered
from moderation.models import Decision, LedgerEntry, Report


def case_link(case_id: int) -> SafeString:
    address = reverse("admin:moderation_case_change", args=[case_id])
    return format_html('<a href="{}">{}</a>', address, _("Case %d") % case_id)


class GuidelineFilter(admin.SimpleListFilter):
    title = _("guideline")
    parameter_name = "guideline"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(str(number), title) for number, title in guideline_choices()]

    def queryset(self, request: HttpRequest, queryset):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - of any model
        chosen = {choice for choice, _title in self.lookup_choices}
        return queryset.filter(guideline=self.value()) if self.value() in chosen else None


class WithGuideline:
    """For rows that have a case and a guideline."""

    @admin.display(description=_("guideline"), ordering="guideline")
    def which_guideline(self, row: Report | Decision) -> str:
        return numbered(row.guideline) if row.guideline else "–"

    @admin.display(description=_("case"), ordering="case")
    def its_case(self, row: Report | Decision) -> SafeString:
        return case_link(row.case_id)


@admin.register(Report)
class ReportAdmin(WithGuideline, InRemitAdmin[Report]):
    consultation = "case__consultation"
    list_display = (
        "reference",
        "reported_at",
        "its_case",
        "which_guideline",
        "is_illegal",
        "reporter",
        "decision",
    )
    list_select_related = ("reporter", "decision")
    list_filter = (GuidelineFilter, "is_illegal", ("decision", admin.EmptyFieldListFilter))
    search_fields = ("reference",)
    ordering = ("-reported_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Nobody looks up who reported their own words."""
        own = {"case__comment__author__member": moderator_of(request)}
        return super().get_queryset(request).exclude(**own)

    fields = (
        "reference",
        "its_case",
        "which_guideline",
        "is_illegal",
        "explanation",
        "reporter",
        "reported_at",
        "decision",
    )
    readonly_fields = ("reference", "its_case", "which_guideline")


@admin.register(Decision)
class DecisionAdmin(WithGuideline, InRemitAdmin[Decision]):
    consultation = "case__consultation"
    list_display = ("verb", "decided_at", "its_case", "which_guideline", "raised_by", "moderator")
    list_select_related = ("entry", "moderator")
    list_filter = ("verb", GuidelineFilter, "raised_by")
    fields = (
        "verb",
        "its_case",
        "which_guideline",
        "guidelines_version",
        "raised_by",
        "reason",
        "note",
        "moderator",
        "decided_at",
        "status_before",
        "status_after",
        "entry",
    )
    readonly_fields = ("its_case", "which_guideline", "decided_at")

    @admin.display(description=_("decided"))
    def decided_at(self, decision: Decision) -> object:
        return decision.entry.at


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin, admin.ModelAdmin[LedgerEntry]):
    """Without anybody's name or words, so everybody who moderates sees all of it."""

    list_display = ("number", "at", "event", "consultation", "case_number", "what", "guideline")
    list_filter = ("event",)
    search_fields = ("=consultation", "=case_number")
    search_help_text = _("A case’s number, or a consultation as its address names it.")
    ordering = ("-number",)
    show_full_result_count = False
