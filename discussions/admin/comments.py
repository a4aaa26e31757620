"""Admin of comments: read here. What happens to them happens through the verbs, in their cases."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discussions import moderating, official
from discussions.admin.proposals import REFUSALS
from discussions.admin.rooms import RUN, staff_of
from discussions.models import Comment
from discussions.permissions import NotAllowedError
from discussions.proposals import propose_erasing_comment
from moderation.admin.remit import InRemitAdmin, moderator_of
from moderation.elections import FrozenError


@admin.register(Comment)
class CommentAdmin(InRemitAdmin[Comment]):
    consultation = "discussion__consultation"
    list_display = ("id", "author", "discussion", "status", "posted_at", "body")
    list_select_related = ("author__member", "discussion")
    list_filter = ("status", "discussion__consultation")
    search_fields = ("body",)
    change_form_template = "admin/discussions/comment/change_form.html"
    fields = (
        "discussion",
        "author",
        "parent",
        "prompt",
        "status",
        "body",
        "source",
        "official_at",
        "posted_at",
        "edited_at",
        "reply_count",
        "agree_count",
        "disagree_count",
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Also those of one member, under all their names: the page of a case leads there."""
        return lookup == "author__member" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        """Whoever runs consultations answers for all of them, and needs no remit to read."""
        if request.user.has_perm(official.RUN):
            found: QuerySet[Comment] = admin.ModelAdmin.get_queryset(self, request)
        else:
            found = super().get_queryset(request)
        return found.defer("search_vector", "body_html")

    def get_urls(self) -> list[URLPattern]:
        acts = {
            "open-case": self.open_case,
            "official": self.official,
            "erase": self.ask_to_erase,
        }
        addresses = [
            path(
                f"<int:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"discussions_comment_{name.replace('-', '_')}",
            )
            for name, view in acts.items()
        ]
        return [*addresses, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        comment = self.get_object(request, object_id)
        action = official.action_in_admin(comment, moderator_of(request))
        known = {"official_action": action, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, known)

    def official(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """POST official=yes pins a host's answer as the official one; else it is so no more."""
        comment, staff = self.get_object(request, str(object_id)), moderator_of(request)
        is_wanted = request.POST.get("official") == "yes"
        act = official.mark if is_wanted else official.unmark
        told = _("Official now, and pinned.") if is_wanted else _("An answer like any other again.")
        try:
            act(comment, staff, in_admin=True)
        except NotAllowedError as refusal:
            raise PermissionDenied from refusal
        except FrozenError as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, comment, told)
            messages.success(request, told)
        return redirect("admin:discussions_comment_change", object_id)

    def open_case(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """A moderator came upon it."""
        if not request.user.has_perm("moderation.decide_case"):
            raise PermissionDenied
        comment = self.get_object(request, str(object_id))
        case = moderating.open_case_by_staff(comment)
        messages.success(request, _("Its case is open."))
        return redirect("admin:moderation_case_change", case.pk)

    def ask_to_erase(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Its words, for good: a second person confirms it."""
        if not request.user.has_perm(RUN):
            raise PermissionDenied
        comment = self.get_object(request, str(object_id))
        try:
            propose_erasing_comment(comment, staff_of(request), request.POST.get("reason", ""))
        except REFUSALS as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("It waits for a second person to confirm it."))
        return redirect("admin:discussions_comment_change", comment.pk)
