"""What takes a second person: one of the staff asks for it, and it happens once another confirms.

Each verb is one transaction, under the consultation's lock. Whether it can be done is looked at
when it is asked for, so that nobody waits for nothing, and again when it is confirmed.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.characters import shows_something
from accounts.models import Member
from discussions import dates, erasing
from discussions.models import Comment, Consultation, Proposal
from discussions.posting import database_moment
from moderation.timeline import Verb

RUN = "discussions.run_consultation"
REASON_LENGTH = 500
_ABOUT_LENGTH = 250
Kind, Answer = Proposal.Kind, Proposal.Answer


class ProposalRefusedError(Exception):
    """Its text is a sentence for whoever asked or answered."""


def propose_reopening(
    consultation: Consultation, staff: Member, reason: str, closes_at: datetime
) -> Proposal:
    """Raises ProposalRefusedError, DatesRefusedError or FrozenError."""
    with transaction.atomic():
        locked = dates.lock_consultation(consultation.pk)
        moment = database_moment()
        dates.check_possible(locked, Verb.REOPEN, moment, closes_at=closes_at)
        new = Proposal(
            kind=Kind.REOPEN, consultation=locked, about=locked.title, closes_at=closes_at
        )
        return _asked(new, staff, reason, moment)


def propose_erasing_comment(comment: Comment, staff: Member, reason: str) -> Proposal:
    """Raises ProposalRefusedError or ErasingRefusedError."""
    with transaction.atomic():
        locked = erasing.locked_comment(comment.pk)
        erasing.check_comment(locked)
        place = locked.discussion
        # Nothing of what it says: this row is kept.
        about = _("Comment %(pk)d in “%(place)s”") % {"pk": locked.pk, "place": place.title}
        new = Proposal(
            kind=Kind.ERASE_COMMENT, consultation=place.consultation, comment=locked, about=about
        )
        return _asked(new, staff, reason, database_moment())


def propose_erasing_draft(consultation: Consultation, staff: Member, reason: str) -> Proposal:
    """Raises ProposalRefusedError or ErasingRefusedError."""
    with transaction.atomic():
        locked = dates.lock_consultation(consultation.pk)
        erasing.check_draft(locked)
        new = Proposal(kind=Kind.ERASE_DRAFT, consultation=locked, about=locked.title)
        return _asked(new, staff, reason, database_moment())


def confirm(proposal: Proposal, staff: Member) -> Proposal:
    """Do it. Raises ProposalRefusedError, or whatever keeps it from being done by now."""
    with transaction.atomic():
        consultation, proposal, moment = _lock(proposal)
        if proposal.asked_by_id == staff.pk:
            raise ProposalRefusedError(_("You asked for this: somebody else has to confirm it."))
        if not staff.has_perm(RUN):
            raise ProposalRefusedError(_("This takes somebody who runs consultations."))
        if not proposal.asked_by.has_perm(RUN):
            raise ProposalRefusedError(
                _("Who asked for this no longer runs consultations. Decline it, and ask anew.")
            )
        _answer(proposal, Answer.CONFIRMED, staff, moment)
        _carry_out(proposal, consultation, staff)
    return proposal


def decline(proposal: Proposal, staff: Member) -> Proposal:
    """By anybody but who asked. Raises ProposalRefusedError."""
    with transaction.atomic():
        _consultation, proposal, moment = _lock(proposal)
        if proposal.asked_by_id == staff.pk:
            raise ProposalRefusedError(_("You asked for this yourself. You can take it back."))
        return _answer(proposal, Answer.DECLINED, staff, moment)


def take_back(proposal: Proposal, staff: Member) -> Proposal:
    """By who asked. Raises ProposalRefusedError."""
    with transaction.atomic():
        _consultation, proposal, moment = _lock(proposal)
        if proposal.asked_by_id != staff.pk:
            raise ProposalRefusedError(_("Somebody else asked for this. You can decline it."))
        return _answer(proposal, Answer.TAKEN_BACK, staff, moment)


def waiting(consultation: Consultation | None = None) -> QuerySet[Proposal]:
    """Those that nobody has answered, of one consultation or of all."""
    found = Proposal.objects.filter(answer="").select_related("consultation", "asked_by")
    return found if consultation is None else found.filter(consultation=consultation)


def waiting_for(staff: Member) -> int:
    """How many this member of staff could confirm."""
    return Proposal.objects.filter(answer="").exclude(asked_by=staff).count()


def _asked(new: Proposal, staff: Member, reason: str, moment: datetime) -> Proposal:
    reason = " ".join(reason.split())
    if not shows_something(reason):
        raise ProposalRefusedError(_("Say why: whoever confirms it needs to know."))
    if len(reason) > REASON_LENGTH:
        raise ProposalRefusedError(
            _("The reason has at most %(n)s characters.") % {"n": REASON_LENGTH}
        )
    same = Proposal.objects.filter(
        kind=new.kind, consultation=new.consultation, comment=new.comment, answer=""
    )
    if same.exists():
        raise ProposalRefusedError(_("This has been asked for already, and waits to be confirmed."))
    new.reason, new.asked_by, new.asked_at = reason, staff, moment
    new.about = new.about[:_ABOUT_LENGTH]
    new.save(force_insert=True)
    return new


def _lock(proposal: Proposal) -> tuple[Consultation | None, Proposal, datetime]:
    """The consultation first, as every verb does."""
    consultation = None
    if proposal.consultation_id is not None:
        consultation = (
            Consultation.objects.select_for_update(no_key=True)
            .filter(pk=proposal.consultation_id)
            .first()
        )
    locked = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if locked.answer:
        answered = _("It has been answered meanwhile: %(answer)s, by %(who)s.")
        known = {"answer": locked.get_answer_display().lower(), "who": locked.answered_by}
        raise ProposalRefusedError(answered % known)
    return consultation, locked, database_moment()


def _answer(
    proposal: Proposal, answer: Proposal.Answer, staff: Member, moment: datetime
) -> Proposal:
    proposal.answer, proposal.answered_by, proposal.answered_at = answer, staff, moment
    proposal.save(update_fields=["answer", "answered_by", "answered_at"])
    return proposal


def _carry_out(proposal: Proposal, consultation: Consultation | None, staff: Member) -> None:
    match Kind(proposal.kind):
        case Kind.REOPEN if consultation and proposal.closes_at:
            dates.reopen(
                consultation,
                proposal.asked_by,
                proposal.reason,
                proposal.closes_at,
                confirmed_by=staff,
            )
        case Kind.ERASE_COMMENT if proposal.comment_id is not None:
            erasing.erase_comment(erasing.locked_comment(proposal.comment_id), proposal)
        case Kind.ERASE_DRAFT if consultation:
            erasing.erase_draft(consultation)
        case _:
            raise ProposalRefusedError(_("What this is about is no longer there."))
