"""Admin of live court cases: a name so common that it would hold nearly everything is refused."""

import re
from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from discussions.models import Comment
from moderation.checks.live_cases import live_cases as names_of
from moderation.checks.reading import Reading
from moderation.models import LiveCase

_LEAST_LETTERS = 5
_LOOKED_BACK = timedelta(days=28)
_LOOKED_AT_MOST = 1_000  # comments
_WORD = re.compile(r"[^\W_]+")


class LiveCaseForm(forms.ModelForm[LiveCase]):
    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        letters = sum(character.isalpha() for character in name)
        is_a_name = len(_WORD.findall(name)) > 1 or name != name.lower()
        if letters < _LEAST_LETTERS or not is_a_name:
            told = gettext(
                "This would hold nearly every comment. Give a name of at least five letters: "
                "of two words, or with a capital letter."
            )
            raise ValidationError(told)
        return name


@admin.register(LiveCase)
class LiveCaseAdmin(admin.ModelAdmin[LiveCase]):
    form = LiveCaseForm
    list_display = ("name", "starts_on", "ends_on", "note")
    search_fields = ("name",)

    def save_model(
        self,
        request: HttpRequest,
        obj: LiveCase,
        form: forms.ModelForm[LiveCase],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """It tells how many comments it would have held: too many are seen at once."""
        super().save_model(request, obj, form, change)
        number, is_all = _naming(obj.name)
        told = ngettext(
            "%(n)d comment of the last 28 days names it.",
            "%(n)d comments of the last 28 days name it.",
            number,
        )
        if not is_all:
            told = gettext("At least %(n)d comments of the last 28 days name it.")
        messages.info(request, told % {"n": number})


def _naming(name: str) -> tuple[int, bool]:
    """How many comments name it, as the check reads them, and whether all were looked at."""
    longest = max(_WORD.findall(name), key=len)
    recent = Comment.objects.filter(posted_at__gt=timezone.now() - _LOOKED_BACK)
    bodies = list(
        recent.filter(body__icontains=longest).values_list("body", flat=True)[: _LOOKED_AT_MOST + 1]
    )
    looked_at = bodies[:_LOOKED_AT_MOST]
    number = sum(any(names_of(Reading(body), [name])) for body in looked_at)
    return number, len(bodies) == len(looked_at)
