"""Admin of cases: the queue, the page of a case, and several decided at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import Member
from discussions import moderating, pace
from discussions.admin.case_forms import DecisionForm
from discussions.admin.case_page import case_page, decision_form, read_case, refused_form
from discussions.admin.queue import QueueAdmin
from discussions.admin.refusals import sentence
from discussions.admin.together import AT_MOST, together_page
from discussions.case_file import next_case
from moderation import cases
from moderation.admin.remit import moderator_of
from moderation.decisions import AlreadyDecidedError, DecisionRefusedError
from moderation.models import Case, Decision, SealedOriginal

_QUEUE = "admin:moderation_case_changelist"
_PAGE = "admin:moderation_case_change"


@admin.register(Case)
class CaseAdmin(QueueAdmin):
    actions = ("decide_together",)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view

        def posted(name: str, view: Callable[..., HttpResponse]) -> URLPattern:
            view = guarded(require_POST(view))
            found: URLPattern = path(
                f"<int:object_id>/{name}/", view, name=f"moderation_case_{name}"
            )
            return found

        return [
            path("next/", guarded(require_POST(self.take_next)), name="moderation_case_next"),
            path("together/", guarded(self.together), name="moderation_case_together"),
            posted("claim", self.claim_it),
            posted("release", self.release_it),
            posted("slow", self.slow_thread),
            posted("original", self.show_original),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - Django has it answer with a page or a redirect
        return super().changelist_view(request, {"title": gettext("Cases")})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a case; by POST, the decision about it."""
        found = self.get_object(request, object_id)
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        case = read_case(found.pk)
        if request.method != "POST":
            return case_page(self.admin_site, request, case, decision_form(case))
        self._need_to_decide(request)
        return self._decided(request, case, decision_form(case, request.POST))

    def _decided(self, request: HttpRequest, case: Case, form: DecisionForm) -> HttpResponse:
        moderator = moderator_of(request)
        try:
            if form.is_valid():
                revision = form.cleaned_data["revision"]
                decision = moderating.decide(case, moderator, form.judgement(), revision)
                told = gettext("%(case)s is decided: %(what)s.")
                what = decision.get_verb_display()
                messages.success(request, told % {"case": case, "what": what})
                return _on_to_the_next(request, case, moderator)
            if str(case.revision) != form["revision"].value():
                # What is wrong with the form may come from the change, so that is told first.
                raise AlreadyDecidedError(case)
        except DecisionRefusedError as refusal:
            now = read_case(case.pk)
            told = sentence(refusal, form.cleaned_data.get("latest"))
            again = refused_form(now, form)
            more = {"refusal": told}
            return case_page(self.admin_site, request, now, again, status=409, more=more)
        return case_page(self.admin_site, request, case, form)

    def claim_it(self, request: HttpRequest, object_id: int) -> HttpResponse:
        case = self._case_to_decide(request, object_id)
        cases.claim(case, moderator_of(request), timezone.now())
        return redirect(_PAGE, case.pk)

    def release_it(self, request: HttpRequest, object_id: int) -> HttpResponse:
        case = self._case_to_decide(request, object_id)
        cases.release(case)
        return redirect(_PAGE, case.pk)

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Claim the first that nobody is at, and begin there."""
        self._need_to_decide(request)
        moderator, moment = moderator_of(request), timezone.now()
        first = next_case(None, moderator, moment)
        if first is None:
            messages.info(request, gettext("Nothing waits for you."))
            return redirect(_QUEUE)
        cases.claim(first, moderator, moment)
        return redirect(_PAGE, first.pk)

    def slow_thread(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Replies in the thread of the comment are spaced out for an hour, or no longer."""
        case = read_case(self._case_to_decide(request, object_id).pk)
        until = timezone.now() + pace.SLOW_FOR if "on" in request.POST else None
        pace.slow_thread(case.comment, until)
        told = gettext("Replies in this thread are spaced out for an hour.")
        messages.success(request, told if until else gettext("Replies are no longer spaced out."))
        return redirect(_PAGE, case.pk)

    def show_original(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The text before words of it were hidden. That it was opened is in the log."""
        if not request.user.has_perm("moderation.open_sealed_original"):
            raise PermissionDenied
        case = read_case(self.get_object(request, str(object_id)).pk)
        number = request.POST.get("decision", "")
        if not number.isdecimal() or len(number) > 18:
            raise Http404
        decision = get_object_or_404(Decision, case=case, pk=number)
        try:
            original = moderating.original_of(decision)
        except SealedOriginal.DoesNotExist as missing:
            raise Http404 from missing
        opened = {"original": original, "original_of": decision}
        return case_page(self.admin_site, request, case, decision_form(case), more=opened)

    def together(self, request: HttpRequest) -> HttpResponse:
        self._need_to_decide(request)
        return together_page(self.admin_site, request)

    @admin.action(description=gettext_lazy("Decide together"), permissions=["decide"])
    def decide_together(self, request: HttpRequest, chosen: QuerySet[Case]) -> HttpResponse:
        pks = list(chosen.values_list("pk", flat=True)[: AT_MOST + 1])
        if len(pks) > AT_MOST:
            messages.warning(request, gettext("These are the first %d of them.") % AT_MOST)
        numbers = ",".join(str(pk) for pk in pks[:AT_MOST])
        return HttpResponseRedirect(f"{reverse('admin:moderation_case_together')}?cases={numbers}")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("moderation.decide_case"))

    def _need_to_decide(self, request: HttpRequest) -> None:
        if not self.has_decide_permission(request):
            raise PermissionDenied

    def _case_to_decide(self, request: HttpRequest, pk: int) -> Case:
        self._need_to_decide(request)
        return self.get_object(request, str(pk))


def _on_to_the_next(request: HttpRequest, case: Case, moderator: Member) -> HttpResponse:
    """To the most urgent. Who had claimed the case claims that one: so two who work at once do not
    meet."""
    moment = timezone.now()
    following = next_case(None, moderator, moment)
    if following is None:
        return redirect(_QUEUE)
    if case.claimed_by_id == moderator.pk and cases.is_claimed(case, moment):
        cases.claim(following, moderator, moment)
        messages.info(request, gettext("You are at %(case)s now.") % {"case": following})
    return redirect(_PAGE, following.pk)
