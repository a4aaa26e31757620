"""Warning, slowing down and suspending members, for a time, with a reason, and ending that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Member
from moderation import ledger, recent_actions
from moderation.decisions import NotPossibleError, OwnWordsError
from moderation.guidelines import current_version
from moderation.models import Case, Sanction
from moderation.telling import tell_member

SLOWED_TO = timedelta(hours=1)  # between two posts
_FIELDS = {Sanction.Kind.SLOWED: "slowed_until", Sanction.Kind.SUSPENSION: "suspended_until"}


class StaffNotSanctionedError(Exception):
    """Staff are answered for by their organisation; their role is taken in admin."""


class SuspendedError(Exception):
    """The member may read, but not write, until a moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class NewSanction:
    """`lasts` is None for a warning alone."""

    kind: Sanction.Kind
    guideline: int
    reason: str
    note: str = ""
    lasts: timedelta | None = None
    case: Case | None = None


def sanction(member: Member, new: NewSanction, moderator: Member, moment: datetime) -> Sanction:
    """From now on. It tells the member, and is in the log.

    Raises StaffNotSanctionedError, or DecisionRefusedError where the case is about the moderator's
    own words, an answer to them, or somebody else's.
    """
    if new.case is not None:
        _check_case(new.case, member, moderator)
    with transaction.atomic():
        locked = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        if locked.is_staff:
            raise StaffNotSanctionedError
        given = Sanction.objects.create(
            member=locked,
            kind=new.kind,
            case=new.case,
            guideline=new.guideline,
            guidelines_version=current_version(),
            reason=new.reason,
            note=new.note,
            moderator=moderator,
            starts_at=moment,
            ends_at=moment + new.lasts if new.lasts else None,
        )
        _carry(locked, given.kind)
        recent_actions.note(moderator, given, new.kind)
        tell_member(given)
        ledger.record(ledger.Event.SANCTIONED, new.case, what=new.kind, guideline=new.guideline)
    return given


def end(
    given: Sanction, moderator: Member, moment: datetime, reason: str = "", note: str = ""
) -> Sanction:
    """Early: the member is reinstated. `reason` is for them. Again: nothing more happens."""
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).get(pk=given.member_id)
        locked: Sanction = Sanction.objects.select_for_update(of=("self",)).get(pk=given.pk)
        if locked.ended_at is not None:
            return locked
        locked.ended_at, locked.ended_by = moment, moderator
        locked.end_reason, locked.end_note = reason, note
        locked.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
        _carry(member, locked.kind)
        recent_actions.note(moderator, locked, "ended")
        tell_member(locked)
        ledger.record(
            ledger.Event.SANCTION_ENDED, locked.case, what=locked.kind, guideline=locked.guideline
        )
    return locked


def check_may_write(suspended_until: datetime | None, moment: datetime) -> None:
    """Of a member who was read afresh: it holds from the next post. Raises SuspendedError."""
    if suspended_until is not None and moment < suspended_until:
        raise SuspendedError(suspended_until)


def _check_case(case: Case, member: Member, moderator: Member) -> None:
    comment = case.comment
    if comment.author.member_id != member.pk:
        raise NotPossibleError
    answers = comment.parent.author.member_id if comment.parent else None
    if moderator.pk in (comment.author.member_id, answers):
        raise OwnWordsError


def _carry(member: Member, kind: str) -> None:
    """The member carries until when the last of these sanctions lasts."""
    field = _FIELDS.get(Sanction.Kind(kind))
    if field is None:
        return
    theirs = Sanction.objects.filter(member=member, kind=kind, ended_at=None)
    last = theirs.order_by("-ends_at").values_list("ends_at", flat=True).first()
    setattr(member, field, last)
    member.save(update_fields=[field])
