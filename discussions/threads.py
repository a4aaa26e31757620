"""The order and shape of threads, read in pages by keyset.

A page of a discussion is some top-level comments in the order asked for, each with the first of
its replies in the order of its thread (by path: depth first, so parents come before children).
The rest of a thread is read from its own page. Cursors name what was shown last, so that what is
posted meanwhile never makes a page skip or repeat a comment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Func, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discussions.models import Comment, Discussion, Reaction
from discussions.models.comments import CommentQuerySet, Viewer
from discussions.permissions import NOTHING, Action, allowed_actions

THREADS_ON_A_PAGE = 20
REPLIES_SHOWN = 8  # of each thread, before "Show N more replies"
REPLIES_ON_A_PAGE = 50  # of a thread's own page
DEEPEST_INDENT = 5
_PATH = ArrayField(BigIntegerField())
_MOVED_AT_MOST = 1_000  # threads with new replies that one page of "most replies" sets right


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


@dataclass(frozen=True)
class Cursor:
    """What a page showed last: its id, the count it was ranked by, and the discussion's newest
    comment when the first page was read (0 where the order does not need them)."""

    pk: int
    rank: int = 0
    as_of: int = 0

    def __str__(self) -> str:
        return f"{self.pk}.{self.rank}.{self.as_of}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """None for anything that is not a cursor: the reader then gets the first page."""
        parts = text.split(".")
        if len(parts) != 3 or not all(is_id(part) for part in parts):
            return None
        return cls(*(int(part) for part in parts))


@dataclass
class Node:
    """A comment at its place on a page, for one viewer."""

    comment: Comment
    level: int = 0
    shows_text: bool = True
    reply_to: str = ""
    actions: frozenset[Action] = NOTHING
    my_reaction: str = ""


@dataclass
class Thread:
    root: Node
    replies: list[Node] = field(default_factory=list)
    more: int = 0

    @property
    def last_shown(self) -> Comment:
        return self.replies[-1].comment if self.replies else self.root.comment


@dataclass
class ThreadsPage:
    threads: list[Thread]
    next: Cursor | None = None


@dataclass
class RepliesPage:
    """A stretch of the replies below a comment; `next` is the id to go on after."""

    replies: list[Node]
    next: int | None = None


@dataclass(frozen=True)
class Reading:
    """Who reads which discussion, and when."""

    discussion: Discussion
    viewer: Viewer
    moment: datetime

    @property
    def comments(self) -> CommentQuerySet:
        placed: CommentQuerySet = Comment.objects.filter(discussion=self.discussion.pk).placed_for(
            self.viewer
        )
        return placed


def read_threads(
    reading: Reading, sort: Sort, prompt_id: int | None = None, after: Cursor | None = None
) -> ThreadsPage:
    roots = reading.comments.filter(parent=None)
    if prompt_id is not None:
        roots = roots.filter(prompt=prompt_id)
    ranked = _ranked(reading, roots, sort, after)
    page, rest = ranked[:THREADS_ON_A_PAGE], ranked[THREADS_ON_A_PAGE:]
    return ThreadsPage(_threads(reading, page), next=page[-1].cursor if rest else None)


def search_comments(
    reading: Reading,
    words: str,
    after: Cursor | None = None,
    *,
    oldest: bool = False,
    prompt_id: int | None = None,
) -> ThreadsPage:
    """Comments and replies that contain the words, by time, each on its own."""
    found = Comment.objects.filter(discussion=reading.discussion.pk).visible_to(reading.viewer)
    found = found.search(words).order_by("pk" if oldest else "-pk")
    if prompt_id is not None:
        found = found.filter(prompt=prompt_id)
    if after is not None:
        found = found.filter(pk__gt=after.pk) if oldest else found.filter(pk__lt=after.pk)
    comments = list(_as_shown(found)[: THREADS_ON_A_PAGE + 1])
    page = comments[:THREADS_ON_A_PAGE]
    parents = _comments_by_id([each.parent_id for each in page if each.parent_id])
    threads = [Thread(_node(reading, each, parents)) for each in page]
    _mark_my_reactions(reading, [thread.root for thread in threads])
    is_last = len(comments) <= THREADS_ON_A_PAGE
    return ThreadsPage(threads, next=None if is_last else Cursor(page[-1].pk))


def read_replies(reading: Reading, top: Comment, after: int | None = None) -> RepliesPage:
    """The replies below a comment in the order of the thread."""
    below = reading.comments.below(top.path).order_by("path")
    if after is not None:
        shown = reading.comments.filter(pk=after).values("path")
        below = below.filter(path__gt=shown)
    comments = list(_as_shown(below)[: REPLIES_ON_A_PAGE + 1])
    page = comments[:REPLIES_ON_A_PAGE]
    known = {comment.pk: comment for comment in [top, *page]}
    missing = [each.parent_id for each in page if each.parent_id and each.parent_id not in known]
    known.update(_comments_by_id(missing))
    nodes = [_node(reading, each, known, below=top) for each in page]
    _mark_my_reactions(reading, nodes)
    return RepliesPage(nodes, next=page[-1].pk if len(comments) > len(page) else None)


def read_with_ancestors(reading: Reading, comment: Comment) -> tuple[list[Node], Node]:
    """The comments that it answers, from the top of the thread down, and the comment itself."""
    known = _comments_by_id(comment.path)
    chain = [known[pk] for pk in comment.path if pk in known]
    nodes = [_node(reading, each, known) for each in chain]
    _mark_my_reactions(reading, nodes)
    return nodes[:-1], nodes[-1]


@dataclass(frozen=True)
class _Ranked:
    """A top-level comment in the order asked for: its first replies, the cursor that follows it."""

    pk: int
    reply_ids: list[int]
    cursor: Cursor


def _ranked(
    reading: Reading, roots: CommentQuerySet, sort: Sort, after: Cursor | None
) -> list[_Ranked]:
    """One more than fits on the page."""
    if sort is Sort.REPLIES:
        return _by_replies(reading, roots, after)
    if sort is Sort.AGREED:
        return _by_agreement(reading, roots, after)
    oldest = sort is Sort.OLDEST
    if after is not None:
        roots = roots.filter(pk__gt=after.pk) if oldest else roots.filter(pk__lt=after.pk)
    rows = _rows(reading, roots.order_by("pk" if oldest else "-pk"), THREADS_ON_A_PAGE + 1)
    return [_Ranked(pk, reply_ids, Cursor(pk)) for pk, _count, _agreed, reply_ids in rows]


def _by_agreement(reading: Reading, roots: CommentQuerySet, after: Cursor | None) -> list[_Ranked]:
    """Posts do not disturb this order; an agreement given between two pages can."""
    if after is not None:
        beyond = Q(agree_count__lt=after.rank) | Q(agree_count=after.rank, pk__lt=after.pk)
        roots = roots.filter(beyond, agree_count__lte=after.rank)
    rows = _rows(reading, roots.order_by("-agree_count", "-pk"), THREADS_ON_A_PAGE + 1)
    return [_Ranked(pk, reply_ids, Cursor(pk, agreed)) for pk, _count, agreed, reply_ids in rows]


def _by_replies(reading: Reading, roots: CommentQuerySet, after: Cursor | None) -> list[_Ranked]:
    """By the replies that each thread had when the first page was read.

    Replies posted since then (ids above as_of) would move their thread past the cursor: their
    threads are ranked without them. Threads begun since then wait for the next first page.
    """
    as_of = after.as_of if after else reading.discussion.last_comment_id
    since = _replies_since(reading, as_of)
    wanted = roots.filter(pk__lte=as_of)
    if after is not None:
        beyond = Q(reply_count__lt=after.rank) | Q(reply_count=after.rank, pk__lt=after.pk)
        wanted = wanted.filter(beyond | Q(pk__in=list(since)))
    most = THREADS_ON_A_PAGE + 1 + len(since)
    ranked = [
        _Ranked(pk, reply_ids, Cursor(pk, count - since.get(pk, 0), as_of))
        for pk, count, _agreed, reply_ids in _rows(
            reading, wanted.order_by("-reply_count", "-pk"), most
        )
    ]
    if after is not None:
        ranked = [each for each in ranked if _place(each.cursor) < _place(after)]
    ranked.sort(key=lambda each: _place(each.cursor), reverse=True)
    return ranked[: THREADS_ON_A_PAGE + 1]


def _place(cursor: Cursor) -> tuple[int, int]:
    return cursor.rank, cursor.pk


def _replies_since(reading: Reading, as_of: int) -> dict[int, int]:
    """How many replies each thread has got since then, by its top-level comment."""
    since = Comment.objects.filter(
        discussion=reading.discussion.pk, pk__gt=as_of, parent__isnull=False
    )
    rows = since.values_list("path__0").annotate(Count("pk"))
    return dict(rows[:_MOVED_AT_MOST])


def _rows(
    reading: Reading, roots: CommentQuerySet, most: int
) -> list[tuple[int, int, int, list[int]]]:
    """Id, replies, agreements and the ids of the first replies: what is read is bounded."""
    replies = reading.comments.filter(
        path__gt=OuterRef("path"), path__lt=_path_after_root(OuterRef("pk"))
    )
    shown = ArraySubquery(replies.order_by("path").values("pk")[: REPLIES_SHOWN + 1])
    return list(roots.values_list("pk", "reply_count", "agree_count", shown)[:most])


def _threads(reading: Reading, ranked: Sequence[_Ranked]) -> list[Thread]:
    known = _comments_by_id(pk for each in ranked for pk in (each.pk, *each.reply_ids))
    threads = []
    for each in ranked:
        top = known[each.pk]
        # A single one more is shown rather than announced.
        is_all = top.reply_count <= len(each.reply_ids)
        shown = each.reply_ids if is_all else each.reply_ids[:REPLIES_SHOWN]
        replies = [_node(reading, known[pk], known, below=top) for pk in shown]
        more = 0 if len(each.reply_ids) <= REPLIES_SHOWN else top.reply_count - len(replies)
        threads.append(Thread(_node(reading, top, known), replies, more))
    nodes = [node for thread in threads for node in (thread.root, *thread.replies)]
    _mark_my_reactions(reading, nodes)
    return threads


def _node(
    reading: Reading, comment: Comment, known: dict[int, Comment], below: Comment | None = None
) -> Node:
    """The comment with what this viewer may do; `below` sets where its level counts from."""
    comment.discussion = reading.discussion
    parent = known.get(comment.parent_id) if comment.parent_id else None
    level = len(comment.path) - len(below.path) - 1 if below else 0
    return Node(
        comment,
        level=min(max(level, 0), DEEPEST_INDENT),
        shows_text=comment.shows_text_to(reading.viewer),
        reply_to=parent.author.shown_name if parent and parent.is_published else "",
        actions=allowed_actions(comment, reading.viewer, reading.moment),
    )


def _mark_my_reactions(reading: Reading, nodes: Sequence[Node]) -> None:
    if reading.viewer is None or not nodes:
        return
    mine = dict(
        Reaction.objects.filter(
            comment__in=[node.comment.pk for node in nodes], participant__member=reading.viewer
        ).values_list("comment", "value")
    )
    for node in nodes:
        node.my_reaction = mine.get(node.comment.pk, "")


def _comments_by_id(ids: Iterable[int | None]) -> dict[int, Comment]:
    wanted = [pk for pk in ids if pk is not None]
    if not wanted:
        return {}
    return {each.pk: each for each in _as_shown(Comment.objects.filter(pk__in=wanted))}


def _path_after_root(pk: OuterRef) -> Func:
    """The first path that is not in the thread of this root."""
    return Func(pk + 1, template="ARRAY[%(expressions)s]", output_field=_PATH)


def _as_shown(comments: CommentQuerySet) -> CommentQuerySet:
    """With all that a page shows of a comment, and nothing that it does not."""
    shown: CommentQuerySet = comments.select_related("author__member").defer(
        "body", "search_vector"
    )
    return shown


def is_id(text: str) -> bool:
    """Whether a text from an address can be an id."""
    return text.isascii() and text.isdigit() and len(text) <= 18
