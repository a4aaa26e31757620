"""The form that joins."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import DISPLAY_NAME_LENGTH, Member
from accounts.names import clean_display_name


class JoinForm(forms.Form):
    """What joining asks for beside email and password; allauth mixes it into its own form."""

    display_name = forms.CharField(
        label=_("Display name"),
        help_text=_("Everyone sees this with your comments. It need not be your real name."),
        max_length=DISPLAY_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    is_16_or_over = forms.BooleanField(
        label=_("I am 16 or over"),
        error_messages={"required": _("You need to be 16 or over to join.")},
    )

    field_order = ["email", "display_name", "password1", "is_16_or_over"]

    def clean_display_name(self) -> str:
        return clean_display_name(self.cleaned_data["display_name"])

    def signup(self, request: HttpRequest, user: Member) -> None:
        """All is stored by accounts.sign_in.AccountAdapter.save_user."""
