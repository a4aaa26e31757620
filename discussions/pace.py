"""How fast replies may follow: a member who was slowed down, and a thread that piles up on one."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.statements import one_row
from discussions.models import Comment, Participant
from discussions.models.comments import CommentQuerySet
from discussions.prepared import Gaps, prepared
from moderation.limits import Limit, TooOftenError
from moderation.sanctions import SLOWED_TO

PILED_UP = 8  # people who answer one person in one thread within PILING
PILING = timedelta(minutes=10)
SLOW_FOR = timedelta(hours=1)
BETWEEN_REPLIES = timedelta(minutes=10)  # of one member in a slow thread

# People, not replies: two who talk with each other pile up on nobody. From what the person said in
# this thread to what answered it lately, each by an index: a thread may have a million replies.
_PEOPLE_PILING = """
SELECT count(*)
  FROM (SELECT DISTINCT reply.author_id
          FROM discussions_comment said
          JOIN discussions_comment reply ON reply.parent_id = said.id
         WHERE said.author_id = %(person)s
           AND said.discussion_id = %(discussion)s AND said.path[1] = %(top)s
           AND reply.posted_at > %(since)s AND reply.author_id <> %(person)s
         LIMIT %(most)s) people
"""

SLOWED_MEMBER = Limit("slowed-member", 1, SLOWED_TO)
SLOW_THREAD = Limit("slow-thread", 1, BETWEEN_REPLIES)


def check_pace(author: Participant, parent: Comment | None, moment: datetime) -> None:
    """Raises TooOftenError. Hosts may answer as fast as they can."""
    member = author.member
    if author.is_host or member is None:
        return
    if member.slowed_until is not None and moment < member.slowed_until:
        recent = Comment.objects.filter(author__member=member, posted_at__gt=moment - SLOWED_TO)
        _refuse_if(recent.exists(), SLOWED_MEMBER)
    if parent is not None and _is_slow(parent, moment):
        theirs = _replies_in_thread(parent).filter(author=author)
        _refuse_if(theirs.filter(posted_at__gt=moment - BETWEEN_REPLIES).exists(), SLOW_THREAD)


def slow_thread_if_piling_up(reply: Comment, parent: Comment | None, moment: datetime) -> None:
    """Many answer one person at once: from now on each of them waits between two replies."""
    if parent is None or parent.author.is_host:
        return
    values = {
        "person": parent.author_id,
        "discussion": parent.discussion_id,
        "top": parent.path[0],
        "since": moment - PILING,
        "most": PILED_UP,
    }
    if one_row(_PEOPLE_PILING, values) == (PILED_UP,):
        slow_thread(reply, moment + SLOW_FOR)


def slow_thread(comment: Comment, until: datetime | None) -> None:
    """The whole thread that the comment is in; None: no longer."""
    Comment.objects.filter(pk=comment.path[0]).update(slow_until=until)


def _is_slow(comment: Comment, moment: datetime) -> bool:
    until = comment.slow_until
    if comment.depth:
        (until,) = _slow_until().row(top=comment.path[0]) or (None,)
    return until is not None and moment < until


@prepared
def _slow_until(gaps: Gaps) -> QuerySet[Comment, Any]:
    found: QuerySet[Comment, Any] = Comment.objects.filter(pk=gaps.number("top"))
    return found.values_list("slow_until")


def _replies_in_thread(comment: Comment) -> CommentQuerySet:
    replies: CommentQuerySet = Comment.objects.filter(discussion=comment.discussion_id)
    return replies.below(comment.path[:1])


def _refuse_if(refused: bool, limit: Limit) -> None:  # noqa: FBT001 - said by its name
    if refused:
        raise TooOftenError(limit)
