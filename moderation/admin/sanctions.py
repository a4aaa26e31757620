"""Admin of what limits members: given and ended by senior moderators, seen by all of them."""

from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.read_only import ReadOnlyAdmin
from moderation import cases, sanctions
from moderation.admin.lists import case_link
from moderation.admin.remit import moderator_of
from moderation.admin.sanction_form import EndForm, SanctionForm
from moderation.decisions import DecisionRefusedError
from moderation.guidelines import numbered
from moderation.models import Case, Sanction


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("running", gettext("Running")), ("over", gettext("Over"))]

    def queryset(self, request: HttpRequest, queryset):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - Django's signature
        running = queryset.filter(ended_at=None, ends_at__gt=timezone.now())
        match self.value():
            case "running":
                return running
            case "over":
                return queryset.exclude(pk__in=running.values("pk"))
        return None


@admin.register(Sanction)
class SanctionAdmin(ReadOnlyAdmin, admin.ModelAdmin[Sanction]):
    list_display = ("kind", "member", "state", "starts_at", "ends_at", "moderator", "its_case")
    list_select_related = ("member", "moderator")
    list_filter = (StateFilter, "kind")
    search_fields = ("member__display_name",)
    show_full_result_count = False
    change_form_template = "admin/moderation/sanction/change_form.html"
    fields = (
        "kind",
        "state",
        "member",
        "which_guideline",
        "reason",
        "note",
        "its_case",
        "moderator",
        "starts_at",
        "until",
        "ended_at",
        "ended_by",
        "end_reason",
        "end_note",
    )
    readonly_fields = ("state", "its_case", "which_guideline", "until")

    def get_urls(self) -> list[URLPattern]:
        give, end = self.admin_site.admin_view(self.give), self.admin_site.admin_view(self.end)
        return [
            path("give/<int:object_id>/", give, name="moderation_sanction_give"),
            path("<int:object_id>/end/", end, name="moderation_sanction_end"),
            *super().get_urls(),
        ]

    def give(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """To the member with this id; `?case=` says what it is about."""
        _need(request, "moderation.add_sanction")
        member = get_object_or_404(Member, pk=object_id)
        case = _case(request)
        moment = timezone.now()
        kinds = case.findings.values_list("kind", flat=True) if case else ()
        form = SanctionForm(request.POST or None, moment=moment, kinds=kinds)
        if form.is_valid():
            try:
                given = sanctions.sanction(member, form.new(case), moderator_of(request), moment)
            except sanctions.StaffNotSanctionedError:
                told = gettext("They are staff: their organisation answers for them.")
                form.add_error(None, told)
            except DecisionRefusedError:
                told = gettext(
                    "The case is about somebody else’s words, or about yours: somebody else "
                    "has to decide this."
                )
                form.add_error(None, told)
            else:
                told = gettext("Done. We have told %(name)s by mail.") % {"name": member}
                messages.success(request, told)
                return redirect("admin:moderation_sanction_change", given.pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Warn, slow down or suspend %(name)s") % {"name": member},
            "opts": self.opts,
            "form": form,
            "member": member,
            "case": case,
            "running": Sanction.objects.filter(member=member, ended_at=None, ends_at__gt=moment),
        }
        return render(request, "admin/moderation/sanction/give.html", context)

    def end(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Before its time: the member is reinstated."""
        _need(request, "moderation.change_sanction")
        given = get_object_or_404(Sanction.objects.select_related("member"), pk=object_id)
        form = EndForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            sanctions.end(given, moderator_of(request), timezone.now(), **form.cleaned_data)
            messages.success(request, gettext("It has ended. We have told them by mail."))
            return redirect("admin:moderation_sanction_change", given.pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("End it early"),
            "opts": self.opts,
            "given": given,
            "form": form,
        }
        return render(request, "admin/moderation/sanction/end.html", context)

    @admin.display(description=_("state"))
    def state(self, given: Sanction) -> str:
        if given.ended_at is not None:
            return gettext("ended early")
        if given.ends_at is None:
            return gettext("given")
        return gettext("running") if timezone.now() < given.ends_at else gettext("over")

    @admin.display(description=_("until"))
    def until(self, given: Sanction) -> datetime | str:
        return given.ends_at or gettext("no end: a warning")

    @admin.display(description=_("guideline"))
    def which_guideline(self, given: Sanction) -> str:
        return numbered(given.guideline)

    @admin.display(description=_("case"))
    def its_case(self, given: Sanction) -> SafeString | str:
        return case_link(given.case_id) if given.case_id else "–"


def _need(request: HttpRequest, permission: str) -> None:
    if not moderator_of(request).has_perm(permission):
        raise PermissionDenied


def _case(request: HttpRequest) -> Case | None:
    """The one that it is about, of those in the moderator's remit."""
    number = request.GET.get("case", "")
    if not number:
        return None
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    return get_object_or_404(cases.in_remit(moderator_of(request)), pk=number)
