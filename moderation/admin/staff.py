"""What staff write down for themselves: reasons ready to use, remits."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from moderation.guidelines import guideline_choices, numbered
from moderation.models import ReasonTemplate, Remit


class ReasonTemplateForm(forms.ModelForm[ReasonTemplate]):
    guideline = forms.TypedChoiceField(
        label=_("Guideline"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["guideline"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Any")), *guideline_choices()]


@admin.register(ReasonTemplate)
class ReasonTemplateAdmin(admin.ModelAdmin[ReasonTemplate]):
    form = ReasonTemplateForm
    list_display = ("title", "which_guideline", "text", "position")
    fields = ("title", "guideline", "text", "position")

    @admin.display(description=_("guideline"), ordering="guideline")
    def which_guideline(self, ready: ReasonTemplate) -> str:
        return numbered(ready.guideline) if ready.guideline else "–"


class RemitForm(forms.ModelForm[Remit]):
    class Meta:
        help_texts = {
            "moderator": _(
                "Only staff are listed. Is somebody missing? Open their page among the members and "
                "tick Staff: before that, they need a passkey or an authenticator app."
            )
        }


@admin.register(Remit)
class RemitAdmin(admin.ModelAdmin[Remit]):
    form = RemitForm
    list_display = ("moderator", "is_everywhere")
    list_select_related = ("moderator",)
    filter_horizontal = ("consultations",)
