"""Changing names: how often, and what moderators can look up of it.

A member has a display name, and may have another name in a consultation (discussions.naming).
Both count towards one limit, so that nobody can run through names to be somebody else each day.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, NameChange, NameInUse

MOST_CHANGES = 3
WITHIN = timedelta(days=30)


class TooManyChangesError(Exception):
    """This member has changed names often enough for now."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


def change_display_name(member: Member, name: str) -> None:
    """Give the member a name that accounts.names has cleaned. The same one: nothing happens.

    Raises NameTakenError (also for the second of two who want it at once) or TooManyChangesError.
    """
    with transaction.atomic():
        locked = lock(member)
        if locked.display_name != name:
            log_change(locked, locked.display_name, name)
            NameInUse.objects.claim(name, locked)
            locked.display_name = name
            locked.save(update_fields=["display_name"])
    member.display_name = name


def log_change(locked: Member, old_name: str, new_name: str, place: str = "") -> None:
    """Keep the change, in the caller's transaction, which has locked the member.

    `place` is a consultation's slug; empty: everywhere. Raises TooManyChangesError.
    """
    again_at = may_change_again_at(locked)
    if again_at is not None:
        raise TooManyChangesError(again_at)
    NameChange.objects.create(member=locked, old_name=old_name, new_name=new_name, place=place)


def lock(member: Member) -> Member:
    """The member, locked until the transaction ends: their changes of names stand in a row."""
    return Member.objects.select_for_update(no_key=True).get(pk=member.pk)


def changes_left(member: Member) -> int:
    return MOST_CHANGES - len(_recent(member))


def may_change_again_at(member: Member) -> datetime | None:
    """None: now. Who is suspended says nothing new by a name either."""
    suspended = member.suspended_until
    if suspended is not None and timezone.now() < suspended:
        return suspended
    recent = _recent(member)
    return recent[-1] + WITHIN if len(recent) == MOST_CHANGES else None


def _recent(member: Member) -> list[datetime]:
    """When the member last changed names, the latest first."""
    since = timezone.now() - WITHIN
    changes = NameChange.objects.filter(member=member, changed_at__gt=since)
    return list(changes.order_by("-changed_at").values_list("changed_at", flat=True)[:MOST_CHANGES])
