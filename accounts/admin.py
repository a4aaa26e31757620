"""Admin of members. Passwords and addresses are changed by their owners, not here."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts.models import Member

# Nobody but their owner touches addresses, second factors and sessions.
admin.site.unregister([EmailAddress, Authenticator, UserSession])


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin[Member]):
    list_display = ("display_name", "joined_at", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active")
    search_fields = ("display_name", "email")
    ordering = ("-joined_at",)
    fields = (
        "display_name",
        "email",
        "is_active",
        "is_staff",
        "groups",
        "joined_at",
        "last_login",
        "declared_16_or_over",
    )
    readonly_fields = ("email", "joined_at", "last_login", "declared_16_or_over")
    filter_horizontal = ("groups",)

    def has_add_permission(self, *_arguments: object) -> bool:
        return False

    def has_delete_permission(self, *_arguments: object) -> bool:
        return False
