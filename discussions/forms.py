"""What people fill in to take part."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.account_forms import NameForm
from discussions.comment_text import check_body, clean_body
from discussions.models import Discussion, Reaction


class BodyField(forms.Field):
    """A comment's text, cleaned; refused only if it says nothing or too much."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - Django's signature
        return clean_body(str(value or ""))

    def validate(self, value: str) -> None:
        check_body(value)


class CommentForm(forms.Form):
    """A comment on a discussion or on one of its prompts."""

    body = BodyField(label=_("Your view"))
    prompt = forms.TypedChoiceField(
        label=_("Which question are you answering?"), required=False, coerce=int, empty_value=None
    )
    form_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("We could not tell whether you had sent this before. Post it again."),
            "invalid": _("We could not tell whether you had sent this before. Post it again."),
        },
    )

    def __init__(self, discussion: Discussion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = [(str(row["id"]), row["text"]) for row in discussion.prompt_rows]
        prompt = self.fields["prompt"]
        assert isinstance(prompt, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        prompt.choices = [("", _("None in particular")), *questions]

    @property
    def key(self) -> str:
        """The key that the form is shown with: its own while it is being corrected."""
        if self.is_bound and "form_key" not in self.errors:
            return str(self["form_key"].value())
        return str(uuid.uuid4())


class ReplyForm(CommentForm):
    prompt = None  # type: ignore[assignment]  # Django's way to leave out an inherited field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)


class EditForm(forms.Form):
    body = BodyField(label=_("Your comment"))


class ReactionForm(forms.Form):
    """Agree, disagree, or nothing: the reaction is taken back."""

    reaction = forms.TypedChoiceField(
        choices=[*Reaction.Value.choices, ("", "")],
        required=False,
        coerce=Reaction.Value,
        empty_value=None,
    )


class NameHereForm(NameForm):
    """A name for one consultation; empty: the display name, as everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name in this consultation")
        self.fields["name"].required = False

    def clean_name(self) -> str:
        return super().clean_name() if self.cleaned_data["name"] else ""


class SearchForm(forms.Form):
    """What the reader looks for; a text that cannot be searched is no search."""

    q = forms.CharField(max_length=200, required=False)
