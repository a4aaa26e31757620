"""Changing a comment's status, with every count that follows from it.

Callers hold the lock of the consultation (see discussions.posting).
"""

from django.db.models import F

from discussions.models import Comment, Discussion
from discussions.responses import count_response


def change_status(comment: Comment, status: str, hidden_under: int | None = None) -> None:
    """`hidden_under` is the guideline, where some or all of its words are hidden from now on."""
    was_published, was_placed = comment.is_published, comment.is_placed
    comment.status, comment.hidden_under = status, hidden_under
    comment.save(update_fields=["status", "hidden_under"])
    _count_published(comment, int(comment.is_published) - int(was_published))
    _count_place(comment, int(comment.is_placed) - int(was_placed))


def count_new(comment: Comment) -> None:
    """One that has just been stored. What is held counts for nobody yet."""
    Discussion.objects.filter(pk=comment.discussion_id).update(
        last_posted_at=comment.posted_at, last_comment_id=comment.pk
    )
    _count_published(comment, int(comment.is_published))
    _count_place(comment, int(comment.is_placed))


def _count_published(comment: Comment, change: int) -> None:
    if change:
        Discussion.objects.filter(pk=comment.discussion_id).update(
            comment_count=F("comment_count") + change
        )
        count_response(comment.author, change)


def _count_place(comment: Comment, change: int) -> None:
    """In all that it answers, directly or not. A held one of these may have a place only for its
    sake: then that place counts, or ceases to, as well."""
    above = comment.path[:-1]
    if not change or not above:
        return
    held = Comment.objects.filter(pk__in=above, status=Comment.Status.HELD)
    if not held.exists():
        Comment.objects.filter(pk__in=above).update(reply_count=F("reply_count") + change)
        return
    found = Comment.objects.in_bulk(above)
    for pk in reversed(above):
        ancestor = found[pk]
        was_placed = ancestor.is_placed
        ancestor.reply_count += change
        ancestor.save(update_fields=["reply_count"])
        change += int(ancestor.is_placed) - int(was_placed)
