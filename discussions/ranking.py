"""Which top-level comments stand on a page, in which order, and which of their replies."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import cache, partial
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Subquery, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from discussions.cursors import Cursor
from discussions.models import Comment, Discussion
from discussions.pinned import official_in_order, pinned_above, with_parents
from discussions.prepared import Gaps, prepared
from discussions.reading import Reading

# Replies posted since the first page of "most replies" that a later page sets right, and threads.
_REPLIES_SINCE = _MOVED_AT_MOST = 500
_ALL_IDS = 2**63 - 1


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    REPLIES = "replies"
    AGREED = "agreed"

    @property
    def label(self) -> str | Promise:
        return _SORT_LABELS[self]


_SORT_LABELS = {
    Sort.NEWEST: _("Newest first"),
    Sort.OLDEST: _("Oldest first"),
    Sort.REPLIES: _("Most replies"),
    Sort.AGREED: _("Most agreed with"),
}


class _Place(Enum):
    """Where a page begins: at the first, after the cursor, or not at all: threads by their ids."""

    FIRST = auto()
    AFTER = auto()
    MOVED = auto()


class Asked(NamedTuple):
    """Which threads a page shows, after which, and how many, with how many replies of each. The
    prompt is one of the discussion's."""

    sort: Sort
    prompt_id: int | None
    after: Cursor | None
    threads: int
    replies: int


@dataclass(frozen=True)
class Ranked:
    """A top-level comment in the order asked for: the cursor that follows it, its first replies,
    the official ones among all of them; and what is pinned above the list, the same with each."""

    cursor: Cursor
    reply_ids: list[int]
    official: list[tuple[int, int]]  # each after its parent
    pinned_ids: list[int]

    @property
    def pk(self) -> int:
        return self.cursor.pk

    @property
    def shown_ids(self) -> list[int]:
        return [self.pk, *self.reply_ids, *(pk for pair in self.official for pk in pair)]


def ranked(reading: Reading, asked: Asked) -> list[Ranked]:
    """One more than fits on the page."""
    if asked.sort is Sort.REPLIES:
        return _by_replies(reading, asked)
    # Posts do not disturb the other orders; an agreement given between two pages can.
    is_by_agreement = asked.sort is Sort.AGREED
    return [
        Ranked(Cursor(pk, agreed if is_by_agreement else 0), *shown)
        for pk, _count, agreed, *shown in _rows(reading, asked, asked.threads + 1)
    ]


def _by_replies(reading: Reading, asked: Asked) -> list[Ranked]:
    """By the replies that each thread had when the first page was read.

    Replies posted since then (ids above as_of) would move their thread past the cursor: their
    threads are ranked without them. Threads begun since then wait for the next first page. What a
    moderator does between two pages can still move a thread.
    """
    after, newest = asked.after, reading.discussion.last_comment_id
    as_of = after.as_of if after else newest
    since = cache(partial(_replies_since, reading.discussion.pk, as_of))
    found: list[Ranked] = []
    moved, expected = since(newest), -1
    while len(moved) > expected:  # others may post between two statements
        # Rounded up, so that there are few different queries.
        expected = 1 << len(moved).bit_length() if moved else 0
        most = asked.threads + 1 + expected
        found, moved = _as_it_was(since, as_of, _rows(reading, asked, most, as_of))
    if after is not None and moved:
        rows = _rows(reading, asked, _MOVED_AT_MOST, as_of, list(moved))
        found += _as_it_was(since, as_of, rows)[0]
    once = {each.pk: each for each in found}.values()
    inside = [each for each in once if not after or _place(each.cursor) < _place(after)]
    inside.sort(key=lambda each: _place(each.cursor), reverse=True)
    return inside[: asked.threads + 1]


def _as_it_was(
    since: Callable[[int], dict[int, int]], as_of: int, rows: list[tuple[Any, ...]]
) -> tuple[list[Ranked], dict[int, int]]:
    """The threads of one statement; and all that had got replies since then when it was asked."""
    got = since(rows[0][3] if rows else _ALL_IDS)
    ranked = [
        Ranked(Cursor(pk, count - got.get(pk, 0), as_of), *shown)
        for pk, count, _agreed, _newest, *shown in rows
    ]
    return ranked, got


def _place(cursor: Cursor) -> tuple[int, int]:
    return cursor.rank, cursor.pk


def _replies_since(discussion: int, as_of: int, newest: int) -> dict[int, int]:
    """How many replies each thread has got from then until the newest comment, by its top-level
    comment. Where there are too many, none: the order is then that of now."""
    if as_of >= newest:
        return {}
    values = {"discussion": discussion, "as_of": as_of, "newest": newest}
    rows = _tops_of_replies().rows_planned_anew(**values)
    return Counter(top for (top,) in rows) if len(rows) <= _REPLIES_SINCE else {}


@prepared
def _tops_of_replies(gaps: Gaps) -> QuerySet[Comment, Any]:
    since = Comment.objects.placed_for(None).filter(
        discussion=gaps.number("discussion"),
        pk__gt=gaps.number("as_of"),
        pk__lte=gaps.number("newest"),
        parent__isnull=False,
    )
    tops: QuerySet[Comment, Any] = since.order_by("pk").values_list("path__0")
    return tops[: _REPLIES_SINCE + 1]


def _rows(
    reading: Reading, asked: Asked, most: int, as_of: int = 0, moved: Sequence[int] = ()
) -> list[tuple[Any, ...]]:
    """Id, replies, agreements and the ids of what is shown with it: what is read is bounded. By
    replies, the discussion's newest comment stands before these ids: what the replies include."""
    query = _roots(
        asked.sort,
        most,
        asked.replies,
        for_member=reading.viewer is not None,
        has_prompt=asked.prompt_id is not None,
        place=_Place.MOVED if moved else _Place.AFTER if asked.after else _Place.FIRST,
    )
    by_time = asked.sort in (Sort.NEWEST, Sort.OLDEST)
    last = asked.after.pk if asked.after else 0
    return query.rows(
        discussion=reading.discussion.pk,
        viewer=reading.viewer.pk if reading.viewer else 0,
        prompt=asked.prompt_id or 0,
        after=[last] if by_time else last,
        rank=asked.after.rank if asked.after else 0,
        as_of=as_of,
        moved=list(moved),
    )


@prepared
def _roots(
    gaps: Gaps,
    sort: Sort,
    most: int,
    replies_shown: int,
    *,
    for_member: bool,
    has_prompt: bool,
    place: _Place,
) -> QuerySet[Comment, Any]:
    discussion = gaps.number("discussion")
    prompt = gaps.number("prompt") if has_prompt else None
    viewer = Member(pk=gaps.number("viewer")) if for_member else None
    comments = Comment.objects.filter(discussion=discussion).placed_for(viewer)
    roots = comments.filter(parent=None)
    if prompt is not None:
        # All of them are top-level comments of its discussion. Told so as well, the planner takes
        # them for fewer than they are, and sorts them all.
        roots = Comment.objects.placed_for(viewer).filter(prompt=prompt)
    order, after = _ORDERS[sort]
    if sort is Sort.REPLIES:
        roots = roots.filter(pk__lte=gaps.number("as_of"))
    if place is not _Place.FIRST:
        is_moved = place is _Place.MOVED
        roots = roots.filter(Q(pk__among=gaps.numbers("moved")) if is_moved else after(gaps))
    replies = comments.below_outer_top().order_by("path")
    # One more than fits is shown rather than announced; the next tells that there is more.
    first = replies.values("pk")[: replies_shown + 2]
    official = with_parents(official_in_order(comments.below_outer_top()))
    pinned = pinned_above(discussion, prompt)
    shown: list[Subquery] = [ArraySubquery(each) for each in (first, official, pinned)]
    if sort is Sort.REPLIES:
        here = Discussion.objects.filter(pk=discussion)
        shown.insert(0, Subquery(here.values("last_comment_id")))
    rows: QuerySet[Comment, Any] = roots.order_by(*order).values_list(
        "pk", "reply_count", "agree_count", *shown
    )
    return rows[:most]


def _row(*columns: F | Value) -> Func:
    return Func(*columns, template="(%(expressions)s)", output_field=BigIntegerField())


def _lower(column: str, gaps: Gaps) -> Func:
    """What comes after the cursor: a lower rank, or an older comment of the same. Compared as rows,
    which an index is entered by; of two conditions with "or" it would read all that came before."""
    here, cursor = _row(F(column), F("pk")), (gaps.number("rank"), gaps.number("after"))
    return Func(
        here,
        _row(*(Value(each) for each in cursor)),
        template="%(expressions)s",
        arg_joiner=" < ",
        output_field=BooleanField(),
    )


# Of top-level comments, the path is the id: in an order of its own, for which there is one index.
# By id there would be that of all comments, which is read far too long where few are from here.
_ORDERS: dict[Sort, tuple[tuple[str, ...], Callable[[Gaps], Q | Func]]] = {
    Sort.NEWEST: (("-path",), lambda gaps: Q(path__lt=gaps.numbers("after"))),
    Sort.OLDEST: (("path",), lambda gaps: Q(path__gt=gaps.numbers("after"))),
    Sort.REPLIES: (("-reply_count", "-pk"), partial(_lower, "reply_count")),
    Sort.AGREED: (("-agree_count", "-pk"), partial(_lower, "agree_count")),
}
