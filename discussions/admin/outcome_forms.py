"""What staff fill in about what came of a consultation: the introduction, and its points."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from discussions.cursors import is_id
from discussions.models import Consultation, OutcomePoint
from discussions.outcome import MOST_CITED, MOST_POINTS, Point, citable

_LONGEST = 10_000  # characters
_ADDRESS = re.compile(r"/comments/(\d+)(?:/|\Z)")
_FRAGMENT = re.compile(r"comment-(\d+)\Z")
_EMPTY_FORMS = 2


class IntroductionForm(forms.Form):
    introduction = forms.CharField(
        label=_("Introduction"),
        help_text=_("In a few sentences: what was asked, who answered, what comes of it."),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class PointForm(forms.Form):
    """Empty as a whole, or with all that a point needs."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    heard = forms.CharField(
        label=_("What we heard"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    verdict = forms.ChoiceField(
        label=_("What becomes of it"),
        required=False,
        choices=[("", _("Choose…")), *OutcomePoint.Verdict.choices],
    )
    answer = forms.CharField(
        label=_("Our answer, and why"),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    decision_title = forms.CharField(
        label=_("Decision"),
        help_text=_("Such as “Mayoral Decision MD3123”."),
        required=False,
        max_length=200,
    )
    decision_url = forms.URLField(
        label=_("Where the decision can be read"),
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    cites = forms.CharField(
        label=_("Comments it rests on"),
        help_text=_("Links or numbers, with commas or one on each line. Their authors are told."),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    leaves_out = forms.BooleanField(label=_("Leave this point out"), required=False)

    def __init__(
        self, *args: Any, consultation: Consultation, cited: dict[int, set[int]], **kwargs: Any
    ) -> None:
        """`cited` are the comments that each point rests on already."""
        super().__init__(*args, **kwargs)
        self.consultation, self.cited = consultation, cited
        if consultation.outcome_published_at is not None:
            del self.fields["leaves_out"]

    def clean_cites(self) -> tuple[int, ...]:
        """One that is cited already stays, whatever has become of it: readers see what they may."""
        numbers = [
            _number(each) for each in re.split(r"[\s,]+", self.cleaned_data["cites"]) if each
        ]
        numbers = list(dict.fromkeys(numbers))
        if len(numbers) > MOST_CITED:
            raise forms.ValidationError(
                gettext("A point rests on %(n)d comments at most.") % {"n": MOST_CITED}
            )
        known = self.cited.get(self.cleaned_data.get("pk") or 0, set())
        known = known | citable(self.consultation, set(numbers) - known)
        unknown = [str(each) for each in numbers if each not in known]
        if unknown:
            told = gettext("Not a published comment of this consultation: %(numbers)s.")
            raise forms.ValidationError(told % {"numbers": ", ".join(unknown)})
        return tuple(numbers)

    def clean(self) -> None:
        if self.is_left_out:
            self.errors.clear()
            return
        needed = {
            "heard": gettext("Say what was heard."),
            "verdict": gettext("Choose what becomes of it."),
            "answer": gettext("Give the answer, and why."),
        }
        for name, told in needed.items():
            if name not in self.errors and not self.cleaned_data.get(name, "").strip():
                self.add_error(name, told)

    @property
    def is_left_out(self) -> bool:
        """Empty; or one that is not published, and is marked."""
        is_public = "leaves_out" not in self.fields and self.cleaned_data.get("pk")
        return bool(self.cleaned_data.get("leaves_out")) or not (self.says_something or is_public)

    @property
    def says_something(self) -> bool:
        return any(self[name].value() for name in self.fields if name not in ("pk", "leaves_out"))

    def point(self) -> Point:
        data = self.cleaned_data
        names = ("pk", "heard", "answer", "verdict", "decision_title", "decision_url", "cites")
        return Point(**{name: data[name] for name in names})


class _Points(forms.BaseFormSet[PointForm]):
    def points(self) -> list[Point]:
        """Once it is valid."""
        return [form.point() for form in self.forms if not form.is_left_out]

    def left_out(self) -> set[int]:
        """The points that are here already, and are not to be."""
        marked = [form.cleaned_data.get("pk") for form in self.forms if form.is_left_out]
        return {pk for pk in marked if pk}


def points_formset(consultation: Consultation, data: Any = None) -> Any:  # noqa: ANN401 - Django's formsets are made at run time
    points = list(consultation.outcome_points.prefetch_related("citations")[:MOST_POINTS])
    cited = {point.pk: {each.comment_id for each in point.citations.all()} for point in points}
    made = forms.formset_factory(
        PointForm,
        formset=_Points,
        extra=_EMPTY_FORMS,
        max_num=MOST_POINTS,
        absolute_max=MOST_POINTS,
        validate_max=True,
    )
    return made(
        data,
        prefix="points",
        initial=[_initial(point) for point in points],
        form_kwargs={"consultation": consultation, "cited": cited},
    )


def _initial(point: OutcomePoint) -> dict[str, Any]:
    names = ("pk", "heard", "verdict", "answer", "decision_title", "decision_url")
    cites = ", ".join(str(each.comment_id) for each in point.citations.all())
    return {**{name: getattr(point, name) for name in names}, "cites": cites}


def _number(typed: str) -> int:
    """Of a comment, from what was typed: its number, or an address of its page or place."""
    plain = typed.removeprefix("#")
    if not is_id(plain):
        parts = urlsplit(typed)
        found = _ADDRESS.search(parts.path) or _FRAGMENT.search(parts.fragment)
        plain = found[1] if found else ""
    if not is_id(plain):
        raise forms.ValidationError(
            gettext("“%(typed)s” is no link to a comment, nor a number.") % {"typed": typed[:80]}
        )
    return int(plain)
