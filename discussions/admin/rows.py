"""Rows within a form of admin that staff can take away again, each with why it may have to stay."""

from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_Row = TypeVar("_Row", bound=models.Model)
_Parent = TypeVar("_Parent", bound=models.Model)


class RowForm(forms.ModelForm[_Row]):
    away = forms.BooleanField(label=_("Take away"), required=False)

    def why_it_stays(self) -> str:
        """A sentence, or nothing."""
        return ""

    def has_changed(self) -> bool:
        """A new row that is taken away again was never there."""
        is_new = self.instance.pk is None
        is_away = self.fields["away"].widget.value_from_datadict(
            self.data, self.files, self.add_prefix("away")
        )
        return False if is_new and is_away else super().has_changed()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("away") and (why := self.why_it_stays()):
            self.add_error("away", why)
        return cleaned


class _Rows:
    """Of a ModelAdmin that TakesAway. Their form is a RowForm, their fields end with `away`.

    No role may erase anything by itself; a row goes with the form that it stands in.
    """

    extra = 0
    can_delete = False


class RowsInline(_Rows, admin.TabularInline[_Row, _Parent]):
    """A line for each."""

    view_on_site = False


class BoxesInline(_Rows, admin.StackedInline[_Row, _Parent]):
    """A box for each, where a line would be too long."""

    view_on_site = False


class TakesAway:
    """Before ModelAdmin in the bases of one with such inlines."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ANN401, FBT001 - Django's signature
        formset.save()
        for row in formset.initial_forms:
            if row.cleaned_data.get("away"):
                row.instance.delete()
                formset.deleted_objects.append(row.instance)
        # A row that is gone has not been changed, for the history.
        gone = {id(each) for each in formset.deleted_objects}
        formset.changed_objects = [
            (each, fields) for each, fields in formset.changed_objects if id(each) not in gone
        ]


class Stays:
    """Before ModelAdmin in the bases: what takes two people elsewhere is no button here."""

    def has_delete_permission(self, *_arguments: object) -> bool:
        return False
