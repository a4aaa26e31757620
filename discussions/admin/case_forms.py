"""What a moderator fills in: the decision about one case, or about several that are alike."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from discussions.case_file import found_words
from discussions.models import Comment
from moderation.admin.reasons import ReasonedForm
from moderation.decisions import HIDING, Judgement
from moderation.forms import WordsField
from moderation.models import CaseFinding, Verb

KEYS = {Verb.APPROVE: "a", Verb.KEEP: "k", Verb.MASK: "m", Verb.HIDE: "h", Verb.RESTORE: "r"}


class VerbSelect(forms.RadioSelect):
    """Each choice carries the key that chooses it (static/js/admin/keys.js)."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - Django's signature
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-key"] = KEYS[Verb(value)]
        return option


class VerbForm(ReasonedForm):
    """One of these verbs, with what it needs."""

    verb = forms.ChoiceField(
        label=_("Decision"),
        widget=VerbSelect,
        error_messages={"required": _("Choose what is to be done.")},
    )
    field_order: tuple[str, ...] = (
        "verb",
        "guideline",
        "ready",
        "reason",
        "found",
        "words",
        "note",
    )

    def __init__(self, *args: Any, verbs: Iterable[Verb], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verb = self.fields["verb"]
        assert isinstance(verb, forms.ChoiceField)  # noqa: S101 - for the type checker
        # Offered are those that are possible. One that no longer is gets its answer from
        # moderating.decide, which knows why.
        verb.choices = Verb.choices
        self.fields["verb"].widget.choices = [(each.value, each.label) for each in verbs]

    def clean(self) -> None:
        if self.cleaned_data.get("verb") in HIDING:
            self.need("guideline", gettext("Choose the guideline."))
            self.need("reason", gettext("Say why: the author reads it."))

    def judgement(self) -> Judgement:
        data = self.cleaned_data
        return Judgement(
            Verb(data["verb"]), data["guideline"], data["reason"], data["note"], self.marked()
        )

    def marked(self) -> tuple[str, ...]:
        return ()


class MarkingForm(VerbForm):
    """With the words that are hidden where some of them are."""

    found = forms.MultipleChoiceField(
        label=_("Words that a check found"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = WordsField(
        label=_("Other words to hide"),
        help_text=_("One per line, as they stand in the text."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, comment: Comment, findings: Sequence[CaseFinding] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, kinds=[each.kind for each in findings], **kwargs)
        self._text = comment.body
        found = self.fields["found"]
        assert isinstance(found, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        words = found_words(comment.body, findings)
        found.choices = [(each, each) for each in words]
        found.initial = words

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("verb") != Verb.MASK:
            return
        for each in self.marked():
            if each.casefold() not in self._text.casefold():
                told = gettext("“%(words)s” does not stand in the text.") % {"words": each}
                self.add_error("words", told)
        if not self.marked() and not self.errors:
            self.add_error("words", gettext("Choose or type the words to hide."))

    def marked(self) -> tuple[str, ...]:
        typed = (each.strip() for each in self.cleaned_data.get("words", "").splitlines())
        return (*self.cleaned_data.get("found", ()), *(each for each in typed if each))


class DecisionForm(MarkingForm):
    """`revision` and `latest` are those of the case as the moderator read it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    latest = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TogetherForm(VerbForm):
    """About several cases: words to hide are in each text others, so they cannot be chosen."""


def verbs_of_all(of_each: Iterable[tuple[Verb, ...]]) -> tuple[Verb, ...]:
    """Those that can be decided about every one of them."""
    several = [set(verbs) for verbs in of_each]
    common = set.intersection(*several) if several else set()
    return tuple(verb for verb in Verb if verb in common and verb != Verb.MASK)
