"""Comments and threads on a page as HTML: `_comment.html` and `_thread.html`, filled.

See discussions.stencils. A card's shape is what the template asks for in its conditions; its values
are what it puts where. The HTML is plain text: templates are given it as SafeString.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from html import escape
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from discussions.markup import is_folded
from discussions.models.comments import Viewer
from discussions.permissions import Action
from discussions.shown import ShownComment, ShownSource
from discussions.stencils import Stencil, gaps
from discussions.templatetags.talk import age_of, exactly, face, iso, placed, said
from discussions.threads import Node, Thread
from discussions.whole import WholeThread

_SHAPES_KEPT = 1_024
_NAMES_KEPT = 1_024
_MOMENTS_KEPT = 2_048


@dataclass(frozen=True)
class Setting:
    """What holds for all cards of a page.

    `exact`: the comment in full, with its moment; `still`: its moment alone, not its age. `quiet`:
    without anything to press. `invites`: links for the signed out in place of buttons.
    `is_under_question`: its question stands over it.
    """

    moment: datetime
    viewer: Viewer = None
    questions: Sequence[dict[str, Any]] = ()
    exact: bool = False
    still: bool = False
    quiet: bool = False
    invites: bool = False
    is_under_question: bool = False

    @cached_property
    def epoch(self) -> float:
        return self.moment.timestamp()

    @cached_property
    def question_of(self) -> dict[int | None, str]:
        """HTML by the id of a prompt, where the page does not say anyway what comments answer."""
        asked = () if self.is_under_question else self.questions
        return {row["id"]: escape(row["text"]) for row in asked}


class Shape(NamedTuple):
    """What the conditions of the template ask for."""

    is_pointer: bool
    shows_text: bool
    status: str
    hidden_under: int | None
    is_host: bool
    is_official: bool
    is_from_elsewhere: bool
    says_to_whom: bool
    is_edited: bool
    has_question: bool
    is_folded: bool
    is_mine: bool
    my_reaction: str
    actions: frozenset[Action]
    exact: bool
    still: bool
    quiet: bool
    invites: bool

    @property
    def is_masked(self) -> bool:
        return self.status == "published" and self.hidden_under is not None


class Values(NamedTuple):
    """HTML, for the gaps of the template."""

    pk: int
    after_pk: int
    name: str
    face: str
    organisation: str
    said: str
    to: str
    iso: str
    exactly: str
    age: str
    question: str
    body: str
    agree_count: int
    disagree_count: int


_NUMBERS = ("pk", "after_pk", "agree_count", "disagree_count")
_GAPS = gaps(Values._fields, _NUMBERS)


def card(node: Node, setting: Setting) -> str:
    question = setting.question_of.get(node.comment.prompt_id, "")
    return _stencil(_shape(node, setting, question)).fill(_values(node, setting, question))


def cards(nodes: Sequence[Node], setting: Setting) -> str:
    """Replies, nested in lists."""
    parts = (f"{opening}{card(node, setting)}{closing}" for opening, node, closing in placed(nodes))
    return "".join(parts)


def threads(found: Iterable[Thread], setting: Setting) -> Iterator[str]:
    return (_thread(each, setting) for each in found)


def whole_threads(found: Iterable[WholeThread], setting: Setting) -> Iterator[str]:
    return (_whole_thread(each, setting) for each in found)


def _whole_thread(thread: WholeThread, setting: Setting) -> str:
    root = card(thread.root, setting) if thread.root else ""
    replies = cards(thread.replies, setting) if thread.replies else ""
    return f'<li class="thread">{root}{replies}</li>'


def _thread(thread: Thread, setting: Setting) -> str:
    has_more = 0 if thread.last_shown is None else min(thread.more, 2)
    values = (
        thread.root.comment.pk,
        thread.more,
        thread.last_shown.pk if thread.last_shown else "",
        card(thread.root, setting),
        _slow(thread.root.comment, setting),
        cards(thread.replies, setting) if thread.replies else "",
    )
    return _thread_stencil(has_more).fill(values)


@lru_cache(maxsize=3)
def _thread_stencil(has_more: int) -> Stencil:
    """With no reply more, with one, or with several."""
    names = ("pk", "more", "last_shown", "root", "slow", "replies")
    stand_ins = gaps(names, numbers=("pk", "more", "last_shown"))
    more = has_more if has_more < 2 else stand_ins["more"]
    return Stencil.of("discussions/_thread.html", {"thread": {**stand_ins, "more": more}})


def _slow(top: ShownComment, setting: Setting) -> str:
    if top.slow_until is None or top.slow_until <= setting.moment:
        return ""
    return render_to_string("discussions/_slow.html", {"top": top, "moment": setting.moment})


@lru_cache(maxsize=_SHAPES_KEPT)
def _stencil(parts: tuple[Any, ...]) -> Stencil:
    """Of a shape by its parts."""
    shape = Shape._make(parts)
    return Stencil.of(
        "discussions/_comment.html",
        {"card": {**shape._asdict(), "is_masked": shape.is_masked, **_GAPS}},
    )


def _shape(node: Node, setting: Setting, question: str) -> tuple[Any, ...]:
    """The parts of a Shape: a plain tuple, of which pages make thousands."""
    comment, viewer = node.comment, setting.viewer
    is_published = comment.is_published
    return (
        node.is_pointer,
        node.shows_text,
        comment.status,
        comment.hidden_under,
        comment.author.is_host,
        comment.is_official,
        comment.source is not None,
        node.reply_to != "" and len(comment.path) > 2,  # else it is plain to see
        comment.edited_at is not None,
        question != "",
        is_folded(comment.body_html),
        not is_published and viewer is not None and comment.author.member_id == viewer.pk,
        comment.my_reaction,
        node.actions,
        setting.exact,
        setting.still,
        setting.quiet,
        setting.invites,
    )


def _values(node: Node, setting: Setting, question: str) -> tuple[Any, ...]:
    """The parts of Values: a plain tuple, as above."""
    comment = node.comment
    name, shown_face = _named(comment.author.shown_name)
    shown_iso, shown_moment = _moment(comment.posted_epoch)
    return (
        comment.pk,
        comment.pk + 1,
        name,
        shown_face,
        _named(comment.author.organisation)[0] if comment.author.organisation else "",
        _said(comment.source) if comment.source else "",
        _named(node.reply_to)[0] if node.reply_to else "",
        shown_iso,
        shown_moment,
        shown_moment if setting.still else age_of(setting.epoch - comment.posted_epoch),
        question,
        comment.body_html,
        comment.agree_count,
        comment.disagree_count,
    )


@lru_cache(maxsize=_NAMES_KEPT)
def _named(name: str) -> tuple[str, str]:
    return escape(name), _plain(face(name))


@lru_cache(maxsize=_MOMENTS_KEPT)
def _moment(epoch: float) -> tuple[str, str]:
    moment = datetime.fromtimestamp(epoch, UTC)
    return iso(moment), exactly(moment)


@lru_cache(maxsize=_NAMES_KEPT)
def _said(source: ShownSource) -> str:
    return escape(said(source))


def _plain(html: SafeString) -> str:
    """Without the mark that it is safe: str() would leave it."""
    return str.__str__(html)
