"""What members fill in on the pages of their account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.about_you import Answers
from accounts.equality_questions import QUESTIONS, Question
from accounts.models import DISPLAY_NAME_LENGTH, Member
from accounts.names import clean_display_name


class NameForm(forms.Form):
    """A name of this member's: theirs alone, as everyone's is."""

    name = forms.CharField(
        label=_("Display name"),
        max_length=DISPLAY_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_name(self) -> str:
        return clean_display_name(self.cleaned_data["name"], self.member)


class AboutYouForm(forms.Form):
    """One field for each equality question; all may stay empty."""

    consents = forms.BooleanField(
        label=_("I agree that Talk London keeps these answers and counts them"),
        error_messages={"required": _("We keep your answers only if you agree to it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=str(question.text),
                help_text=str(question.why),
                required=False,
                choices=_choices(question),
            )
        self.order_fields([*(question.key for question in QUESTIONS), "consents"])

    @property
    def answers(self) -> Answers:
        found = {question.key: self.cleaned_data[question.key] for question in QUESTIONS}
        return {key: value for key, value in found.items() if value}


class CloseForm(forms.Form):
    """What becomes of one's comments."""

    KEEP, WITHDRAW = "keep", "withdraw"
    comments = forms.ChoiceField(
        label=_("What should become of your comments?"),
        choices=[
            (KEEP, _("Keep them, under the name “Former member”")),
            (WITHDRAW, _("Withdraw them all")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what should become of your comments.")},
    )

    @property
    def withdraws_comments(self) -> bool:
        return bool(self.cleaned_data["comments"] == self.WITHDRAW)


class NotificationsForm(forms.ModelForm[Member]):
    class Meta:
        model = Member
        fields = ("wants_reply_mails", "wants_cited_mails")
        labels = {
            "wants_reply_mails": _("Email me when somebody replies to me"),
            "wants_cited_mails": _("Email me when City Hall’s answer rests on what I said"),
        }


def _choices(question: Question) -> list[Any]:
    """Grouped as the question has them, after the one for no answer."""
    choices: list[Any] = [("", _("Choose…"))]
    for heading, of_group in question.groups:
        choices += [(heading, list(of_group))] if heading else of_group
    return choices
