"""What tests of moderation share: reports, decisions, appeals, and what a mail would say."""

import uuid

from accounts.mail.letters import Letter, letter_of
from accounts.models import Mail, Member
from discussions import moderating, posting
from discussions.models import Comment
from discussions.reporting import report_comment
from moderation import appeals
from moderation.decisions import Judgement
from moderation.models import Appeal, Case, Decision, Report, Verb
from moderation.reports import NewReport
from tests import cast

REASON = "It names a neighbour."


def report(
    comment: Comment,
    by: Member | None = None,
    guideline: int | None = 3,
    explanation: str = "",
) -> Report:
    new = NewReport(uuid.uuid4(), guideline, guideline is None, explanation)
    return report_comment(comment, by, new)


def case_of(comment: Comment) -> Case:
    return Case.objects.filter(comment=comment).first() or moderating.open_case_by_staff(comment)


def decide(
    comment: Comment,
    verb: Verb,
    guideline: int | None = 3,
    *,
    marked: tuple[str, ...] = (),
    note: str = "",
    reason: str = REASON,
    by: Member | None = None,
) -> Decision:
    case = case_of(comment)
    judgement = Judgement(verb, guideline, reason, note, marked)
    return moderating.decide(case, by or cast.moderator(), judgement, case.revision)


def hide(comment: Comment, guideline: int = 3) -> Decision:
    return decide(comment, Verb.HIDE, guideline)


def keep(comment: Comment) -> Decision:
    return decide(comment, Verb.KEEP, None, reason="")


def appeal(decision: Decision, words: str = "It is about my own street.") -> Appeal:
    """By the author."""
    author = decision.case.comment.author.member
    return appeals.appeal_decision(decision, words, author, posting.database_moment())


def overturn(appeal: Appeal, answer: str = "You are right.", by: Member | None = None) -> Appeal:
    ruling = appeals.Ruling(Appeal.Outcome.OVERTURNED, answer)
    assert appeal.decision
    (verb, *_others) = appeals.overturning(appeal.decision)
    judgement = Judgement(verb, 3, REASON)
    return moderating.decide_appeal(appeal, by or cast.senior(), ruling, judgement)


def uphold(appeal: Appeal, answer: str = "We looked again.") -> Appeal:
    ruling = appeals.Ruling(Appeal.Outcome.UPHELD, answer)
    return moderating.decide_appeal(appeal, cast.senior(), ruling)


def letters(member: Member, kind: str) -> list[Letter]:
    """What would be sent to them now, the oldest first."""
    mails = Mail.objects.filter(member=member, kind=kind).order_by("pk")
    made = [letter_of(mail) for mail in mails]
    return [letter for letter in made if letter is not None]
