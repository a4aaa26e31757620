"""The forms of new passwords: asked for once, as joining does.

Who mistypes it gets a new one by email; asking twice costs everybody else.
"""

from typing import Any

from allauth.account import forms
from django.forms import Form

from accounts.joining import is_unconfirmed
from accounts.models import Member


class _AskedOnce(Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]


class AskForm(forms.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """A new password is for members, not for those who have yet to confirm their address."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[Member] = [user for user in self.users if not is_unconfirmed(user)]
        return email


class ChangeForm(_AskedOnce, forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """Of members who have one."""


class SetForm(_AskedOnce, forms.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Of members who joined with a passkey."""


class ResetForm(_AskedOnce, forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """Of members who forgot theirs and entered the code from the email."""
