"""The name that a member has in one consultation."""

from django.db import transaction

from accounts import name_changes
from accounts.models import Member, NameInUse
from discussions.models import Consultation, Participant
from discussions.posting import database_moment
from moderation.timeline import Phase


class NameStaysError(Exception):
    """The name in this consultation is no longer, or not, for the member to choose."""


class HostNameStaysError(NameStaysError):
    """Hosts answer for their organisation, under the name they are announced with."""


class ClosedNameStaysError(NameStaysError):
    """The names on comments of a consultation that is over are part of its record."""


def participant_of(consultation: Consultation, member: Member) -> Participant:
    """The member as readers of this consultation know them, or would; stored or not."""
    found = Participant.objects.filter(consultation=consultation, member=member)
    participant = found.select_related("member").first()
    return participant or Participant(consultation=consultation, member=member)


def choose_name(consultation: Consultation, member: Member, name: str) -> None:
    """Give the member another name here, which accounts.names has cleaned; empty: none.

    Raises NameTakenError, accounts.name_changes.TooManyChangesError or NameStaysError.
    """
    with transaction.atomic():
        # As posting does, and in its order: whoever closes the consultation waits, or has done so.
        consultation = Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        if consultation.phase(database_moment()) in (Phase.DRAFT, Phase.CLOSED):
            raise ClosedNameStaysError
        locked = name_changes.lock(member)
        participant, _new = Participant.objects.select_for_update(no_key=True).get_or_create(
            consultation=consultation, member=locked
        )
        if participant.is_host:
            raise HostNameStaysError
        _rename(participant, locked, "" if name == locked.display_name else name)


def _rename(participant: Participant, member: Member, name: str) -> None:
    if name == participant.name:
        return
    old, new = participant.name or member.display_name, name or member.display_name
    name_changes.log_change(member, old, new, place=participant.consultation.slug)
    if name:
        NameInUse.objects.claim(name, member)
    participant.name = name
    participant.save(update_fields=["name"])
