"""What moderators do to a comment: each one transaction, locked in the order of posting.

Whether they may, and what is written down of it, is moderation's: decisions, appeals.
"""

import json
import re

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Member
from accounts.sealing import seal, unseal
from discussions.markup import body_html
from discussions.models import Comment
from discussions.models.comments import BODY_LENGTH
from discussions.posting import database_moment, lock
from discussions.reply_mails import queue_reply_mail
from discussions.statuses import change_status
from moderation import appeals, cases, decisions, ledger, telling
from moderation.decisions import HostsWaitError, Judgement, NotPossibleError
from moderation.elections import FrozenError, check_not_frozen
from moderation.models import Appeal, Case, Decision, SealedOriginal, Verb

Status = Comment.Status


def possible_verbs(comment: Comment) -> tuple[Verb, ...]:
    """What can be decided about it as it stands: draws the choice, and holds when one is made."""
    if comment.body == "":
        return (Verb.KEEP,)
    match Status(comment.status):
        case Status.HELD:
            return (Verb.APPROVE, Verb.MASK, Verb.HIDE)
        case Status.PUBLISHED if comment.is_masked:
            return (Verb.KEEP, Verb.MASK, Verb.HIDE, Verb.RESTORE)
        case Status.PUBLISHED:
            return (Verb.KEEP, Verb.MASK, Verb.HIDE)
        case Status.HIDDEN:
            return (Verb.RESTORE,)
        case Status.WITHDRAWN:
            return (Verb.KEEP,)


def open_case_by_staff(comment: Comment) -> Case:
    """A moderator came upon it themselves."""
    with transaction.atomic():
        discussion = lock(comment.discussion_id)
        return cases.open_case(
            comment.pk,
            discussion.consultation_id,
            Case.Raiser.STAFF,
            Case.Severity.OTHER,
            database_moment(),
        )


def decide(case: Case, moderator: Member, judgement: Judgement, revision: int) -> Decision:
    """`revision` is that of the case as the moderator read it. Raises DecisionRefusedError."""
    with transaction.atomic():
        comment, locked = _lock(case)
        decisions.check(locked, moderator, revision, concerned(comment))
        if not locked.is_waiting:
            locked.raised_by = Case.Raiser.STAFF  # nobody asked for it
        return _carry_out(comment, locked, moderator, judgement)


def decide_appeal(
    appeal: Appeal, senior: Member, ruling: appeals.Ruling, judgement: Judgement | None = None
) -> Appeal:
    """About a decision. Overturned: with the judgement that takes its place, if one still can.

    Raises DecisionRefusedError.
    """
    assert appeal.decision is not None  # noqa: S101 - sanctions: appeals.decide_about_sanction
    with transaction.atomic():
        comment, case = _lock(appeal.decision.case)
        locked = (
            Appeal.objects.select_for_update(of=("self",))
            .select_related("decision__case", "appellant")
            .get(pk=appeal.pk)
        )
        appeals.check(locked, senior, concerned(comment))
        new_decision = None
        verbs = overturning_verbs(locked, comment)
        # Without any, it was decided anew meanwhile, or withdrawn: what is left is to answer.
        if ruling.outcome == Appeal.Outcome.OVERTURNED and verbs:
            if judgement is None or judgement.verb not in verbs:
                raise NotPossibleError
            new_decision = _carry_out(comment, case, senior, judgement)
        return appeals.record(locked, senior, ruling, database_moment(), new_decision)


def overturning_verbs(appeal: Appeal, comment: Comment) -> tuple[Verb, ...]:
    """What can be done instead of what was decided, as the comment stands now."""
    assert appeal.decision is not None  # noqa: S101 - as above
    possible = possible_verbs(comment)
    return tuple(verb for verb in appeals.overturning(appeal.decision) if verb in possible)


def concerned(comment: Comment) -> set[int | None]:
    """The members whose words a decision is about: who wrote it, and whom it answers."""
    members = {comment.author.member_id}
    if comment.parent is not None:
        members.add(comment.parent.author.member_id)
    return members - {None}


def original_of(decision: Decision) -> str:
    """The text before words of it were hidden; "" once its author has left. That it was opened is
    in the log."""
    with transaction.atomic():
        sealed = SealedOriginal.objects.get(decision=decision)
        ledger.record(ledger.Event.ORIGINAL_OPENED, decision.case)
    return _unsealed(sealed)


def _lock(case: Case) -> tuple[Comment, Case]:
    discussion_id = Comment.objects.values_list("discussion_id", flat=True).get(case=case.pk)
    discussion = lock(discussion_id)
    comment: Comment = (
        Comment.objects.select_for_update(no_key=True, of=("self", "author"))
        .select_related("author__member", "parent__author__member")
        .get(case=case.pk)
    )
    comment.discussion = discussion
    return comment, cases.locked(case.pk)


def _carry_out(comment: Comment, case: Case, moderator: Member, judgement: Judgement) -> Decision:
    if judgement.verb not in possible_verbs(comment):
        raise NotPossibleError
    _check_host_may_be_heard(comment, judgement.verb)
    before = comment.status
    original = _change(comment, judgement)
    decision = decisions.record(
        case, moderator, judgement, (before, comment.status), database_moment()
    )
    if original is not None:
        SealedOriginal.objects.create(decision=decision, sealed=original)
    if before != comment.status and comment.is_published:
        queue_reply_mail(comment, comment.parent)
    telling.tell_author(decision, comment.author.member)
    telling.tell_reporters(decision)
    return decision


def _check_host_may_be_heard(comment: Comment, verb: Verb) -> None:
    """A host's words appear in no election period, whoever makes them appear."""
    appears = verb in (Verb.APPROVE, Verb.RESTORE)
    if comment.author.is_host and (appears or (verb is Verb.MASK and not comment.is_published)):
        try:
            check_not_frozen(database_moment())
        except FrozenError as refusal:
            raise HostsWaitError(str(refusal)) from refusal


def _change(comment: Comment, judgement: Judgement) -> str | None:
    """Returns the sealed original where words of the text were hidden."""
    match judgement.verb:
        case Verb.APPROVE:
            change_status(comment, Status.PUBLISHED)
        case Verb.RESTORE:
            # The last thing that was hidden comes back: all of it, or words of it.
            if comment.is_masked:
                _unmask(comment)
            change_status(comment, Status.PUBLISHED, _masked_under(comment))
        case Verb.HIDE:
            change_status(comment, Status.HIDDEN, judgement.guideline)
        case Verb.MASK:
            original = _mask(comment, judgement.marked)
            change_status(comment, Status.PUBLISHED, judgement.guideline)
            return original
        case Verb.KEEP:
            pass
    return None


def _mask(comment: Comment, marked: tuple[str, ...]) -> str:
    """Hide the words wherever they stand. Earlier texts have them too, and are sealed with it."""
    words = sorted({each for each in marked if each.strip()}, key=len, reverse=True)
    if not words:
        raise NotPossibleError
    pattern = re.compile("|".join(re.escape(each) for each in words), re.IGNORECASE)
    body, number = pattern.subn(_("[words hidden]"), comment.body)
    if not number or len(body) > BODY_LENGTH:
        raise NotPossibleError
    versions = list(comment.versions.values_list("body", flat=True))
    comment.versions.all().delete()
    original = seal(json.dumps({"body": comment.body, "versions": versions}))
    _set_body(comment, body)
    cases.words_hidden(comment.pk)
    return original


def own_words(decision: Decision) -> str:
    """For the author of the comment: their text before this decision hid words of it, or ""."""
    sealed = SealedOriginal.objects.filter(decision=decision).first()
    return _unsealed(sealed) if sealed else ""


def _masked_under(comment: Comment) -> int | None:
    """The guideline under which words of it are hidden still, besides the comment itself."""
    latest = _last_sealed(comment)
    return latest.decision.guideline if latest else None


def _last_sealed(comment: Comment) -> SealedOriginal | None:
    sealed = SealedOriginal.objects.filter(decision__case__comment=comment).exclude(sealed="")
    return sealed.select_related("decision").order_by("-decision_id").first()


def _unmask(comment: Comment) -> None:
    """Back to the text before words of it were hidden last; it needs no longer be sealed."""
    sealed = _last_sealed(comment)
    if sealed is None:
        raise NotPossibleError
    _set_body(comment, _unsealed(sealed))
    SealedOriginal.objects.filter(pk=sealed.pk).update(sealed="")


def _set_body(comment: Comment, body: str) -> None:
    comment.body, comment.body_html = body, body_html(body)
    comment.save(update_fields=["body", "body_html"])


def _unsealed(original: SealedOriginal) -> str:
    return str(json.loads(unseal(original.sealed))["body"]) if original.sealed else ""
