"""Admin of appeals: somebody else than who decided looks again, and answers in words."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import Member
from discussions import case_file, moderating
from discussions.admin.appeal_form import AnswerForm, DecisionAppealForm
from discussions.admin.case_page import read_case, why_here
from discussions.admin.queue import due
from discussions.admin.refusals import sentence
from discussions.markup import excerpt
from moderation import appeals
from moderation.admin.remit import InRemitAdmin, moderator_of
from moderation.decisions import DecisionRefusedError
from moderation.models import Appeal, SealedOriginal

_SHOWN = 80  # characters


class StateFilter(admin.SimpleListFilter):
    template = "admin/moderation/_filter.html"
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - Django's signature
        return [("overdue", _("Overdue")), ("decided", _("Decided")), ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Waiting")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appeal]) -> QuerySet[Appeal]:
        match self.value():
            case "overdue":
                return queryset.filter(outcome="", due_at__lt=timezone.now())
            case "decided":
                return queryset.exclude(outcome="")
            case "all":
                return queryset
        return queryset.filter(outcome="")


@admin.register(Appeal)
class AppealAdmin(InRemitAdmin[Appeal]):
    list_display = ("due", "about", "beginning", "by_whom", "made_at", "outcome")
    list_display_links = ("about",)
    list_filter = (StateFilter,)
    list_select_related = ("decision", "sanction")
    ordering = ("due_at", "pk")
    list_per_page = 50
    change_list_template = "admin/moderation/queue.html"

    def get_urls(self) -> list[URLPattern]:
        opens = self.admin_site.admin_view(require_POST(self.show_original))
        address = path("<int:object_id>/original/", opens, name="moderation_appeal_original")
        return [address, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        """Nobody reads what a reporter says about their own words."""
        moderator = moderator_of(request)
        own = {"report__isnull": False, "decision__case__comment__author__member": moderator}
        return appeals.in_remit(moderator).exclude(**own).order_by("due_at", "pk")

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, appeal: Appeal) -> SafeString | str:
        return due(appeal.due_at, is_waiting=appeal.is_waiting)

    @admin.display(description=_("about"))
    def about(self, appeal: Appeal) -> str:
        return str(appeal.decision or appeal.sanction)

    @admin.display(description=_("in their words"))
    def beginning(self, appeal: Appeal) -> str:
        return excerpt(appeal.words, _SHOWN) or "–"

    @admin.display(description=_("by"))
    def by_whom(self, appeal: Appeal) -> str:
        return _appellant(appeal)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - Django has it answer with a page or a redirect
        return super().changelist_view(request, {"title": gettext("Appeals")})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of an appeal; by POST, the decision about it."""
        found = self.get_object(request, object_id)
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        appeal = _read(found.pk)
        if request.method != "POST":
            return self._page(request, appeal, _form(appeal, None))
        if not request.user.has_perm("moderation.decide_appeal"):
            raise PermissionDenied
        form = _form(appeal, request)
        if not form.is_valid():
            return self._page(request, appeal, form)
        try:
            _decide(appeal, moderator_of(request), form)
        except DecisionRefusedError as refusal:
            told = sentence(refusal)
            return self._page(request, _read(found.pk), form, status=409, refusal=told)
        messages.success(request, gettext("Decided. We have told whoever appealed."))
        return redirect("admin:moderation_appeal_changelist")

    def show_original(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The text before the decision hid words of it. That it was opened is in the log."""
        if not request.user.has_perm("moderation.open_sealed_original"):
            raise PermissionDenied
        appeal = _read(self.get_object(request, str(object_id)).pk)
        if appeal.decision is None:
            raise Http404
        try:
            original = moderating.original_of(appeal.decision)
        except SealedOriginal.DoesNotExist as missing:
            raise Http404 from missing
        return self._page(request, appeal, _form(appeal, None), original=original)

    def _page(
        self,
        request: HttpRequest,
        appeal: Appeal,
        form: DecisionAppealForm | AnswerForm,
        *,
        status: int = 200,
        refusal: str = "",
        original: str | None = None,
    ) -> HttpResponse:
        moderator = moderator_of(request)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Appeal %d") % appeal.pk,
            "opts": self.opts,
            "appeal": appeal,
            "form": form,
            "appellant": _appellant(appeal),
            "is_overdue": appeals.is_overdue(appeal, timezone.now()),
            "why_not": _why_not(appeal, moderator),
            "refusal": refusal,
            "original": original,
        }
        if appeal.decision is not None:
            case = read_case(appeal.decision.case_id)
            context |= why_here(case, moderator) | {
                "case": case,
                "comment": case.comment,
                "parts": case_file.marked(case.comment.body, case.findings.all()),
                "is_upsetting": case_file.is_upsetting(case),
                "around": case_file.surroundings(case.comment),
            }
        return render(request, "admin/moderation/appeal/appeal.html", context, status=status)


def _read(pk: int) -> Appeal:
    found: Appeal = Appeal.objects.select_related(
        "decision__case",
        "decision__entry",
        "decision__moderator",
        "decision__sealed_original",
        "sanction__moderator",
        "sanction__member",
        "report",
        "decided_by",
        "new_decision",
    ).get(pk=pk)
    return found


def _form(appeal: Appeal, request: HttpRequest | None) -> DecisionAppealForm | AnswerForm:
    data = request.POST if request else None
    if appeal.decision is None:
        return AnswerForm(data)
    case = read_case(appeal.decision.case_id)
    if not moderating.overturning_verbs(appeal, case.comment):
        return AnswerForm(data)
    findings = list(case.findings.all())
    return DecisionAppealForm(data, appeal=appeal, comment=case.comment, findings=findings)


def _decide(appeal: Appeal, senior: Member, form: DecisionAppealForm | AnswerForm) -> None:
    if appeal.decision is None:
        appeals.decide_about_sanction(appeal, senior, form.ruling(), timezone.now())
        return
    judgement = form.new_judgement() if isinstance(form, DecisionAppealForm) else None
    moderating.decide_appeal(appeal, senior, form.ruling(), judgement)


def _why_not(appeal: Appeal, moderator: Member) -> str:
    """Why this moderator may not decide it; "": they may."""
    if not moderator.has_perm("moderation.decide_appeal"):
        return gettext("Senior moderators decide appeals.")
    try:
        appeals.check(appeal, moderator, _concerned(appeal))
    except DecisionRefusedError as refusal:
        return sentence(refusal) if appeal.is_waiting else ""
    return ""


def _concerned(appeal: Appeal) -> set[int | None]:
    if appeal.sanction is not None:
        return {appeal.sanction.member_id}
    assert appeal.decision is not None  # noqa: S101 - the database holds to it
    return moderating.concerned(read_case(appeal.decision.case_id).comment)


def _appellant(appeal: Appeal) -> str:
    if appeal.sanction_id is not None:
        return gettext("the member")
    return gettext("a reader who reported it") if appeal.report_id else gettext("its author")
