"""What staff decided, in admin's own list of what they did: it keeps their account on record."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model

from accounts.models import Member


def note(staff: Member, thing: Model, what: str) -> None:
    """In the caller's transaction. Nobody's name and no text is in it."""
    LogEntry.objects.log_actions(staff.pk, [thing], CHANGE, what, single_object=True)
