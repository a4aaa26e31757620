"""What a senior moderator fills in to warn, slow down or suspend a member."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from moderation.admin.reasons import ReasonedForm
from moderation.forms import WordsField
from moderation.models import REASON_LENGTH, Case, Sanction
from moderation.sanctions import NewSanction

_DAYS = (1, 3, 7, 28)
_UNTIL_A_DATE = "date"
_AT_MOST = timedelta(days=366)


class EndForm(forms.Form):
    reason = WordsField(
        label=_("Why it ends, for the member"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the member reads it.")},
    )
    note = WordsField(
        label=_("Internal note"),
        help_text=_("Moderators alone read it."),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SanctionForm(ReasonedForm):
    kind = forms.ChoiceField(
        label=_("What"),
        choices=Sanction.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is to be done.")},
    )
    lasts = forms.ChoiceField(label=_("For how long"), required=False, widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("The last day of it"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    field_order = ("kind", "lasts", "until", "guideline", "ready", "reason", "note")

    def __init__(self, *args: Any, moment: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._moment = moment
        lasts = self.fields["lasts"]
        assert isinstance(lasts, forms.ChoiceField)  # noqa: S101 - for the type checker
        days = [(str(n), ngettext("%d day", "%d days", n) % n) for n in _DAYS]
        lasts.choices = [*days, (_UNTIL_A_DATE, gettext("Up to a date"))]

    def clean(self) -> None:
        self.need("guideline", gettext("Choose the guideline."))
        self.need("reason", gettext("Say why: the member reads it."))
        if self.cleaned_data.get("kind") in (None, Sanction.Kind.WARNING):
            return
        self.need("lasts", gettext("Choose for how long."))
        if self.cleaned_data.get("lasts") == _UNTIL_A_DATE:
            self.need("until", gettext("Choose the last day of it."))
            self._check_length()

    def new(self, case: Case | None) -> NewSanction:
        data = self.cleaned_data
        return NewSanction(
            kind=Sanction.Kind(data["kind"]),
            guideline=data["guideline"],
            reason=data["reason"],
            note=data["note"],
            lasts=None if data["kind"] == Sanction.Kind.WARNING else self._length(),
            case=case,
        )

    def _length(self) -> timedelta:
        if self.cleaned_data["lasts"] != _UNTIL_A_DATE:
            return timedelta(days=int(self.cleaned_data["lasts"]))
        # To the end of that day in London.
        after = datetime.combine(self.cleaned_data["until"] + timedelta(days=1), time())
        return timezone.make_aware(after) - self._moment

    def _check_length(self) -> None:
        if self.cleaned_data.get("until") is None:
            return
        if not timedelta() < self._length() <= _AT_MOST:
            self.add_error("until", gettext("Choose a day from today on, within a year."))
