"""Official answers: a host's comment that their organisation stands by, pinned where it answers.

One that is hidden or withdrawn is official no more until it is restored; an edit keeps it.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import Member
from discussions.models import Comment
from discussions.naming import participant_of
from discussions.permissions import (
    NOTHING,
    Action,
    NotAllowedError,
    check_allowed,
    official_actions,
)
from discussions.posting import database_moment, lock
from moderation.elections import check_not_frozen

RUN = "discussions.run_consultation"


def mark(comment: Comment, member: Member, *, in_admin: bool = False) -> Comment:
    """Pin a host's answer as the official one. Again: nothing more happens.

    On the site, whoever hosts for the same organisation may; in admin, whoever runs consultations.
    Raises NotAllowedError, SuspendedError or FrozenError (in an election period).
    """
    with transaction.atomic():
        fresh, moment = _lock(comment)
        if fresh.is_official:
            _check(Action.UNMARK_OFFICIAL, fresh, member, moment, in_admin=in_admin)
            return fresh
        _check(Action.MARK_OFFICIAL, fresh, member, moment, in_admin=in_admin)
        check_not_frozen(moment)
        return _set(fresh, moment)


def unmark(comment: Comment, member: Member, *, in_admin: bool = False) -> Comment:
    """The answer stays as any other. Again: nothing more happens. Raises as `mark` does."""
    with transaction.atomic():
        fresh, moment = _lock(comment)
        if not fresh.is_official:
            _check(Action.MARK_OFFICIAL, fresh, member, moment, in_admin=in_admin)
            return fresh
        _check(Action.UNMARK_OFFICIAL, fresh, member, moment, in_admin=in_admin)
        check_not_frozen(moment)
        return _set(fresh, None)


def action_in_admin(comment: Comment, staff: Member) -> Action | None:
    """What this member of staff may do there: draws the button."""
    is_archived = comment.discussion.consultation.archived_at is not None
    possible = (
        official_actions(comment, is_archived=is_archived) if staff.has_perm(RUN) else NOTHING
    )
    return next(iter(possible), None)


def _lock(comment: Comment) -> tuple[Comment, datetime]:
    discussion = lock(comment.discussion_id)
    moment = database_moment()
    fresh: Comment = (
        Comment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("author__member")
        .get(pk=comment.pk)
    )
    fresh.discussion = discussion
    return fresh, moment


def _check(
    action: Action, comment: Comment, member: Member, moment: datetime, *, in_admin: bool
) -> None:
    if not in_admin:
        me = participant_of(comment.discussion.consultation, member)
        check_allowed(action, comment, member, moment, me.organisation)
    elif action_in_admin(comment, member) is not action:
        raise NotAllowedError(comment, action)


def _set(comment: Comment, official_at: datetime | None) -> Comment:
    comment.official_at = official_at
    comment.save(update_fields=["official_at"])
    return comment
