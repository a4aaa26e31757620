"""What staff decided, in admin's own list of what they did: it keeps their account on record."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from accounts.models import Member


def note(staff: Member, thing: Model, what: str) -> LogEntry:
    """In the caller's transaction. Nobody's name and no text is in it."""
    made: LogEntry = LogEntry.objects.create(
        user=staff,
        # Read afresh: where a database was emptied, Django's own memory of these is wrong.
        content_type=ContentType.objects.filter(
            app_label=thing._meta.app_label, model=thing._meta.model_name
        ).first(),
        object_id=str(thing.pk),
        object_repr=str(thing),
        action_flag=CHANGE,
        change_message=what,
    )
    return made
