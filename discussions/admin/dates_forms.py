"""What staff fill in to change dates: why, and when it is to open or close."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from discussions.admin.london_time import NoSuchTimeError, comes_twice, london_moment
from moderation.models import DATE_REASON_LENGTH


class _DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M:%S", attrs={"step": "1"})


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Readers see this reason beside the new dates."),
        max_length=DATE_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why.")},
    )
    ends: tuple[str, ...] = ()  # the moments it asks for
    field_order: tuple[str, ...] = ("opens_on", "opens_clock", "closes_on", "closes_clock")

    def moments(self) -> dict[str, Any]:
        """`opens_at` and `closes_at`, as far as it asks for them. Of a valid form."""
        return {f"{end}_at": self.cleaned_data[f"{end}_at"] for end in self.ends}

    def comes_twice(self) -> bool:
        """Whether one of its times comes twice that day: the first one was taken."""
        data = self.cleaned_data
        return any(
            comes_twice(data[f"{end}_on"], data[f"{end}_clock"])
            for end in self.ends
            if data.get(f"{end}_on") and data.get(f"{end}_clock")
        )

    def clean(self) -> None:
        for end in self.ends:
            on, clock = self.cleaned_data.get(f"{end}_on"), self.cleaned_data.get(f"{end}_clock")
            if on is None or clock is None:
                continue
            try:
                self.cleaned_data[f"{end}_at"] = london_moment(on, clock)
            except NoSuchTimeError as refusal:
                self.add_error(f"{end}_clock", str(refusal))


class EraseForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("For whoever confirms it. It is kept.")


class ClosingForm(ReasonForm):
    closes_on = forms.DateField(label=_("Closes on"), widget=_DayInput)
    closes_clock = forms.TimeField(label=_("Closes at, London time"), widget=_ClockInput)
    ends: tuple[str, ...] = ("closes",)


class MovingForm(ClosingForm):
    opens_on = forms.DateField(label=_("Opens on"), widget=_DayInput)
    opens_clock = forms.TimeField(label=_("Opens at, London time"), widget=_ClockInput)
    ends = ("opens", "closes")


class OwnDatesForm(MovingForm):
    """Of one discussion: an end that is left empty goes with the consultation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for end in self.ends:
            self.fields[f"{end}_on"].required = self.fields[f"{end}_clock"].required = False

    def moments(self) -> dict[str, Any]:
        return {f"{end}_at": self.cleaned_data.get(f"{end}_at") for end in self.ends}

    def clean(self) -> None:
        super().clean()
        for end in self.ends:
            on, clock = self.cleaned_data.get(f"{end}_on"), self.cleaned_data.get(f"{end}_clock")
            if (on is None) != (clock is None) and not self.has_error(f"{end}_clock"):
                self.add_error(f"{end}_clock", _("Give a day and a time, or neither."))


def shown_first(opens_at: datetime | None, closes_at: datetime | None) -> dict[str, Any]:
    """The present dates, to begin with."""
    known: dict[str, Any] = {}
    for end, moment in (("opens", opens_at), ("closes", closes_at)):
        if moment is not None:
            local = localtime(moment)
            known |= {f"{end}_on": local.date(), f"{end}_clock": local.time()}
    return known
