"""Admin of members, which also says what a new moderator still needs."""

from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.admin import MemberAdmin
from accounts.models import Member
from moderation.cases import remit_of
from moderation.roles import PERMISSIONS

admin.site.unregister(Member)


@admin.register(Member)
class ModeratingMemberAdmin(MemberAdmin):
    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formsets: Any,  # noqa: ANN401 - Django's signature
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        super().save_related(request, form, formsets, change)
        for told in still_needs(form.instance):
            messages.warning(request, told)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        member = self.get_object(request, object_id)
        # Just after saving it is told anyway.
        if member is not None and not messages.get_messages(request):
            extra_context = {**(extra_context or {}), "still_needs": still_needs(member)}
        return super().change_view(request, object_id, form_url, extra_context)


def still_needs(member: Member) -> list[SafeString]:
    """What somebody in a group of moderators lacks to decide anything, in sentences."""
    if not member.groups.filter(name__in=PERMISSIONS).exists():
        return []
    needs = []
    if not member.is_staff:
        told = gettext(
            'They cannot moderate yet: on <a href="{}">their page</a>, also tick Staff. '
            "Before that, they need a passkey or an authenticator app, which they add themselves."
        )
        needs.append(format_html(told, reverse("admin:accounts_member_change", args=[member.pk])))
    if not member.is_superuser and remit_of(member) is None:
        told = gettext(
            'They see no cases yet: give them a <a href="{}">remit</a>, which says what they '
            "moderate. They can be chosen there once they are staff."
        )
        address = f"{reverse('admin:moderation_remit_add')}?moderator={member.pk}"
        needs.append(format_html(told, address))
    return needs
