"""The form that joins."""

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import agreements
from accounts.joining import who_began
from accounts.models import DISPLAY_NAME_LENGTH, Member
from accounts.names import clean_display_name


class JoinForm(forms.Form):
    """What joining asks for beside email and password; allauth mixes it into its own form."""

    display_name = forms.CharField(
        label=gettext_lazy("Display name"),
        help_text=gettext_lazy(
            "Everyone sees this with your comments. It need not be your real name."
        ),
        max_length=DISPLAY_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    is_16_or_over = forms.BooleanField(
        label=gettext_lazy("I am 16 or over"),
        error_messages={"required": gettext_lazy("You need to be 16 or over to join.")},
    )
    accepts = forms.BooleanField(
        label=gettext_lazy("I accept the community guidelines and the terms"),
        error_messages={
            "required": gettext_lazy("To join, accept the community guidelines and the terms.")
        },
    )
    shown_versions = forms.CharField(widget=forms.HiddenInput, initial=agreements.current)

    field_order = [
        "email",
        "display_name",
        "password1",
        "is_16_or_over",
        "accepts",
        "shown_versions",
    ]

    def clean_display_name(self) -> str:
        """Who begins once more, with the same address, may have the name that they gave before."""
        began = who_began(self.cleaned_data.get("email", ""))
        return clean_display_name(self.cleaned_data["display_name"], began)

    def clean_shown_versions(self) -> str:
        """What is accepted is what was shown: not what came into force meanwhile."""
        shown: str = self.cleaned_data["shown_versions"]
        if shown != agreements.current():
            self._show_anew()
            self.add_error(
                "accepts",
                _("The guidelines or the terms have just changed. Please look at them again."),
            )
        return shown

    def _show_anew(self) -> None:
        assert isinstance(self.data, QueryDict)  # noqa: S101 - for the type checker
        data = self.data.copy()
        data["shown_versions"] = agreements.current()
        data.pop("accepts", None)
        self.data = data

    def signup(self, request: HttpRequest, user: Member) -> None:
        """All is stored by accounts.sign_in.AccountAdapter.save_user."""
