"""Guideline, reason and note, as every form has them in which a moderator decides something."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.forms import WordsField
from moderation.guidelines import guideline_choices, numbered
from moderation.models import REASON_LENGTH, ReasonTemplate
from moderation.screening import Kind

_READY_AT_MOST = 200
# Where a guideline has several reasons, what a check found tells which fits. They are found by
# their title: once staff give another, nothing is chosen for them.
_TITLES = {Kind.THREAT: "threat", Kind.SLUR: "hate", Kind.REPEATED: "posted before"}


class ReadyReasonSelect(forms.Select):
    """Each choice carries its text and guideline, and whether it is about what was found, for
    static/js/admin/reasons.js."""

    ready: dict[str, ReasonTemplate] = {}
    fitting: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's signature
        option = super().create_option(name, value, *args, **kwargs)
        found = self.ready.get(str(value))
        if found is not None:
            option["attrs"] |= {"data-text": found.text, "data-guideline": found.guideline or ""}
            if found.title.casefold() in self.fitting:
                option["attrs"]["data-fits"] = ""
        return option


class ReasonedForm(forms.Form):
    """Where no reason is typed, it is the one that is chosen from those ready to use.

    `kinds` are what checks found in the text.
    """

    guideline = forms.TypedChoiceField(
        label=_("Guideline"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"data-guidelines": ""}),
    )
    ready = forms.ChoiceField(
        label=_("Reason, ready to use"),
        required=False,
        widget=ReadyReasonSelect(attrs={"data-ready": ""}),
    )
    reason = WordsField(
        label=_("Reason, in your words"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "data-reason": ""}),
    )
    note = WordsField(
        label=_("Internal note"),
        help_text=_("Moderators alone read it."),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, kinds: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ready = {str(each.pk): each for each in ReasonTemplate.objects.all()[:_READY_AT_MOST]}
        _choices(self, "guideline", [("", "–"), *guideline_choices()])
        _choices(self, "ready", [("", "–"), *_grouped(self._ready)])
        widget = self.fields["ready"].widget
        assert isinstance(widget, ReadyReasonSelect)  # noqa: S101 - for the type checker
        widget.ready = self._ready
        widget.fitting = frozenset(_TITLES[Kind(each)] for each in kinds if Kind(each) in _TITLES)

    def clean_reason(self) -> str:
        typed: str = self.cleaned_data["reason"]
        chosen = self._ready.get(self.cleaned_data.get("ready", ""))
        return typed or (chosen.text if chosen else "")

    def need(self, name: str, told: str) -> None:
        """It cannot be left out, as things were chosen."""
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, told)


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = choices


def _grouped(ready: dict[str, ReasonTemplate]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, each in ready.items():
        heading = numbered(each.guideline) if each.guideline else str(_("Any guideline"))
        groups.setdefault(heading, []).append((key, each.title))
    return list(groups.items())
