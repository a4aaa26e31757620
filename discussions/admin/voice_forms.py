"""What staff fill in to enter a voice from elsewhere, or a file of them."""

import re
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions.forms import BodyField
from discussions.models import Comment, Consultation, Discussion, Prompt, Source
from discussions.voices import Said, Voice, clean_name
from discussions.voices_file import BYTES_AT_MOST, check_day, check_place

_COMMENT = re.compile(r"(?:.*/comments/)?([0-9]{1,18})(?:[/?#].*)?", re.DOTALL)
_CONFIRMED_AT_MOST = 900  # a text has fewer places for what is asked about


class VoiceForm(forms.Form):
    """One voice. `about` is a discussion, or a question of one."""

    kind = forms.ChoiceField(label=gettext_lazy("How it was said"), choices=Source.Kind.choices)
    place = forms.CharField(
        label=gettext_lazy("Where"),
        required=False,
        help_text=gettext_lazy("As readers see it: “Brixton Library”. Never a private address."),
    )
    on = forms.DateField(
        label=gettext_lazy("When"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    about = forms.ChoiceField(label=gettext_lazy("What it is about"))
    answers = forms.CharField(
        label=gettext_lazy("The comment that it answers"),
        required=False,
        help_text=gettext_lazy("Its link or its number. Empty: none."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        help_text=gettext_lazy(
            "Only if they want to be named. Empty: “A Londoner”, each one counted."
        ),
    )
    body = BodyField(label=gettext_lazy("What was said"))
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, consultation: Consultation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)  # noqa: S101 - for the type checker
        about.choices = _places(consultation)
        self.fields["body"].widget.attrs["rows"] = 8

    @property
    def key(self) -> str:
        """Its own while it is being corrected: what is sent twice is entered once."""
        if self.is_bound and "form_key" not in self.errors:
            return str(self["form_key"].value())
        return str(uuid.uuid4())

    def clean_place(self) -> str:
        return check_place(self.cleaned_data["place"])

    def clean_on(self) -> Any:  # noqa: ANN401 - a day, or none
        day = self.cleaned_data["on"]
        return check_day(day) if day else None

    def clean_name(self) -> str:
        return clean_name(self.consultation, self.cleaned_data["name"])

    def clean_answers(self) -> Comment | None:
        text = self.cleaned_data["answers"].strip()
        if not text:
            return None
        number = _COMMENT.fullmatch(text)
        theirs = Comment.objects.visible_to(None).filter(discussion__consultation=self.consultation)
        found: Comment | None = theirs.filter(pk=number[1]).first() if number else None
        if found is None:
            raise ValidationError(_("There is no such comment here that everyone can read."))
        return found

    def voice(self, data: Any) -> Voice:  # noqa: ANN401 - a QueryDict: what was asked, and answered
        cleaned = self.cleaned_data
        kind, _dot, pk = cleaned["about"].partition("-")
        parent: Comment | None = cleaned["answers"]
        prompt = Prompt.objects.get(pk=pk) if kind == "prompt" else None
        discussion = parent.discussion_id if parent else prompt.discussion_id if prompt else int(pk)
        anyway = "anyway" in data
        return Voice(
            discussion_id=discussion,
            said=Said(cleaned["kind"], cleaned["place"], cleaned["on"]),
            body=cleaned["body"],
            key=str(cleaned["form_key"]),
            name=cleaned["name"],
            prompt_id=prompt.pk if prompt and not parent else None,
            parent_id=parent.pk if parent else None,
            confirmed=frozenset(data.getlist("confirmed")[:_CONFIRMED_AT_MOST] if anyway else ()),
            waits="wait" in data,
        )


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > BYTES_AT_MOST:
            raise ValidationError(_("The file is larger than 2 MB. Please make two of it."))
        content: bytes = upload.read()
        return content


def _places(consultation: Consultation) -> list[tuple[str, list[tuple[str, str]]]]:
    """The questions of each discussion, and the discussion as a whole."""
    places = []
    discussions = Discussion.objects.filter(consultation=consultation)
    for discussion in discussions.prefetch_related("prompts"):
        whole = (
            f"discussion-{discussion.pk}",
            _("%(title)s: no question in particular") % {"title": discussion.title},
        )
        prompts = [(f"prompt-{each.pk}", each.text) for each in discussion.prompts.all()]
        places.append((discussion.title, [whole, *prompts]))
    return places
