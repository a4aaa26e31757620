"""Admin of comments: read here. What happens to them happens through the verbs, in their cases."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discussions import moderating
from discussions.models import Comment
from moderation.admin.remit import InRemitAdmin


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
        return super().get_queryset(request).defer("search_vector", "body_html")

    def get_urls(self) -> list[URLPattern]:
        opens = self.admin_site.admin_view(require_POST(self.open_case))
        address = path("<int:object_id>/open-case/", opens, name="discussions_comment_open_case")
        return [address, *super().get_urls()]

    def open_case(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """A moderator came upon it."""
        if not request.user.has_perm("moderation.decide_case"):
            raise PermissionDenied
        comment = self.get_object(request, str(object_id))
        case = moderating.open_case_by_staff(comment)
        messages.success(request, _("Its case is open."))
        return redirect("admin:moderation_case_change", case.pk)
