"""The order and shape of threads, read in pages by keyset.

A page of a discussion is some top-level comments in the order asked for, each with the first of
its replies in the order of its thread (by path: depth first, so parents come before children).
The rest of a thread is read from its own page. Official answers come first (discussions.pinned).
Cursors (discussions.cursors) name what was shown last, so that what is posted meanwhile never
makes a page skip or repeat a comment.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discussions.cursors import Cursor
from discussions.models import Comment, Discussion, Participant, Reaction
from discussions.models.comments import CommentQuerySet, Viewer
from discussions.naming import participant_of
from discussions.permissions import NOTHING, Action, allowed_actions
from discussions.pinned import arranged, official_in_order, pinned_above, with_parents
from moderation.elections import current_period
from moderation.models import ElectionPeriod

THREADS_ON_A_PAGE = 20
REPLIES_SHOWN = 8  # of each thread, before "Show N more replies"
REPLIES_ON_A_PAGE = 50  # of a thread's own page
DEEPEST_INDENT = 5
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


@dataclass
class Node:
    """A comment at its place on a page, for one viewer.

    A pointer says that it is an official answer, which stands in full where it is pinned.
    """

    comment: Comment
    level: int = 0
    is_pointer: bool = False
    shows_text: bool = True
    reply_to: str = ""
    actions: frozenset[Action] = NOTHING
    my_reaction: str = ""


@dataclass
class Thread:
    """`more` replies follow, in the order of the thread, after `last_shown`."""

    root: Node
    replies: list[Node] = field(default_factory=list)
    more: int = 0
    last_shown: Comment | None = None


@dataclass
class ThreadsPage:
    """`pinned` are official answers to the prompts, above the others."""

    threads: list[Thread]
    next: Cursor | None = None
    pinned: list[Node] = field(default_factory=list)


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

    @cached_property
    def me(self) -> Participant | None:
        """The viewer as readers of this consultation know them, or would."""
        if self.viewer is None:
            return None
        return participant_of(self.discussion.consultation, self.viewer)

    @cached_property
    def waits_for(self) -> ElectionPeriod | None:
        """The election period in which the viewer, a host here, writes nothing. Outside of one it
        is not asked who they are."""
        period = current_period(self.moment)
        return period if period and self.me and self.me.is_host else None

    def organisation_for(self, comment: Comment) -> str:
        """Which the viewer hosts for; asked of hosts' comments alone, where it matters."""
        return self.me.organisation if comment.author.is_host and self.me else ""


def read_threads(
    reading: Reading, sort: Sort, prompt_id: int | None = None, after: Cursor | None = None
) -> ThreadsPage:
    roots = reading.comments.filter(parent=None)
    if prompt_id is not None:
        roots = roots.filter(prompt=prompt_id)
    roots = roots.annotate(pinned_above=ArraySubquery(pinned_above(reading.discussion, prompt_id)))
    ranked = _ranked(reading, roots, sort, after)
    page, rest = ranked[:THREADS_ON_A_PAGE], ranked[THREADS_ON_A_PAGE:]
    # In the other orders they stand in their places among all comments.
    has_pinned = bool(page) and (sort is Sort.NEWEST or prompt_id is not None)
    pinned_ids = page[0].pinned_ids if has_pinned else []
    known = _comments_by_id([*pinned_ids, *(pk for each in page for pk in each.shown_ids)])
    threads = [_thread(reading, each, known, pinned_ids) for each in page]
    pinned = [_node(reading, known[pk], known) for pk in pinned_ids] if after is None else []
    if pinned:  # on the same page, a pointer is only there for the sake of the replies
        threads = [each for each in threads if each.replies or not each.root.is_pointer]
    replies = [node for thread in threads for node in thread.replies]
    _mark_my_reactions(reading, [*pinned, *(thread.root for thread in threads), *replies])
    return ThreadsPage(threads, next=page[-1].cursor if rest else None, pinned=pinned)


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
    official = list(_as_shown(official_in_order(reading.comments.below(top.path))))
    known = {comment.pk: comment for comment in [top, *page, *official]}
    missing = {each.parent_id for each in known.values()} - {None, *known}
    known.update(_comments_by_id(missing))
    if after is None:
        nodes = _first_replies(reading, top, page, official, known)
    else:
        nodes = [_node(reading, each, known, below=top) for each in page]
        _point_to({each.pk for each in official}, nodes)
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
    return [_Ranked(Cursor(pk), *shown) for pk, _count, _agreed, *shown in rows]


def _by_agreement(reading: Reading, roots: CommentQuerySet, after: Cursor | None) -> list[_Ranked]:
    """Posts do not disturb this order; an agreement given between two pages can."""
    if after is not None:
        beyond = Q(agree_count__lt=after.rank) | Q(agree_count=after.rank, pk__lt=after.pk)
        roots = roots.filter(beyond, agree_count__lte=after.rank)
    rows = _rows(reading, roots.order_by("-agree_count", "-pk"), THREADS_ON_A_PAGE + 1)
    return [_Ranked(Cursor(pk, agreed), *shown) for pk, _count, agreed, *shown in rows]


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
        _Ranked(Cursor(pk, count - since.get(pk, 0), as_of), *shown)
        for pk, count, _agreed, *shown in _rows(
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


def _rows(reading: Reading, roots: CommentQuerySet, most: int) -> list[Any]:
    """Id, replies, agreements and the ids of what is shown with it: what is read is bounded."""
    replies = reading.comments.below_outer_top().order_by("path")
    # One more than fits is shown rather than announced; the next tells that there is more.
    first = replies.values("pk")[: REPLIES_SHOWN + 2]
    official = with_parents(official_in_order(reading.comments.below_outer_top()))
    shown = (ArraySubquery(first), ArraySubquery(official), "pinned_above")
    return list(roots.values_list("pk", "reply_count", "agree_count", *shown)[:most])


def _thread(
    reading: Reading, ranked: _Ranked, known: dict[int, Comment], pointed_to: Collection[int]
) -> Thread:
    top = known[ranked.pk]
    is_all = len(ranked.reply_ids) <= REPLIES_SHOWN + 1
    cut = len(ranked.reply_ids) if is_all else REPLIES_SHOWN
    stretch = [known[pk] for pk in ranked.reply_ids[:cut]]
    official = [known[pk] for _parent, pk in ranked.official]
    replies = _first_replies(reading, top, stretch, official, known)
    root = _node(reading, top, known)
    _point_to(pointed_to, [root])
    thread = Thread(root, replies)
    if not is_all:
        unseen = set(ranked.reply_ids[cut:]) - {each.pk for each in official}
        counted = sum(node.comment.is_placed for node in replies)
        thread.more = max(top.reply_count - counted, len(unseen))
        thread.last_shown = stretch[-1]
    return thread


def _first_replies(
    reading: Reading,
    top: Comment,
    stretch: Sequence[Comment],
    official: Sequence[Comment],
    known: dict[int, Comment],
) -> list[Node]:
    nodes = []
    for comment, is_apart in arranged(top, stretch, official):
        node = _node(reading, comment, known, below=top)
        node.level = 0 if is_apart else node.level
        nodes.append(node)
    return nodes


def _point_to(pinned: Collection[int], nodes: Iterable[Node]) -> None:
    for node in nodes:
        node.is_pointer = node.comment.pk in pinned


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
        actions=allowed_actions(
            comment,
            reading.viewer,
            reading.moment,
            reading.organisation_for(comment),
            waits=reading.waits_for is not None,
        ),
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


def _as_shown(comments: CommentQuerySet) -> CommentQuerySet:
    """With all that a page shows of a comment, and nothing that it does not."""
    shown: CommentQuerySet = comments.select_related("author__member", "source").defer(
        "body", "search_vector"
    )
    return shown
