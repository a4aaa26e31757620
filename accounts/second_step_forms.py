"""The forms of codes and passkeys, where allauth's own take too much or fall over."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as apps
from allauth.mfa.webauthn import forms as passkeys
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.forms import Form, HiddenInput, JSONField
from django.utils.translation import gettext as _

from accounts.models import Member

_PERIOD = 30  # seconds for which an app shows a code
_VALID_FOR = _PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)


class _UsedOnce(codes.BaseAuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """allauth forgets after one period which codes were used; with a tolerance they work longer."""

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except ValidationError as problem:
            # Only a code that was right is ever kept as used.
            if problem.code == "incorrect_code" and cache.get(self._used_key()):
                raise get_adapter().validation_error("used_code") from problem
            raise
        if self.authenticator.type == Authenticator.Type.TOTP and not self._is_new():
            raise get_adapter().validation_error("used_code")
        return code

    def save(self) -> None:
        super().save()
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            _tell_of_recovery_code(self.user)

    def _is_new(self) -> bool:
        return bool(cache.add(self._used_key(), "used", timeout=_VALID_FOR))

    def _used_key(self) -> str:
        return _used_key(self.user, self.cleaned_data["code"])


def _used_key(member: Member, code: str) -> str:
    return f"second-step-used-{member.pk}-{normalize_user_code(code)}"


def _tell_of_recovery_code(member: Member) -> None:
    of_member = Authenticator.objects.get(user=member, type=Authenticator.Type.RECOVERY_CODES)
    left = len(of_member.wrap().get_unused_codes())
    told = _("That was a recovery code. You have %(left)d left.") % {"left": left}
    messages.warning(context.request, told)
    template = "accounts/mail/recovery_code_used"
    get_account_adapter().send_notification_mail(template, member, {"left": left})


class CodeForm(_UsedOnce, codes.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step of signing in."""


class CodeAgainForm(_UsedOnce, codes.ReauthenticateForm):  # type: ignore[misc]
    """To show that it is still you."""


class NewAppForm(apps.ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The code that sets an app up has been used, too."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        cache.add(_used_key(self.user, code), "used", timeout=_VALID_FOR)
        return code


class _AnyJson(JSONField):
    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        """Nested deeper than Python reads is no JSON for us."""
        try:
            return super().to_python(value)
        except RecursionError as problem:
            raise get_adapter().validation_error("incorrect_code") from problem


class _WellFormed(Form):
    """What no browser sends is refused, where allauth answers with a server error."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = _AnyJson(widget=HiddenInput)

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise get_adapter().validation_error("incorrect_code") from problem
        return found


class _WellFormedNew(Form):
    """The same, of a passkey that is added."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = _AnyJson(widget=HiddenInput)

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean() or {}
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise get_adapter().validation_error("incorrect_code") from problem
        return cleaned


class NewPasskeyForm(_WellFormedNew, passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """One more way into an account."""


class JoinPasskeyForm(_WellFormedNew, passkeys.SignupWebAuthnForm):  # type: ignore[misc]
    """The first way into an account."""


class PasskeySignInForm(_WellFormed, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of a password."""


class PasskeyForm(_WellFormed, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of signing in."""


class PasskeyAgainForm(_WellFormed, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """To show that it is still you."""
