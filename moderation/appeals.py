"""Appeals: somebody else than who decided looks again, and answers in words."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Member
from moderation import cases, ledger, sanctions
from moderation.decisions import (
    HIDING,
    DecisionRefusedError,
    OutsideRemitError,
    OwnReportError,
    OwnWordsError,
)
from moderation.models import Appeal, Decision, Report, Sanction, Verb
from moderation.recent_actions import note
from moderation.telling import tell_appellant

DUE_WITHIN = timedelta(days=3)
OPEN_FOR = timedelta(days=183)  # after the decision


class AppealRefusedError(Exception):
    """There is nothing to appeal against, or it is too late."""


class OwnDecisionError(DecisionRefusedError):
    """The moderator decided the thing itself: somebody else has to look again."""


class AppealDecidedError(DecisionRefusedError):
    """Another moderator has decided it meanwhile."""


@dataclass(frozen=True)
class Ruling:
    """How an appeal ends: `answer` is for whoever appealed, `note` for moderators alone."""

    outcome: Appeal.Outcome
    answer: str
    note: str = ""


def may_appeal(decision: Decision, moment: datetime, *, as_reporter: bool = False) -> bool:
    """Of what stands: authors against hiding, though something was kept since; one of the
    reporters against leaving it, for all of them."""
    if moment - decision.entry.at > OPEN_FOR:
        return False
    if (decision.verb in HIDING) == as_reporter:
        return False
    if as_reporter and Appeal.objects.filter(decision=decision, report__isnull=False).exists():
        return False
    stands = decision.case.decisions.all() if as_reporter else changing(decision.case_id)
    return bool(stands.values_list("pk", flat=True).first() == decision.pk)


def changing(case_id: int) -> QuerySet[Decision]:
    """The decisions of a case that changed what is shown of the comment, the latest first."""
    return Decision.objects.filter(case=case_id).exclude(verb=Verb.KEEP)


def appeal_decision(
    decision: Decision,
    words: str,
    appellant: Member | None,
    moment: datetime,
    report: Report | None = None,
) -> Appeal:
    """By the author, or with the report by its reporter. Again: the first one stands.

    The caller has seen to it that it is theirs. Raises AppealRefusedError.
    """
    with transaction.atomic():
        # The case first, as who decides it does: it is the latest decision still.
        locked = cases.locked(decision.case_id)
        # A reporter appeals once, whatever was decided after that.
        about = {"report": report} if report else {"report": None, "decision": decision}
        earlier = Appeal.objects.filter(**about).first()
        if earlier is not None:
            return earlier
        if not may_appeal(decision, moment, as_reporter=report is not None):
            raise AppealRefusedError
        appeal = Appeal.objects.create(
            decision=decision,
            report=report,
            appellant=appellant,
            words=words,
            made_at=moment,
            due_at=moment + DUE_WITHIN,
        )
        by = "reporter" if report else "author"
        ledger.record(ledger.Event.APPEALED, locked, what=by, guideline=decision.guideline)
    return appeal


def may_appeal_sanction(given: Sanction, moment: datetime) -> bool:
    return given.ended_at is None and moment - given.starts_at <= OPEN_FOR


def appeal_sanction(given: Sanction, words: str, moment: datetime) -> Appeal:
    """By the member. Again: the first one stands. Raises AppealRefusedError."""
    with transaction.atomic():
        # The member first: so does whoever closes their account.
        Member.objects.select_for_update(no_key=True).get(pk=given.member_id)
        locked = Sanction.objects.select_for_update(of=("self",)).get(pk=given.pk)
        earlier = Appeal.objects.filter(sanction=locked).first()
        if earlier is not None:
            return earlier
        if not may_appeal_sanction(locked, moment):
            raise AppealRefusedError
        appeal = Appeal.objects.create(
            sanction=locked,
            appellant_id=locked.member_id,
            words=words,
            made_at=moment,
            due_at=moment + DUE_WITHIN,
        )
        ledger.record(ledger.Event.APPEALED, locked.case, what="member", guideline=locked.guideline)
    return appeal


def in_remit(moderator: Member) -> QuerySet[Appeal]:
    """Those about decisions in the moderator's remit, and those about members, who are in none."""
    within = cases.within_remit(moderator, "decision__case__consultation")
    return Appeal.objects.filter(Q(sanction__isnull=False) | within if within else Q())


def waiting_for(senior: Member) -> int:
    return in_remit(senior).filter(outcome="").count()


def is_overdue(appeal: Appeal, moment: datetime) -> bool:
    return appeal.is_waiting and appeal.due_at < moment


def check(appeal: Appeal, senior: Member, concerned: Container[int | None]) -> None:
    """Raises DecisionRefusedError. The appeal is locked; `concerned` as in decisions.check."""
    if not appeal.is_waiting:
        raise AppealDecidedError
    of = appeal.decision or appeal.sanction
    assert of is not None  # noqa: S101 - the database holds to it
    if of.moderator_id == senior.pk:
        raise OwnDecisionError
    if senior.pk in concerned:
        raise OwnWordsError
    if senior.pk == appeal.appellant_id or _has_reported(appeal, senior):
        raise OwnReportError
    theirs = cases.in_remit(senior)
    if appeal.decision and not theirs.filter(pk=appeal.decision.case_id).exists():
        raise OutsideRemitError


def _has_reported(appeal: Appeal, senior: Member) -> bool:
    reports = Report.objects.filter(case__decisions__appeals=appeal, reporter=senior)
    return bool(reports.exists())


def record(
    appeal: Appeal,
    senior: Member,
    ruling: Ruling,
    moment: datetime,
    new_decision: Decision | None = None,
) -> Appeal:
    """In the caller's transaction, which has locked the appeal. Tells whoever appealed."""
    appeal.outcome, appeal.answer, appeal.note = ruling.outcome, ruling.answer, ruling.note
    appeal.decided_by, appeal.decided_at = senior, moment
    appeal.new_decision = new_decision
    appeal.save()
    note(senior, appeal, ruling.outcome)
    tell_appellant(appeal)
    about = appeal.decision or appeal.sanction
    assert about is not None  # noqa: S101 - the database holds to it
    ledger.record(
        ledger.Event.APPEAL_DECIDED, about.case, what=ruling.outcome, guideline=about.guideline
    )
    return appeal


def decide_about_sanction(
    appeal: Appeal, senior: Member, ruling: Ruling, moment: datetime
) -> Appeal:
    """Overturned: the sanction ends. Raises DecisionRefusedError."""
    with transaction.atomic():
        given = Sanction.objects.get(appeal=appeal)
        if ruling.outcome == Appeal.Outcome.OVERTURNED:
            # Its member first: so does everything that locks both.
            Member.objects.select_for_update(no_key=True).get(pk=given.member_id)
        locked: Appeal = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
        check(locked, senior, {given.member_id})
        if ruling.outcome == Appeal.Outcome.OVERTURNED:
            sanctions.end(given, senior, moment, reason=ruling.answer, note=ruling.note)
        return record(locked, senior, ruling, moment)


def overturning(decision: Decision) -> tuple[Verb, ...]:
    """What can take its place."""
    return (Verb.RESTORE,) if decision.verb in HIDING else (Verb.HIDE, Verb.MASK)
