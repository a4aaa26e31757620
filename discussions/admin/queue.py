"""The queue of cases: its columns, its order, and what is fetched for a page of it."""

from collections import Counter
from typing import Any

from django.contrib import admin
from django.contrib.postgres.search import SearchQuery
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from discussions.admin.case_filters import (
    ClaimFilter,
    ConsultationFilter,
    GuidelineFilter,
    OverdueFilter,
    RaiserFilter,
    SeverityFilter,
    StateFilter,
)
from discussions.case_file import is_upsetting
from discussions.markup import excerpt
from discussions.templatetags.talk import age, until
from moderation import cases
from moderation.admin.remit import InRemitAdmin
from moderation.models import Case, Report
from moderation.screening import Kind

_SHOWN = 140  # characters
_COUNTED_AT_MOST = 10_000
_LONGEST_NUMBER = 18


class BoundedPaginator(Paginator[Case]):
    """Nobody pages through more; counting all that was ever decided would be slow."""

    @cached_property
    def count(self) -> int:
        assert isinstance(self.object_list, QuerySet)  # noqa: S101 - of the change list
        return self.object_list.order_by().values("pk")[:_COUNTED_AT_MOST].count()


class QueueAdmin(InRemitAdmin[Case]):
    list_display = (
        "number",
        "how_severe",
        "due_and_age",
        "beginning",
        "who",
        "why",
        "in_consultation",
        "claim",
    )
    list_display_links = ("beginning",)
    list_select_related = ("comment__author__member", "consultation", "claimed_by")
    list_filter = (
        StateFilter,
        OverdueFilter,
        ClaimFilter,
        SeverityFilter,
        RaiserFilter,
        GuidelineFilter,
        ConsultationFilter,
    )
    list_per_page = 50
    list_max_show_all = 50
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    search_fields = ("comment__body",)  # shows the field; get_search_results looks
    search_help_text = _("A case’s number, or whole words of the comment.")
    change_list_template = "admin/moderation/case/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        return (
            super()
            .get_queryset(request)
            .annotate(beginning=Left("comment__body", _SHOWN + 1))
            .defer("comment__body", "comment__body_html", "comment__search_vector")
            .prefetch_related("findings", open_reports())
        )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        if request.GET.get(StateFilter.parameter_name) == Case.State.DECIDED:
            return ("-decided_at", "-pk")
        return ("severity", "opened_at", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        query = SearchQuery(words, config="english", search_type="websearch")
        found = Q(comment__search_vector=query)
        if words.isdecimal() and len(words) <= _LONGEST_NUMBER:
            found |= Q(pk=int(words))
        return queryset.filter(found), False

    @admin.display(description=_("case"))
    def number(self, case: Case) -> int:
        return int(case.pk)

    @admin.display(description=_("severity"), ordering="severity")
    def how_severe(self, case: Case) -> SafeString:
        return format_html(
            '<span class="severity severity--{}">{}</span>',
            case.severity,
            case.get_severity_display(),
        )

    @admin.display(description=_("due"), ordering="due_at")
    def due_and_age(self, case: Case) -> SafeString:
        opened = gettext("opened %(age)s") % {"age": age(case.opened_at)}
        told = due(case.due_at, is_waiting=case.is_waiting)
        return format_html('{} <span class="quiet row__more">{}</span>', told, opened)

    @admin.display(description=_("comment"))
    def beginning(self, case: Case) -> SafeString | str:
        if is_upsetting(case):
            told = gettext("Not shown here: it may upset you")
            return format_html('<span class="upsetting">{}</span>', told)
        text: str = case.beginning  # type: ignore[attr-defined]  # annotated
        return excerpt(text, _SHOWN) or gettext("No text: its author has left")

    @admin.display(description=_("author"))
    def who(self, case: Case) -> SafeString:
        status = case.comment.get_status_display()
        author = case.comment.author.shown_name
        return format_html('{} <span class="status row__more">{}</span>', author, status)

    @admin.display(description=_("why"))
    def why(self, case: Case) -> SafeString:
        reasons = ((each,) for each in why_waits(case))
        return format_html_join("", '<span class="why">{}</span> ', reasons)

    @admin.display(description=_("consultation"))
    def in_consultation(self, case: Case) -> str:
        return str(case.consultation)

    @admin.display(description=_("claimed by"))
    def claim(self, case: Case) -> str:
        is_claimed = case.claimed_by is not None and cases.is_claimed(case, timezone.now())
        return str(case.claimed_by) if is_claimed else "–"


def due(moment: Any, *, is_waiting: bool) -> SafeString | str:  # noqa: ANN401
    if not is_waiting:
        return "–"
    if moment > timezone.now():
        return format_html('<span class="due">{}</span>', until(moment))
    told = gettext("Overdue: %(age)s") % {"age": age(moment)}
    return format_html('<span class="due due--over">{}</span>', told)


def open_reports() -> Prefetch[Any]:
    """For `why_waits`: those that no decision answered."""
    return Prefetch("reports", Report.objects.filter(decision=None).only("case", "guideline"))


def why_waits(case: Case) -> list[str]:
    """What was found, how often it was reported, or else who raised it."""
    reasons = [*found_in(case), *reported(case.reports.all())]
    if not reasons or case.raised_by in (Case.Raiser.STAFF, Case.Raiser.MODE):
        reasons.append(_raiser(case))
    return reasons


def found_in(case: Case) -> list[str]:
    """Each kind of thing that a check found, once."""
    return list(dict.fromkeys(str(Kind(each.kind).label) for each in case.findings.all()))


def reported(reports: Any) -> list[str]:  # noqa: ANN401
    """How often, by guideline: "2 reports: guideline 3"."""
    of_guideline = Counter(each.guideline for each in reports)
    return [
        ngettext("%(n)d report: %(what)s", "%(n)d reports: %(what)s", number)
        % {"n": number, "what": _what(guideline)}
        for guideline, number in of_guideline.most_common()
    ]


def _raiser(case: Case) -> str:
    return {
        Case.Raiser.READER: gettext("a reader"),
        Case.Raiser.CHECK: gettext("a check"),
        Case.Raiser.STAFF: gettext("a moderator"),
        Case.Raiser.MODE: gettext("hold first"),
    }[Case.Raiser(case.raised_by)]


def _what(guideline: int | None) -> str:
    return gettext("guideline %d") % guideline if guideline else gettext("against the law")
