"""Admin of members. Passwords and addresses are changed by their owners, not here."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.expressions import Case, Value, When
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.mail.queueing import send_again
from accounts.models import Mail, Member, NameChange, NameInUse
from accounts.names import TAKEN
from accounts.read_only import ReadOnlyAdmin
from accounts.second_factor import has_second_factor

# Nobody but their owner touches addresses, second factors and sessions.
admin.site.unregister([EmailAddress, Authenticator, UserSession])


class MemberForm(ModelForm[Member]):
    """Staff may have names that nobody could choose, but not somebody else's."""

    def clean_display_name(self) -> str:
        name: str = self.cleaned_data["display_name"]
        if NameInUse.objects.is_taken(name, self.instance):
            raise ValidationError(gettext(TAKEN))
        return name

    def clean_is_staff(self) -> bool:
        """Else a stolen password could add the factor that admin asks for."""
        becomes: bool = self.cleaned_data["is_staff"]
        if becomes and not self.instance.is_staff and not has_second_factor(self.instance):
            told = gettext("First this member needs a passkey or an authenticator app.")
            raise ValidationError(told)
        return becomes


class NameChangeInline(ReadOnlyAdmin, admin.TabularInline[NameChange, Member]):
    """One person stays one person under another name: seen here, changed by nobody."""

    model = NameChange
    fields = readonly_fields = ("changed_at", "place", "old_name", "new_name")
    extra = 0


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin[Member]):
    form = MemberForm
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
    inlines = (NameChangeInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Member | None = None) -> list[str]:
        """Nobody gives away, or takes, more than they have."""
        more = () if request.user.is_superuser else ("is_staff", "groups")
        return [*self.readonly_fields, *more]

    def has_change_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not is_above

    def save_model(
        self,
        request: HttpRequest,
        obj: Member,
        form: ModelForm[Member],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """A name that an administrator changes is logged as well."""
        if "display_name" in form.changed_data:
            old_name = form.initial["display_name"]
            NameChange.objects.create(member=obj, old_name=old_name, new_name=obj.display_name)
        super().save_model(request, obj, form, change)

    def has_add_permission(self, *_arguments: object) -> bool:
        return False

    def has_delete_permission(self, *_arguments: object) -> bool:
        return False


@admin.register(NameChange)
class NameChangeAdmin(ReadOnlyAdmin, admin.ModelAdmin[NameChange]):
    """Who was called what before, for moderators."""

    list_display = ("changed_at", "member", "place", "old_name", "new_name")
    list_display_links = None
    list_select_related = ("member",)
    search_fields = ("old_name", "new_name", "member__display_name")
    show_full_result_count = False


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin, admin.ModelAdmin[Mail]):
    """What waits, what went, and what could not be sent, which comes first. Never what it says."""

    list_display = ("kind", "thing", "state", "fault", "tries", "doubtful_tries", "queued_at")
    list_filter = ("state", "kind")
    fields = (
        "kind",
        "thing",
        "member",
        "state",
        "fault",
        "tries",
        "doubtful_tries",
        "queued_at",
        "expires_at",
        "ended_at",
    )
    show_full_result_count = False
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        dead_first = Case(When(state=Mail.State.DEAD, then=Value(0)), default=Value(1))
        mails = super().get_queryset(request).defer("text", "address")
        return mails.order_by(dead_first, "-queued_at")

    @admin.action(
        description=gettext_lazy("Send again what could not be sent"), permissions=["send_again"]
    )
    def send_again(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        count = sum(send_again(mail) for mail in mails)
        told = ngettext("%d mail waits to be sent again.", "%d mails wait to be sent again.", count)
        self.message_user(request, told % count, messages.SUCCESS)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_mail")
