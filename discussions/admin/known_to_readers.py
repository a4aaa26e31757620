"""What readers see of a published consultation, when staff change it in a form of admin."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from discussions.models import Consultation
from discussions.posting import database_moment
from moderation.elections import FrozenError, check_not_frozen
from moderation.timeline import DatesRefusedError, check_not_far


def check_may_change(consultation: Consultation) -> None:
    """Nothing of it changes in an election period; a draft does. In the transaction that saves.

    Raises ValidationError.
    """
    if consultation.published_at is None:
        return
    try:
        check_not_frozen(database_moment())
    except FrozenError as refusal:
        raise ValidationError(str(refusal)) from refusal


def check_dates(form: forms.BaseModelForm) -> None:  # type: ignore[type-arg]
    """Those of a draft that were typed anew; others are changed by verbs (discussions.dates)."""
    for name in ("opens_at", "closes_at"):
        if name in form.changed_data:
            try:
                check_not_far(timezone.now(), form.cleaned_data.get(name))
            except DatesRefusedError as refusal:
                form.add_error(name, str(refusal))


def on_one_line(text: str) -> str:
    """Titles stand in the subjects of mails."""
    return " ".join(text.split())
