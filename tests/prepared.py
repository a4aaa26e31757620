"""A draft that lacks nothing, and forms of admin as a browser would send them back."""

from datetime import datetime, timedelta
from typing import Any

from django.forms import BaseFormSet, FileField, MultiValueField
from django.forms.forms import BaseForm
from django.test import Client
from django.utils import timezone

from discussions.models import Consultation
from tests import cast

Sent = dict[str, Any]


def draft(moment: datetime | None = None, weeks: int = 8) -> Consultation:
    """Opens tomorrow, for so many weeks; it lacks nothing."""
    cast.moderator()
    made = cast.consultation(cast.DRAFT)
    opens_at = (moment or timezone.now()) + timedelta(days=1)
    Consultation.objects.filter(pk=made.pk).update(
        why_now="The Mayor decides in May.",
        information="<p>Here is the plan.</p>",
        other_ways="Call us.",
        opens_at=opens_at,
        closes_at=opens_at + timedelta(weeks=weeks),
    )
    made.refresh_from_db()
    return made


def change_page(consultation: Consultation) -> str:
    return f"/admin/discussions/consultation/{consultation.pk}/change/"


def room(consultation: Consultation, route: str) -> str:
    return f"/admin/discussions/consultation/{consultation.pk}/{route}"


def form_of(client: Client, path: str) -> Sent:
    """All that the page's form would send if nothing were typed."""
    context = client.get(path).context
    sent = _values(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        sent |= _formset_values(inline.formset)
    return sent


def _formset_values(formset: BaseFormSet[Any]) -> Sent:
    sent = _values(formset.management_form)
    for form in formset.forms:
        sent |= _values(form)
    return sent


def _values(form: BaseForm) -> Sent:
    sent: Sent = {}
    for name, field in form.fields.items():
        if isinstance(field, FileField):
            continue
        value = form[name].value()
        if isinstance(field, MultiValueField):
            parts = field.widget.decompress(value)
            for index, part in enumerate(parts):
                sent[f"{form.add_prefix(name)}_{index}"] = "" if part is None else str(part)
        elif isinstance(value, bool):
            sent |= {form.add_prefix(name): "on"} if value else {}
        elif value is not None:
            sent[form.add_prefix(name)] = value
    return sent
