"""Closing the accounts that are due: what a member said stays with nobody's name, or goes.

One transaction per member. It takes its locks in the order of discussions.posting, consultations
first, so that somebody who posts meanwhile waits, or makes it wait.
"""

import logging

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Count, F
from django.utils import timezone

from accounts import leaving
from accounts.models import Closing, Member, NameInUse
from discussions.models import (
    Comment,
    CommentVersion,
    Consultation,
    Discussion,
    Participant,
)
from discussions.responses import count_response
from discussions.statuses import change_status
from moderation import leaving as moderation_leaving

_AT_ONCE = 50
_log = logging.getLogger(__name__)


class _StillBusyError(Exception):
    """The member has just begun to take part in one more consultation."""


def close_due_accounts() -> int:
    """Close up to 50 accounts whose grace is over, and say how many. What fails is tried again."""
    due = Closing.objects.filter(
        due_at__lte=timezone.now(), member__is_staff=False, member__logentry=None
    )
    members = list(due.order_by("due_at", "pk").values_list("member_id", flat=True)[:_AT_ONCE])
    return sum(_closed(member_id) for member_id in members)


def close_account(member_id: int) -> bool:
    """False: it is not due (any more): its owner keeps it, or it has been closed."""
    with transaction.atomic():
        closing = (
            Closing.objects.select_for_update(of=("self",))
            .filter(member=member_id, due_at__lte=timezone.now(), member__is_staff=False)
            .filter(member__logentry=None)
            .first()
        )
        if closing is None:
            return False
        leaving.hold_mails(member_id)
        member, participants = _lock(member_id)
        names = _names(member, participants)
        if closing.withdraws_comments:
            _withdraw(participants)
        moderation_leaving.forget_member(member.pk)
        _make_nobody(participants)
        leaving.erase(member)
        _reserve_again(names)
    return True


def _closed(member_id: int) -> bool:
    try:
        return close_account(member_id)
    except (IntegrityError, OperationalError, _StillBusyError):
        # Without the exception, which may quote a row.
        _log.warning("An account that is due could not be closed; the next run tries again.")
        return False


def _lock(member_id: int) -> tuple[Member, list[Participant]]:
    mine = Participant.objects.filter(member=member_id)
    places = sorted(mine.values_list("consultation_id", flat=True))
    for locked in (
        Consultation.objects.filter(pk__in=places),
        Discussion.objects.filter(consultation__in=places),
    ):
        list(locked.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
    member = Member.objects.select_for_update().get(pk=member_id)
    participants = list(mine.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if sorted(each.consultation_id for each in participants) != places:
        raise _StillBusyError
    return member, participants


def _withdraw(participants: list[Participant]) -> None:
    """Withdrawn, and no text is left, not even of what a moderator has hidden."""
    status = Comment.Status
    for participant in participants:
        theirs = Comment.objects.filter(author=participant)
        published = theirs.filter(status=status.PUBLISHED)
        for discussion, number in published.values_list("discussion").annotate(Count("pk")):
            Discussion.objects.filter(pk=discussion).update(
                comment_count=F("comment_count") - number
            )
            count_response(participant, -number)
        published.update(status=status.WITHDRAWN, hidden_under=None, body="", body_html="")
        # Each has a place in its thread from now on, which is counted: what answers comes first,
        # and each is read once that has been.
        for pk in theirs.filter(status=status.HELD).order_by("-pk").values_list("pk", flat=True):
            held = Comment.objects.select_related("author").get(pk=pk)
            change_status(held, status.WITHDRAWN)
            Comment.objects.filter(pk=pk).update(body="", body_html="")
        theirs.filter(status=status.HIDDEN).update(body="", body_html="")


def _make_nobody(participants: list[Participant]) -> None:
    """What stays is what readers can read: no text that was replaced or withdrawn before."""
    comments = Comment.objects.filter(author__in=participants)
    comments.filter(status=Comment.Status.WITHDRAWN).update(body="", body_html="")
    CommentVersion.objects.filter(comment__in=comments.values("pk")).delete()
    ids = [participant.pk for participant in participants]
    Participant.objects.filter(pk__in=ids).update(member=None, name="", has_left=True)
    leaving.forget_in_admin_log(Participant, ids)


def _names(member: Member, participants: list[Participant]) -> set[str]:
    changes = member.name_changes.values_list("old_name", "new_name")
    of_changes = {name for change in changes for name in change}
    return {member.display_name, *(each.name for each in participants), *of_changes} - {""}


def _reserve_again(names: set[str]) -> None:
    """Those of a member who has left are free, but for somebody whose words came from elsewhere."""
    elsewhere = Participant.objects.filter(member=None, has_left=False, name__in=names)
    for name in elsewhere.values_list("name", flat=True).distinct():
        NameInUse.objects.reserve(name)
