"""Who may sign in, and what joining stores."""

import time
import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.agreements import record_agreement
from accounts.demo import EMAIL_DOMAIN
from accounts.joining import is_unconfirmed
from accounts.mail import queue_mail
from accounts.models import Member
from accounts.statements import Columns, one_row

EMAIL_LENGTH = 254
_BEGAN_AS = "signing_in"
_COLUMNS = Columns(Member, "m")
_MEMBER = f"SELECT {_COLUMNS} FROM accounts_member m WHERE m.id = %s"  # noqa: S608 - of constants
CODES_LAST = timedelta(minutes=10)


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Email and password; also decides at every request whether a session still counts."""

    def user_can_authenticate(self, user: Member) -> bool:
        return bool(super().user_can_authenticate(user)) and _may_sign_in(user)

    def _check_password(self, user: Member | None, password: str) -> Member | None:
        """Not of somebody who has yet to enter the code: whether there is one must not be told.

        allauth then takes as long as if it had looked at a password.
        """
        if user is None or is_unconfirmed(user):
            return None
        checked: Member | None = super()._check_password(user, password)
        return checked

    def get_user(self, user_id: int) -> Member | None:
        row = one_row(_MEMBER, [user_id])
        member = _COLUMNS.made(row) if row else None
        return member if member is not None and self.user_can_authenticate(member) else None


def _may_sign_in(member: Member) -> bool:
    """The demo's sign-ins are public knowledge: a database they were left in stays shut to them."""
    return settings.LOCAL or not member.email.endswith(f"@{EMAIL_DOMAIN}")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is not in use."),
        "cannot_remove_primary_email": _("This is the address you sign in with, so it stays."),
        "duplicate_email": _("This is your address already."),
        "email_taken": _("This address has an account already. Sign in with it."),
        "enter_current_password": _("That is not your password."),
        "email_password_mismatch": _("That email address and password do not go together."),
        "incorrect_code": _("That is not the code. Check the latest email from us."),
        "incorrect_password": _("That is not your password."),
        "too_many_login_attempts": _("Too many tries. Please start again in a few minutes."),
        "rate_limited": _("That was a lot in a short time. Please wait a few minutes."),
        "unverified_primary_email": _("First enter the code that we sent to this address."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queued, so a page takes as long whether an address is known or not."""
        known = {"request": self.request, "email": email, **context}
        made = self.render_mail(template_prefix, email, known)
        queue_mail(
            template_prefix,
            thing=str(uuid.uuid4()),
            member=context.get("user"),
            address=email,
            subject=str(made.subject),
            text=str(made.body),
            lasts=CODES_LAST if "code" in context else None,
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Member,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """allauth does not say in the context whose account has changed."""
        known = {"user": user, **(context or {})}
        super().send_notification_mail(template_prefix, user, known, email)

    def clean_email(self, email: str) -> str:
        cleaned: str = super().clean_email(email)
        if len(cleaned) > EMAIL_LENGTH:
            raise ValidationError(_("That is too long for an email address."))
        return cleaned

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Not of somebody who has only just signed in: they have shown all that they have."""
        required: bool = super().is_reauthentication_required(app=app, **options)
        records = get_authentication_records(self.request, self.request.user)
        latest = max((float(record["at"]) for record in records), default=0.0)
        return required and time.time() - latest > REAUTHENTICATION_TIMEOUT

    def reauthenticate(self, user: Member, password: str) -> bool:
        """A hash that was made anew, because it was old, is no reason to sign anybody out."""
        is_same: bool = super().reauthenticate(user, password)
        if is_same:
            user.refresh_from_db(fields=["password"])
            self.request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        return is_same

    def pre_login(self, request: HttpRequest, user: Member, **options: Any) -> HttpResponse | None:
        """The last word before a session is made. allauth itself asks for is_active alone."""
        if not _may_sign_in(user):
            user.is_active = False  # for this request, in which it is never saved
        request.session[_BEGAN_AS] = user.get_session_auth_hash()
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response

    def login(self, request: HttpRequest, user: Member) -> None:
        """Whoever waited at the second step, or for a code, while the password was changed
        begins again."""
        began_as = request.session.pop(_BEGAN_AS, "")
        user.refresh_from_db(fields=["password"])
        if not constant_time_compare(began_as, user.get_session_auth_hash()):
            messages.warning(
                request, _("The password was changed meanwhile. Please sign in again.")
            )
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

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
