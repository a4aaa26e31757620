"""A discussion from its first comment to its last, for reading through, printing and finding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Member
from discussions.models import Comment
from discussions.prepared import Gaps, prepared
from discussions.reading import Reading
from discussions.shown import ShownComment, as_shown, shown
from discussions.threads import DEEPEST_INDENT, Node, comments_by_id

COMMENTS_ON_A_PART = 2_000


@dataclass
class WholeThread:
    """Without its root where that stands on the part before."""

    root: Node | None
    replies: list[Node]


@dataclass
class Part:
    """`next` is the id to go on after; one that `continues` is not the first. Its threads are put
    together as they are taken, once."""

    threads: Iterator[WholeThread]
    is_empty: bool
    next: int | None = None
    continues: bool = False


def read_part(reading: Reading, after: int | None = None) -> Part:
    """The comments in the order of their threads, oldest first, each before its replies."""
    query = _in_order(
        COMMENTS_ON_A_PART + 1, for_member=reading.viewer is not None, goes_on=after is not None
    )
    values = {"discussion": reading.discussion.pk, "after": after or 0}
    rows = query.rows_planned_anew(**values, viewer=reading.viewer.pk if reading.viewer else 0)
    if after is not None and not rows:  # no comment of this discussion
        return read_part(reading)
    last = None
    if len(rows) > COMMENTS_ON_A_PART:
        del rows[COMMENTS_ON_A_PART:]
        (last,) = shown(rows[-1:])
    threads = _threads(reading, shown(rows), _names_above(reading, rows))
    return Part(threads, not rows, last.pk if last else None, continues=after is not None)


@prepared
def _in_order(gaps: Gaps, most: int, *, for_member: bool, goes_on: bool) -> QuerySet[Comment, Any]:
    viewer = Member(pk=gaps.number("viewer")) if for_member else None
    found = Comment.objects.filter(discussion=gaps.number("discussion")).placed_for(viewer)
    if goes_on:
        last = Comment.objects.filter(discussion=gaps.number("discussion"))
        found = found.filter(path__gt=last.filter(pk=gaps.number("after")).values("path"))
    return as_shown(found.order_by("path"))[:most]


def _names_above(reading: Reading, rows: list[tuple[Any, ...]]) -> dict[int, str]:
    """Of the authors whom the first replies of a part answer, by their comments."""
    above = [pk for first in shown(rows[:1]) for pk in first.path[:-1]]
    return {pk: _name(each) for pk, each in comments_by_id(reading, above).items()}


def _threads(
    reading: Reading, comments: Iterable[ShownComment], names: dict[int, str]
) -> Iterator[WholeThread]:
    thread: WholeThread | None = None
    for comment in comments:
        depth = len(comment.path) - 1
        node = Node(
            comment,
            level=min(max(depth - 1, 0), DEEPEST_INDENT),
            shows_text=comment.shows_text_to(reading.viewer),
            reply_to=names.get(comment.parent_id, "") if comment.parent_id else "",
        )
        names[comment.pk] = _name(comment)
        if depth == 0 or thread is None:
            if thread is not None:
                yield thread
            thread = WholeThread(node, []) if depth == 0 else WholeThread(None, [node])
        else:
            thread.replies.append(node)
    if thread is not None:
        yield thread


def _name(comment: ShownComment) -> str:
    return comment.author.shown_name if comment.is_published else ""
