"""Cases: opened when a comment needs a person, claimed by a moderator, the most urgent first."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, Q, QuerySet

from accounts.models import Member
from moderation import ledger
from moderation.models import Case, CaseFinding, Remit
from moderation.screening import Advice, Finding

Severity, Raiser = Case.Severity, Case.Raiser

DUE_WITHIN = {
    Severity.SAFETY: timedelta(hours=1),
    Severity.SERIOUS: timedelta(hours=24),
    Severity.OTHER: timedelta(hours=24),
}
CLAIM_LASTS = timedelta(minutes=30)
_HATE_AND_THREATS = 2


class Waiting(NamedTuple):
    """How many cases wait; `overdue` are those of them whose time is up."""

    number: int
    overdue: int


def severity_of(findings: Iterable[Finding]) -> Case.Severity:
    severity = Severity.OTHER
    for finding in findings:
        if finding.tier == 1:
            return Severity.SAFETY
        if finding.kind.advice is Advice.HOLD:
            severity = Severity.SERIOUS
    return severity


def severity_of_report(guideline: int | None, *, is_illegal: bool) -> Case.Severity:
    if is_illegal:
        return Severity.SAFETY
    return Severity.SERIOUS if guideline == _HATE_AND_THREATS else Severity.OTHER


def open_case(
    comment_id: int,
    consultation_id: int,
    raised_by: Case.Raiser,
    severity: Case.Severity,
    moment: datetime,
) -> Case:
    """The comment's case, which waits from now on, if it did not. In the caller's transaction.

    Locks the case. A further reason makes one that waits more urgent, never less.
    """
    due_at = moment + DUE_WITHIN[severity]
    new = {
        "consultation_id": consultation_id,
        "raised_by": raised_by,
        "severity": severity,
        "opened_at": moment,
        "due_at": due_at,
    }
    Case.objects.bulk_create([Case(comment_id=comment_id, **new)], ignore_conflicts=True)
    case: Case = Case.objects.select_for_update().get(comment=comment_id)
    is_new = case.opened_at == moment
    if not is_new and case.is_waiting:
        case.severity = min(case.severity, severity)
        case.due_at = min(case.due_at, due_at)
        case.save(update_fields=["severity", "due_at"])
        return case
    if not is_new:
        case.state, case.raised_by, case.severity = Case.State.WAITING, raised_by, severity
        case.opened_at, case.due_at = moment, due_at
        case.claimed_by, case.claimed_at = None, None
        case.save()
    ledger.record(ledger.Event.OPENED, case, what=raised_by)
    return case


def store_findings(case: Case, findings: Sequence[Finding]) -> None:
    """Those of the text as it stands now, instead of earlier ones."""
    CaseFinding.objects.filter(case=case).delete()
    CaseFinding.objects.bulk_create(
        CaseFinding(case=case, kind=each.kind, start=each.start, end=each.end, tier=each.tier)
        for each in findings
    )


def text_changed(comment_id: int) -> None:
    """What a moderator has read of it is out of date; so is what was found in it."""
    for case in Case.objects.select_for_update().filter(comment=comment_id):
        case.revision += 1
        case.save(update_fields=["revision"])
        store_findings(case, [])


def words_hidden(comment_id: int) -> None:
    """What was found stays known; where it stood does not: those words are hidden."""
    CaseFinding.objects.filter(case__comment=comment_id).update(start=0, end=0)


def claim(case: Case, moderator: Member, moment: datetime) -> Case:
    """Show others that this moderator is at it. The last who claims has it; it lapses by itself."""
    return _claimed(case, moderator, moment)


def release(case: Case) -> Case:
    return _claimed(case, None, None)


def is_claimed(case: Case, moment: datetime) -> bool:
    return case.claimed_at is not None and moment - case.claimed_at < CLAIM_LASTS


def is_overdue(case: Case, moment: datetime) -> bool:
    return case.is_waiting and case.due_at < moment


def waiting_for(moderator: Member, moment: datetime) -> Waiting:
    """In one query, for it is asked on every page of admin."""
    waiting = in_remit(moderator).filter(state=Case.State.WAITING)
    overdue = Count("pk", filter=Q(due_at__lt=moment))
    return Waiting(**waiting.aggregate(number=Count("pk"), overdue=overdue))


def unclaimed_by_others(
    found: QuerySet[Case], moderator: Member, moment: datetime
) -> QuerySet[Case]:
    """Without those that somebody else is at."""
    others = Q(claimed_at__gt=moment - CLAIM_LASTS) & ~Q(claimed_by=moderator)
    return found.exclude(others & Q(claimed_by__isnull=False))


def locked(case_id: int) -> Case:
    found: Case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    return found


def in_remit(moderator: Member) -> QuerySet[Case]:
    """The cases that this moderator may decide about."""
    return Case.objects.filter(within_remit(moderator, "consultation"))


def within_remit(moderator: Member, consultation: str) -> Q:
    """Of things whose consultation is found by this name: those that this moderator may decide
    about. The one home of that rule, in the same query as what is asked for."""
    if moderator.is_superuser:
        return Q()
    theirs = Remit.objects.filter(moderator=moderator)
    named = Q(**{f"{consultation}__in": theirs.values("consultations")})
    return Q(Exists(theirs.filter(is_everywhere=True))) | named


def remit_of(moderator: Member) -> Remit | None:
    return Remit.objects.filter(moderator=moderator).first()


def _claimed(case: Case, moderator: Member | None, moment: datetime | None) -> Case:
    with transaction.atomic():
        locked: Case = Case.objects.select_for_update().get(pk=case.pk)
        locked.claimed_by, locked.claimed_at = moderator, moment
        locked.save(update_fields=["claimed_by", "claimed_at"])
    return locked
