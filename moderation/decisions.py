"""Deciding a case: whether this moderator may, and what is written down of it.

What happens to the comment happens in discussions.moderating, in the same transaction.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Member
from moderation import cases, ledger
from moderation.guidelines import current_version
from moderation.models import Appeal, Case, Decision, Report, Verb
from moderation.recent_actions import note

HIDING = frozenset({Verb.HIDE, Verb.MASK})


class DecisionRefusedError(Exception):
    """This moderator may not decide this, or not any more. One class for each reason."""


class AlreadyDecidedError(DecisionRefusedError):
    """Somebody decided, or the author changed the text, after the moderator had read it."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.pk)
        self.case = case


class OwnWordsError(DecisionRefusedError):
    """The comment is the moderator's own, or answers theirs."""


class OwnReportError(DecisionRefusedError):
    """The moderator reported it themselves, as a member."""


class OverruledError(DecisionRefusedError):
    """Somebody else overturned what this moderator had decided: it is not theirs to undo."""


class OutsideRemitError(DecisionRefusedError):
    """It is in a consultation that the moderator does not moderate."""


class NotPossibleError(DecisionRefusedError):
    """The verb does not go with the comment's status."""


class HostsWaitError(DecisionRefusedError):
    """It would publish words of a host in an election period. Its text is the sentence."""


@dataclass(frozen=True)
class Judgement:
    """What a moderator decides: `reason` is for the author, `note` for moderators alone.

    `marked` are the words that MASK hides, wherever they stand in the text.
    """

    verb: Verb
    guideline: int | None = None
    reason: str = ""
    note: str = ""
    marked: tuple[str, ...] = ()


def check(case: Case, moderator: Member, revision: int, concerned: Container[int | None]) -> None:
    """Raises DecisionRefusedError. The case is locked; `concerned` are the members whose words
    it is about: who wrote the comment, and whom it answers."""
    if not cases.in_remit(moderator).filter(pk=case.pk).exists():
        raise OutsideRemitError
    if moderator.pk in concerned:
        raise OwnWordsError
    if Report.objects.filter(case=case, reporter=moderator).exists():
        raise OwnReportError
    overruled = Decision.objects.filter(case=case, appeals__outcome=Appeal.Outcome.OVERTURNED)
    if not case.is_waiting and overruled.filter(moderator=moderator).exists():
        raise OverruledError
    if case.revision != revision:
        raise AlreadyDecidedError(case)


def record(
    case: Case, moderator: Member, judgement: Judgement, status: tuple[str, str], moment: datetime
) -> Decision:
    """Write the decision and its entry in the log, close the case, and answer its reports.

    `status` is the comment's, before and after. In the caller's transaction, which has locked the
    case.
    """
    decision = Decision(
        case=case,
        verb=judgement.verb,
        guideline=judgement.guideline,
        guidelines_version=current_version(),
        raised_by=case.raised_by,
        reason=judgement.reason,
        note=judgement.note,
        moderator=moderator,
        status_before=status[0],
        status_after=status[1],
    )
    decision.entry = ledger.record(
        ledger.Event.DECIDED,
        case,
        what=judgement.verb,
        guideline=judgement.guideline,
        digest=ledger.digest_of(decision),
    )
    decision.save(force_insert=True)
    Report.objects.filter(case=case, decision=None).update(decision=decision)
    case.state, case.decided_at = Case.State.DECIDED, moment
    case.claimed_by, case.claimed_at = None, None
    case.revision += 1
    case.save()
    note(moderator, case, judgement.verb)
    return decision
