"""Changing a comment's status, with every count that follows from it.

Callers hold the lock of the consultation (see discussions.posting).
"""

from typing import Any

from accounts.statements import carried_out
from discussions.models import Comment
from discussions.responses import COUNTED, count_response, counted

# Parts of the statement that stores a comment under the `next` id.
COUNTED_NEW = f"""
counted_discussion AS (
    UPDATE discussions_discussion
       SET last_posted_at = %(posted_at)s, last_comment_id = (SELECT id FROM next),
           comment_count = comment_count + %(published)s
     WHERE id = %(discussion)s
), {COUNTED}"""  # noqa: S608 - of constants alone
_COUNT_PUBLISHED = """
UPDATE discussions_discussion SET comment_count = comment_count + %s WHERE id = %s
"""
_COUNT_PLACE_UNLESS_HELD = """
UPDATE discussions_comment SET reply_count = reply_count + %(change)s
 WHERE id = ANY(%(above)s)
   AND NOT EXISTS (
       SELECT 1 FROM discussions_comment held WHERE held.id = ANY(%(above)s) AND status = 'held'
   )
"""


def change_status(comment: Comment, status: str, hidden_under: int | None = None) -> None:
    """`hidden_under` is the guideline, where some or all of its words are hidden from now on."""
    was_published, was_placed = comment.is_published, comment.is_placed
    comment.status, comment.hidden_under = status, hidden_under
    comment.save(update_fields=["status", "hidden_under"])
    _count_published(comment, int(comment.is_published) - int(was_published))
    _count_place(comment, int(comment.is_placed) - int(was_placed))


def counted_new(comment: Comment) -> dict[str, Any]:
    """The values in COUNTED_NEW. What is held counts for nobody yet."""
    published = int(comment.is_published)
    return {
        **counted(comment.author, published, published),
        "discussion": comment.discussion_id,
        "posted_at": comment.posted_at,
        "published": published,
    }


def count_place_of_new(comment: Comment) -> None:
    _count_place(comment, int(comment.is_placed))


def _count_published(comment: Comment, change: int) -> None:
    if change:
        carried_out(_COUNT_PUBLISHED, [change, comment.discussion_id])
        count_response(comment.author, change)


def _count_place(comment: Comment, change: int) -> None:
    """In all that it answers, directly or not. A held one of these may have a place only for its
    sake: then that place counts, or ceases to, as well."""
    above = comment.path[:-1]
    if not change or not above:
        return
    if carried_out(_COUNT_PLACE_UNLESS_HELD, {"change": change, "above": above}):
        return
    found = Comment.objects.in_bulk(above)
    for pk in reversed(above):
        ancestor = found[pk]
        was_placed = ancestor.is_placed
        ancestor.reply_count += change
        ancestor.save(update_fields=["reply_count"])
        change += int(ancestor.is_placed) - int(was_placed)
