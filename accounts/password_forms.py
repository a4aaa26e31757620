"""The forms of new passwords: asked for once, as joining does.

Who mistypes it gets a new one by email; asking twice costs everybody else.
"""

from typing import Any

from allauth.account import forms
from django.forms import Form


class _AskedOnce(Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]


class ChangeForm(_AskedOnce, forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """Of members who have one."""


class SetForm(_AskedOnce, forms.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Of members who joined with a passkey."""


class ResetForm(_AskedOnce, forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """Of members who forgot theirs and entered the code from the email."""
