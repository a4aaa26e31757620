"""What readers and members fill in: a report, its reference, an appeal."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.characters import without_bidi_controls
from moderation.guidelines import guideline_choices
from moderation.models import EXPLANATION_LENGTH, WORDS_LENGTH
from moderation.reports import NewReport

ILLEGAL = "illegal"
_SEND_AGAIN = _("We could not tell whether you had sent this before. Send it again.")


class WordsField(forms.CharField):
    """A line break is one character, as its writer counts; nothing turns other text around."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - Django's signature
        text = without_bidi_controls(str(value or "").replace("\r\n", "\n"))
        return super().to_python(text) or ""


class ReportForm(forms.Form):
    """What is wrong with a comment: one of the guidelines, or the law."""

    what = forms.ChoiceField(
        label=_("Which guideline does it go against?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with the comment.")},
    )
    explanation = WordsField(
        label=_("Anything that helps us understand"),
        required=False,
        max_length=EXPLANATION_LENGTH,
        error_messages={"max_length": _("Please use at most 1,000 characters.")},
    )
    form_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _SEND_AGAIN, "invalid": _SEND_AGAIN},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)  # noqa: S101 - for the type checker
        guidelines = [(str(number), title) for number, title in guideline_choices()]
        what.choices = [*guidelines, (ILLEGAL, _("I think it is against the law"))]

    @property
    def key(self) -> str:
        """The key that the form is shown with: its own while it is being corrected."""
        if self.is_bound and "form_key" not in self.errors:
            return str(self["form_key"].value())
        return str(uuid.uuid4())

    def clean(self) -> None:
        is_illegal = self.cleaned_data.get("what") == ILLEGAL
        if is_illegal and not self.cleaned_data.get("explanation", "x"):
            self.add_error("explanation", _("Tell us in a few words why it is against the law."))

    def new(self) -> NewReport:
        what = self.cleaned_data["what"]
        return NewReport(
            form_key=self.cleaned_data["form_key"],
            guideline=None if what == ILLEGAL else int(what),
            is_illegal=what == ILLEGAL,
            explanation=self.cleaned_data["explanation"],
        )


class ReferenceForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference of the report"),
        max_length=40,
        error_messages={
            "required": _("Type the reference that you were given."),
            "max_length": _("A reference has 12 letters and digits."),
        },
    )


class AppealForm(forms.Form):
    words = WordsField(
        label=_("Why you think that it was wrong"),
        max_length=WORDS_LENGTH,
        error_messages={
            "required": _("Tell us in your words why you think that it was wrong."),
            "max_length": _("Please use at most 2,000 characters."),
        },
    )
