"""The forms of codes and passkeys, where allauth's own take too much or fall over."""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as passkeys
from django.conf import settings
from django.core.cache import cache
from django.forms import Form

_PERIOD = 30  # seconds for which an app shows a code
_VALID_FOR = _PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)


class _UsedOnce(codes.BaseAuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """allauth forgets after one period which codes were used; with a tolerance they work longer."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not self._is_new(code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _is_new(self, code: str) -> bool:
        key = f"second-step-used-{self.user.pk}-{normalize_user_code(code)}"
        return bool(cache.add(key, "used", timeout=_VALID_FOR))


class CodeForm(_UsedOnce, codes.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step of signing in."""


class CodeAgainForm(_UsedOnce, codes.ReauthenticateForm):  # type: ignore[misc]
    """To show that it is still you."""


class _WellFormed(Form):
    """What no browser sends is refused, where allauth answers with a server error."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise get_adapter().validation_error("incorrect_code") from problem
        return found


class _WellFormedNew(Form):
    """The same, of a passkey that is added."""

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
