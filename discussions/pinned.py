"""Where official answers stand: right under what they answer, before the other replies.

One that would come later in the thread is brought forward, and leaves a pointer in its place: the
order of the thread, which paging goes by, stays as it is.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, QuerySet

from discussions.models import Comment
from discussions.models.comment_state import CommentState
from discussions.models.comments import CommentQuerySet
from discussions.shown import ShownComment

OFFICIAL_SHOWN = 10  # of each thread; further ones stand in their places
PINNED_ABOVE = 10  # of each list of a discussion


def pinned_above(discussion_id: int, prompt_id: int | None) -> QuerySet[Comment, Any]:
    """The ids of the official answers above the comments on a discussion, or on a prompt of it."""
    tops: CommentQuerySet = Comment.objects.filter(discussion=discussion_id, parent=None).official()
    if prompt_id is not None:
        tops = tops.filter(prompt=prompt_id)
    return tops.order_by("prompt__position", "pk").values("pk")[:PINNED_ABOVE]


def official_in_order(below: CommentQuerySet) -> CommentQuerySet:
    """Of the replies below a comment, those that may be pinned under it: the same for each page."""
    # Among very deep replies, a reply's place is beside what it answers (posting.MOST_DEPTH).
    return below.official().filter(path__contains=[F("parent")]).order_by("path")[:OFFICIAL_SHOWN]


def with_parents(official: CommentQuerySet) -> QuerySet[Comment, Any]:
    """The ids as [parent, comment], for one query with other ids."""
    both = Func(
        F("parent"),
        F("pk"),
        template="ARRAY[%(expressions)s]",
        output_field=ArrayField(BigIntegerField()),
    )
    return official.values(both=both)


def arranged(
    top: CommentState, stretch: Sequence[ShownComment], official: Sequence[ShownComment]
) -> list[tuple[ShownComment, bool]]:
    """The first stretch of the replies below `top`, with the official answers in it and beyond it.

    True with those that stand apart from what they answer, which is not on this page: they come
    after the official answers to `top` itself.
    """
    if not official:
        return [(each, False) for each in stretch]
    here = {top.pk, *(each.pk for each in stretch)}
    pinned = {each.pk: each for each in official}
    beyond = [each for each in pinned.values() if each.pk not in here]
    apart = {each.pk for each in beyond if each.parent_id not in here}

    def place(comment: ShownComment) -> list[tuple[int, int]]:
        if comment.pk in apart:
            return [(1, comment.pk)]
        return [(0 if pk in pinned else 2, pk) for pk in comment.path[len(top.path) :]]

    shown = sorted([*stretch, *beyond], key=place)
    return [(each, each.pk in apart) for each in shown]
