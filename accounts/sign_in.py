"""Who may sign in, and what joining stores."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.agreements import record_agreement
from accounts.demo import EMAIL_DOMAIN
from accounts.models import Member

_log = logging.getLogger(__name__)


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Email and password; also decides at every request whether a session still counts."""

    def user_can_authenticate(self, user: Member) -> bool:
        return bool(super().user_can_authenticate(user)) and _may_sign_in(user)

    def get_user(self, user_id: int) -> Member | None:
        member = super().get_user(user_id)
        return member if member is not None and _may_sign_in(member) else None


def _may_sign_in(member: Member) -> bool:
    """The demo's sign-ins are public knowledge: a database they were left in stays shut to them."""
    return settings.LOCAL or not member.email.endswith(f"@{EMAIL_DOMAIN}")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("That email address and password do not go together."),
        "incorrect_code": _("That is not the code. Check the latest email from us."),
        "incorrect_password": _("That is not your password."),
        "too_many_login_attempts": _("Too many tries. Please wait a few minutes."),
        "rate_limited": _("That was a lot in a short time. Please wait a few minutes."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """With the mail server down, people are told and can ask again; nothing else is lost."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            _log.exception("An email could not be sent: %s", template_prefix)
            sorry = _("We could not send the email just now. Ask for it again in a few minutes.")
            messages.warning(self.request, sorry)

    def pre_login(self, request: HttpRequest, user: Member, **options: Any) -> HttpResponse | None:
        """The last word before a session is made. allauth itself asks for is_active alone."""
        if not _may_sign_in(user):
            user.is_active = False  # for this request, in which it is never saved
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response

    def save_user(
        self,
        request: HttpRequest,
        user: Member,
        form: BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002 - allauth's signature
    ) -> Member:
        data: dict[str, Any] = form.cleaned_data
        user.display_name = data["display_name"]
        user.declared_16_or_over = data["is_16_or_over"]
        with transaction.atomic():
            saved: Member = super().save_user(request, user, form, commit)
            record_agreement(saved)
        return saved
