"""What the queue of cases can be narrowed to. By itself it shows what waits."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions.models import Consultation
from moderation.admin.remit import moderator_of
from moderation.cases import CLAIM_LASTS, within_remit
from moderation.guidelines import guideline_choices
from moderation.models import Case, CaseFinding, Report
from moderation.screening import Kind

_CONSULTATIONS_AT_MOST = 50
_Choices = list[tuple[str, Any]]


class _Filter(admin.SimpleListFilter):
    """What was not offered is not chosen."""

    template = "admin/moderation/_filter.html"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        chosen = self.value()
        if chosen not in {str(value) for value, _title in self.lookup_choices}:
            chosen = None
        return self.narrowed(request, queryset, chosen)

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        raise NotImplementedError


class StateFilter(_Filter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> _Choices:  # noqa: ANN401 - Django's signature
        return [("decided", _("Decided")), ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Waiting stands where others have "All"."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Waiting")}
        yield from others

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        if chosen == "all":
            return found
        return found.filter(state=chosen or Case.State.WAITING)


class OverdueFilter(_Filter):
    title = _("time")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> _Choices:  # noqa: ANN401 - Django's signature
        return [("yes", _("Overdue"))]

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        if chosen is None:
            return found
        return found.filter(state=Case.State.WAITING, due_at__lt=timezone.now())


class ClaimFilter(_Filter):
    title = _("claim")
    parameter_name = "claim"

    def lookups(self, request: HttpRequest, model_admin: Any) -> _Choices:  # noqa: ANN401 - Django's signature
        return [("mine", _("Mine")), ("none", _("Unclaimed")), ("any", _("Claimed"))]

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        claimed = Q(claimed_by__isnull=False, claimed_at__gt=timezone.now() - CLAIM_LASTS)
        match chosen:
            case "mine":
                return found.filter(claimed, claimed_by=moderator_of(request))
            case "none":
                return found.exclude(claimed)
            case "any":
                return found.filter(claimed)
        return found


class SeverityFilter(_Filter):
    title = _("severity")
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> _Choices:  # noqa: ANN401 - Django's signature
        return [(str(value), title) for value, title in Case.Severity.choices]

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        return found.filter(severity=chosen) if chosen else found


class RaiserFilter(_Filter):
    title = _("who raised it")
    parameter_name = "raised"

    def lookups(self, request: HttpRequest, model_admin: Any) -> _Choices:  # noqa: ANN401 - Django's signature
        return [
            (Case.Raiser.READER, _("A reader")),
            (Case.Raiser.CHECK, _("A check")),
            (Case.Raiser.STAFF, _("A moderator")),
            (Case.Raiser.MODE, _("Hold first")),
        ]

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        return found.filter(raised_by=chosen) if chosen else found


class GuidelineFilter(_Filter):
    """Under which it was reported, or which a finding is about."""

    title = _("guideline")
    parameter_name = "guideline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> _Choices:  # noqa: ANN401 - Django's signature
        guidelines = [(str(number), title) for number, title in guideline_choices()]
        return [*guidelines, ("law", _("Against the law"))]

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        reports = Report.objects.filter(case=OuterRef("pk"))
        if chosen is None:
            return found
        if chosen == "law":
            return found.filter(Exists(reports.filter(is_illegal=True)))
        kinds = [kind for kind in Kind if kind.guideline == int(chosen)]
        findings = CaseFinding.objects.filter(case=OuterRef("pk"), kind__in=kinds)
        return found.filter(Exists(reports.filter(guideline=chosen)) | Exists(findings))


class ConsultationFilter(_Filter):
    """Of the moderator's remit, the latest first."""

    title = _("consultation")
    parameter_name = "consultation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> _Choices:  # noqa: ANN401 - Django's signature
        theirs = Consultation.objects.filter(within_remit(moderator_of(request), "pk"))
        latest = theirs.order_by("-opens_at", "-pk").values_list("pk", "title")
        return [(str(pk), title) for pk, title in latest[:_CONSULTATIONS_AT_MOST]]

    def narrowed(
        self, request: HttpRequest, found: QuerySet[Case], chosen: str | None
    ) -> QuerySet[Case]:
        return found.filter(consultation=int(chosen)) if chosen else found
