"""The order and shape of threads, read in pages by keyset.

A page of a discussion is some top-level comments in the order asked for, each with the first of
its replies in the order of its thread (by path: depth first, so parents come before children).
The rest of a thread is read from its own page. Official answers come first (discussions.pinned).
Cursors (discussions.cursors) name what was shown last, so that what is posted meanwhile never
makes a page skip or repeat a comment.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import Member
from discussions.cursors import Cursor
from discussions.models import Comment
from discussions.models.comment_state import CommentState
from discussions.models.comments import end_of
from discussions.permissions import NOTHING, Action, actions_on
from discussions.pinned import arranged, official_in_order
from discussions.prepared import Gaps, prepared
from discussions.ranking import Asked, Ranked, Sort, ranked
from discussions.reading import Reading
from discussions.searching import Wanted, find
from discussions.shown import ShownComment, as_shown, shown

THREADS_ON_A_PAGE = 20
REPLIES_SHOWN = 4  # of each thread, before "Show N more replies": a page stays light
REPLIES_ON_A_PAGE = 50  # of a thread's own page
DEEPEST_INDENT = 5


@dataclass(slots=True)
class Node:
    """A comment at its place on a page, for one viewer.

    A pointer says that it is an official answer, which stands in full where it is pinned.
    """

    comment: ShownComment
    level: int = 0
    is_pointer: bool = False
    shows_text: bool = True
    reply_to: str = ""
    actions: frozenset[Action] = NOTHING


@dataclass
class Thread:
    """`more` replies follow, in the order of the thread, after `last_shown`."""

    root: Node
    replies: list[Node] = field(default_factory=list)
    more: int = 0
    last_shown: ShownComment | None = None


@dataclass
class ThreadsPage:
    """`pinned` are official answers to the prompts, above the others."""

    threads: list[Thread]
    next: Cursor | None = None
    pinned: list[Node] = field(default_factory=list)
    ended_early: bool = False  # a search that has not looked through everything yet


@dataclass
class RepliesPage:
    """A stretch of the replies below a comment; `next` is the id to go on after."""

    replies: list[Node]
    next: int | None = None


def read_threads(
    reading: Reading, sort: Sort, prompt_id: int | None = None, after: Cursor | None = None
) -> ThreadsPage:
    rows = ranked(reading, Asked(sort, prompt_id, after, THREADS_ON_A_PAGE, REPLIES_SHOWN))
    page, rest = rows[:THREADS_ON_A_PAGE], rows[THREADS_ON_A_PAGE:]
    # In the other orders they stand in their places among all comments.
    has_pinned = bool(page) and (sort is Sort.NEWEST or prompt_id is not None)
    pinned_ids = page[0].pinned_ids if has_pinned else []
    ids = [*pinned_ids, *(pk for each in page for pk in each.shown_ids)]
    known = comments_by_id(reading, ids)
    threads = [_thread(reading, each, known, pinned_ids) for each in page]
    pinned = [_node(reading, known[pk], known) for pk in pinned_ids] if after is None else []
    if pinned:  # on the same page, a pointer is only there for the sake of the replies
        threads = [each for each in threads if each.replies or not each.root.is_pointer]
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
    wanted = Wanted(words, reading.discussion.pk, prompt_id, after, oldest)
    found = find(wanted, reading.viewer, THREADS_ON_A_PAGE)
    known = comments_by_id(reading, found.ids)
    page = [known[pk] for pk in found.ids if pk in known]
    parents = comments_by_id(reading, [each.parent_id for each in page])
    threads = [Thread(_node(reading, each, parents)) for each in page]
    return ThreadsPage(threads, next=found.next, ended_early=found.ended_early)


def read_replies(reading: Reading, top: CommentState, after: int | None = None) -> RepliesPage:
    """The replies below a comment in the order of the thread."""
    comments = _below(reading, top, after, most=REPLIES_ON_A_PAGE + 1)
    page = comments[:REPLIES_ON_A_PAGE]
    official = _below(reading, top)
    known = {comment.pk: comment for comment in [*page, *official]}
    missing = {each.parent_id for each in known.values()} - {*known}
    known.update(comments_by_id(reading, missing))
    if after is None:
        nodes = _first_replies(reading, top, page, official, known)
    else:
        nodes = [_node(reading, each, known, below=top) for each in page]
        _point_to({each.pk for each in official}, nodes)
    return RepliesPage(nodes, next=page[-1].pk if len(comments) > len(page) else None)


def read_with_ancestors(reading: Reading, comment: CommentState) -> tuple[list[Node], Node]:
    """The comments that it answers, from the top of the thread down, and the comment itself."""
    known = comments_by_id(reading, comment.path)
    chain = [known[pk] for pk in comment.path if pk in known]
    nodes = [_node(reading, each, known) for each in chain]
    return nodes[:-1], nodes[-1]


def _thread(
    reading: Reading, row: Ranked, known: dict[int, ShownComment], pointed_to: Collection[int]
) -> Thread:
    top = known[row.pk]
    is_all = len(row.reply_ids) <= REPLIES_SHOWN + 1
    cut = len(row.reply_ids) if is_all else REPLIES_SHOWN
    stretch = [known[pk] for pk in row.reply_ids[:cut]]
    official = [known[pk] for _parent, pk in row.official]
    replies = _first_replies(reading, top, stretch, official, known)
    root = _node(reading, top, known)
    _point_to(pointed_to, [root])
    thread = Thread(root, replies)
    if not is_all:
        unseen = set(row.reply_ids[cut:]) - {each.pk for each in official}
        counted = sum(node.comment.is_placed for node in replies)
        thread.more = max(top.reply_count - counted, len(unseen))
        thread.last_shown = stretch[-1]
    return thread


def _first_replies(
    reading: Reading,
    top: CommentState,
    stretch: Sequence[ShownComment],
    official: Sequence[ShownComment],
    known: dict[int, ShownComment],
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
    reading: Reading,
    comment: ShownComment,
    known: dict[int, ShownComment],
    below: CommentState | None = None,
) -> Node:
    """The comment with what this viewer may do; `below` sets where its level counts from."""
    parent = known.get(comment.parent_id) if comment.parent_id else None
    level = len(comment.path) - len(below.path) - 1 if below else 0
    return Node(
        comment,
        level=min(max(level, 0), DEEPEST_INDENT),
        shows_text=comment.shows_text_to(reading.viewer),
        reply_to=parent.author.shown_name if parent and parent.is_published else "",
        actions=actions_on(comment, reading.standing),
    )


def comments_by_id(reading: Reading, ids: Iterable[int | None]) -> dict[int, ShownComment]:
    wanted = [pk for pk in ids if pk is not None]
    if not wanted:
        return {}
    values: dict[str, int | list[int]] = {"ids": wanted}
    if reading.participant_id is not None:
        values["participant"] = reading.participant_id
    rows = _by_id(for_member=reading.participant_id is not None).rows(**values)
    return {each.pk: each for each in shown(rows)}


@prepared
def _by_id(gaps: Gaps, *, for_member: bool) -> QuerySet[Comment, Any]:
    wanted = Comment.objects.filter(pk__among=gaps.numbers("ids"))
    return as_shown(wanted, gaps.number("participant") if for_member else None)


def _below(
    reading: Reading, top: CommentState, after: int | None = None, most: int | None = None
) -> list[ShownComment]:
    """At most so many of the replies below a comment; or the official ones that are shown."""
    viewer = reading.viewer
    query = _replies(most, for_member=viewer is not None, goes_on=after is not None)
    # For any thread the planner would read all of it, and sort.
    rows = query.rows_planned_anew(
        discussion=reading.discussion.pk,
        viewer=viewer.pk if viewer else 0,
        participant=reading.participant_id or 0,
        path=top.path,
        end=end_of(top.path),
        after=after or 0,
    )
    return list(shown(rows))


@prepared
def _replies(
    gaps: Gaps, most: int | None, *, for_member: bool, goes_on: bool
) -> QuerySet[Comment, Any]:
    viewer = Member(pk=gaps.number("viewer")) if for_member else None
    placed = Comment.objects.filter(discussion=gaps.number("discussion")).placed_for(viewer)
    replies = placed.filter(path__gt=gaps.numbers("path"), path__lt=gaps.numbers("end"))
    if goes_on:
        replies = replies.filter(path__gt=placed.filter(pk=gaps.number("after")).values("path"))
    replies = official_in_order(replies) if most is None else replies.order_by("path")[:most]
    return as_shown(replies, gaps.number("participant") if for_member else None)
