"""What a senior moderator fills in who looks again."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from discussions.admin.case_forms import MarkingForm
from discussions.models import Comment
from discussions.moderating import overturning_verbs
from moderation.appeals import Ruling
from moderation.decisions import HIDING, Judgement
from moderation.forms import WordsField
from moderation.models import WORDS_LENGTH, Appeal, CaseFinding, Verb


class _Answer(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            (Appeal.Outcome.UPHELD, _("It stays as it was decided")),
            (Appeal.Outcome.OVERTURNED, _("It was wrong: change it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the outcome.")},
    )
    answer = WordsField(
        label=_("Answer, for whoever appealed"),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Answer in words: whoever appealed reads it.")},
    )

    def ruling(self) -> Ruling:
        data = self.cleaned_data
        return Ruling(Appeal.Outcome(data["outcome"]), data["answer"], data["note"])


class AnswerForm(_Answer):
    """Of a sanction, which ends if it was wrong, or of a comment that needs no further change."""

    note = WordsField(
        label=_("Internal note"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecisionAppealForm(_Answer, MarkingForm):
    """Where it is overturned: with the decision that takes its place."""

    field_order = (
        "outcome",
        "answer",
        "verb",
        "found",
        "words",
        "guideline",
        "ready",
        "reason",
        "note",
    )

    def __init__(
        self,
        *args: Any,
        appeal: Appeal,
        comment: Comment,
        findings: Sequence[CaseFinding] = (),
        **kwargs: Any,
    ) -> None:
        verbs = overturning_verbs(appeal, comment)
        super().__init__(*args, verbs=verbs, comment=comment, findings=findings, **kwargs)
        self.may_hide = not HIDING.isdisjoint(verbs)
        self.may_mask = Verb.MASK in verbs
        self.fields["verb"].required = False
        self.fields["verb"].label = gettext("If it was wrong, instead")
        if len(verbs) == 1:
            self.fields["verb"].initial = verbs[0].value

    def clean(self) -> None:
        if self.cleaned_data.get("outcome") != Appeal.Outcome.OVERTURNED:
            return
        self.need("verb", gettext("Choose what is to be done instead."))
        super().clean()

    def new_judgement(self) -> Judgement | None:
        is_overturned = self.cleaned_data["outcome"] == Appeal.Outcome.OVERTURNED
        return self.judgement() if is_overturned else None
