"""Work for the demo's moderators: what a check found, what readers reported, and an appeal."""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Member
from discussions import moderating
from discussions.models import Comment
from discussions.posting import database_moment, lock
from discussions.reporting import report_comment
from discussions.screened import open_case_if_needed
from discussions.statuses import change_status
from moderation import appeals, roles
from moderation.decisions import Judgement
from moderation.models import Case, LiveCase, Remit, Verb
from moderation.reports import NewReport
from moderation.screening import screen

_HOME, _SEARCH, _SEEING = "the-way-home", "stop-and-search", "seeing-officers-where-you-live"
_LIVE_CASE = "Marsh Lane trial"
_ROLES = {"moderator": roles.MODERATOR, "senior": roles.SENIOR_MODERATOR}

_HELD, _WITH_A_NUMBER, _INSULT = (_HOME, "c48"), (_HOME, "c49"), (_HOME, "c47")
_REPORTS = (
    ((_SEARCH, "c93"), 2, "He means me and my brothers."),
    ((_SEARCH, "c93"), 1, ""),
    ((_SEEING, "c39"), 1, "Calling all of them trouble is not fair on the kids."),
    ((_SEEING, "c16"), 6, "This is about cups of tea."),
    (_INSULT, 1, "I am allowed to disagree without being called names."),
)
_REASON = "Your comment insults somebody. Please say what you think of what they do or say."
_APPEAL = (
    "I was cross, and I would put it in another way today. But he told a woman that she is careful "
    "for nothing. Somebody had to answer that."
)


def give_roles(members: dict[str, Member]) -> None:
    roles.make_roles()  # where the database was emptied since it was made
    for who, role in _ROLES.items():
        members[who].groups.add(Group.objects.get(name=role))
        Remit.objects.get_or_create(moderator=members[who], defaults={"is_everywhere": True})


def make_cases(slug: str, members: dict[str, Member]) -> None:
    """In the consultation with this slug, once. In one that was loaded long ago, nothing."""
    has_cases = Case.objects.filter(consultation__slug=slug).exists()
    if has_cases or _comment(slug, _HELD) is None:
        return
    LiveCase.objects.get_or_create(
        name=_LIVE_CASE, defaults={"starts_on": timezone.localdate() - timedelta(days=30)}
    )
    moment = database_moment()
    _check(_comment(slug, _HELD), moment, holds=True)
    _check(_comment(slug, _WITH_A_NUMBER), moment, holds=False)
    for place, guideline, words in _REPORTS:
        comment = _comment(slug, place)
        if comment is not None:
            report_comment(comment, None, NewReport(uuid.uuid4(), guideline, explanation=words))
    _hide_and_appeal(Case.objects.get(comment=_comment(slug, _INSULT)), members)


def _check(comment: Comment | None, moment: datetime, *, holds: bool) -> None:
    """As if it had just been posted."""
    if comment is None:
        return
    lock(comment.discussion_id)
    if holds:
        change_status(comment, Comment.Status.HELD)
    open_case_if_needed(comment, screen(comment.body, [_LIVE_CASE]), moment)


def _hide_and_appeal(case: Case, members: dict[str, Member]) -> None:
    judgement = Judgement(Verb.HIDE, 1, _REASON, "Reported by who was meant.")
    decision = moderating.decide(case, members["moderator"], judgement, case.revision)
    appeals.appeal_decision(decision, _APPEAL, members["member"], database_moment())


def _comment(slug: str, place: tuple[str, str]) -> Comment | None:
    discussion, reference = place
    found: Comment | None = (
        Comment.objects.filter(
            discussion__consultation__slug=slug,
            discussion__slug=discussion,
            reference=reference,
        )
        .select_related("author__member", "discussion__consultation")
        .first()
    )
    return found
