"""What waits for a second person, in admin: listed, confirmed, declined, taken back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import Member
from accounts.read_only import ReadOnlyAdmin
from discussions import proposals
from discussions.admin.rooms import RUN, staff_of
from discussions.erasing import ErasingRefusedError
from discussions.models import Proposal
from discussions.proposals import ProposalRefusedError
from moderation.elections import FrozenError
from moderation.timeline import DatesRefusedError

# Why something was not done, in a sentence each.
REFUSALS = (ProposalRefusedError, DatesRefusedError, ErasingRefusedError, FrozenError)

_Kind = Proposal.Kind
_HAPPENS: dict[str, str | Promise] = {
    _Kind.REOPEN: _(
        "If you confirm it, people can take part again at once. Followers are told by mail, and "
        "readers see the reason in the changes of dates."
    ),
    _Kind.ERASE_COMMENT: _(
        "If you confirm it, nobody can bring the words back: not those that stand there, nor "
        "earlier ones, nor a sealed original. The comment’s place and the replies to it stay, and "
        "its author reads the reason in a mail. Frozen records and downloads that were made "
        "before, mails that were sent, and backups still have the words."
    ),
    _Kind.ERASE_DRAFT: _(
        "If you confirm it, the draft is gone for good, with its discussions and prompts."
    ),
}
_VERBS: dict[str, tuple[Callable[[Proposal, Member], Proposal], str | Promise]] = {
    "confirm": (proposals.confirm, _("Confirmed: it is done.")),
    "decline": (proposals.decline, _("Declined: nothing happens.")),
    "take_back": (proposals.take_back, _("Taken back: nothing happens.")),
}


@dataclass(frozen=True)
class Waiting:
    """A proposal as this member of staff sees it."""

    proposal: Proposal
    happens: str
    is_own: bool
    answer_url: str


def for_staff(found: Iterable[Proposal], request: HttpRequest) -> list[Waiting]:
    staff = staff_of(request)
    return [
        Waiting(
            each,
            str(_HAPPENS[each.kind]),
            each.asked_by_id == staff.pk,
            reverse("admin:discussions_proposal_answer", args=[each.pk]),
        )
        for each in found
    ]


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin, admin.ModelAdmin[Proposal]):
    list_display = ("about", "kind", "asked_by", "asked_at", "answer", "answered_by")
    list_select_related = ("asked_by", "answered_by")
    list_filter = ("answer", "kind")
    show_full_result_count = False
    fields = (
        "kind",
        "about",
        "consultation",
        "comment",
        "closes_at",
        "reason",
        "asked_by",
        "asked_at",
        "answer",
        "answered_by",
        "answered_at",
    )
    change_form_template = "admin/discussions/proposal/change_form.html"

    def has_view_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return staff_of(request).has_perm(RUN)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).has_perm(RUN)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        return super().get_queryset(request).select_related("consultation", "asked_by")

    def get_urls(self) -> list[URLPattern]:
        answers = self.admin_site.admin_view(require_POST(self.answer))
        address = path("<int:object_id>/answer/", answers, name="discussions_proposal_answer")
        return [address, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        found = proposals.waiting().filter(pk=object_id) if object_id.isdecimal() else ()
        known = {"proposals": for_staff(found, request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, known)

    def answer(self, request: HttpRequest, object_id: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        proposal = get_object_or_404(Proposal, pk=object_id)
        verb = _VERBS.get(request.POST.get("answer", ""))
        if verb is not None:
            try:
                verb[0](proposal, staff_of(request))
            except REFUSALS as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, str(verb[1]))
        return redirect(_back(request, proposal))


def _back(request: HttpRequest, proposal: Proposal) -> str:
    wanted = request.POST.get("next", "")
    # A draft that was erased has no room any more.
    if proposal.kind != _Kind.ERASE_DRAFT and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None
    ):
        return wanted
    return reverse("admin:discussions_proposal_change", args=[proposal.pk])
