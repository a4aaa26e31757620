"""Who may do what to a comment: draws the buttons, and authorises the POST."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from discussions.models import Comment, Discussion
from discussions.models.comment_state import CommentState, Viewer
from moderation.sanctions import SuspendedError
from moderation.timeline import Phase

EDIT_FOR = timedelta(minutes=15)


class Action(StrEnum):
    REPLY = "reply"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    REACT = "react"
    REPORT = "report"
    MARK_OFFICIAL = "mark_official"
    UNMARK_OFFICIAL = "unmark_official"


_WHILE_OPEN = frozenset({Action.REPLY, Action.EDIT, Action.REACT})

NOTHING: frozenset[Action] = frozenset()
_OWN, _OF_OTHERS = frozenset({Action.WITHDRAW}), frozenset({Action.REPORT})
_EDIT, _REPLY = frozenset({Action.EDIT}), frozenset({Action.REPLY})
_REPLY_AND_REACT = frozenset({Action.REPLY, Action.REACT})


class NotOpenError(Exception):
    """The discussion takes nothing new at this moment of the database's clock."""

    def __init__(self, discussion: Discussion, phase: Phase) -> None:
        super().__init__(phase)
        self.discussion = discussion
        self.phase = phase


class NotAllowedError(Exception):
    """The member may not (or no longer) do this to the comment."""

    def __init__(self, comment: Comment, action: Action) -> None:
        super().__init__(action)
        self.discussion = comment.discussion
        self.action = action


@dataclass(frozen=True)
class Standing:
    """What decides beside the comment: who looks, where, and when. The same for a whole page.

    `organisation` is the one that they host this consultation for; a host `waits` in an election
    period.
    """

    viewer: Viewer
    moment: datetime
    is_open: bool
    is_archived: bool
    is_suspended: bool
    organisation: str = ""

    @cached_property
    def viewer_id(self) -> int | None:
        return self.viewer.pk if self.viewer else None

    @cached_property
    def may_write(self) -> bool:
        """Wherever it is open."""
        return self.viewer is not None and not self.is_suspended

    @classmethod
    def of(
        cls,
        viewer: Viewer,
        discussion: Discussion,
        moment: datetime,
        organisation: str = "",
        *,
        waits: bool = False,
    ) -> "Standing":
        return cls(
            viewer,
            moment,
            is_open=discussion.phase(moment) is Phase.OPEN and not waits,
            is_archived=discussion.consultation.archived_at is not None,
            is_suspended=is_suspended(viewer, moment),
            organisation=organisation,
        )


def allowed_actions(
    comment: Comment, viewer: Viewer, moment: datetime, organisation: str = ""
) -> frozenset[Action]:
    """What the viewer (None: signed out) may do to a comment at a moment.

    Reads the comment's discussion and author, which callers have fetched with it; asks nothing of
    the database.
    """
    return actions_on(comment, Standing.of(viewer, comment.discussion, moment, organisation))


def actions_on(comment: CommentState, standing: Standing) -> frozenset[Action]:
    """What somebody with this standing may do to a comment whose author has been fetched."""
    if not comment.shows_text_to(standing.viewer):
        return NOTHING
    is_own = standing.viewer_id is not None and comment.author.member_id == standing.viewer_id
    # Everybody may report, also signed out, suspended, and once it has closed.
    actions = _OWN if is_own else _OF_OTHERS
    if not standing.may_write:
        return actions
    if standing.organisation and standing.organisation == comment.author.organisation:
        actions |= official_actions(comment, is_archived=standing.is_archived)
    if not standing.is_open:
        return actions
    # What a moderator has hidden words of is restored as it was, or stays so.
    if is_own and not comment.is_masked and standing.moment < comment.posted_at + EDIT_FOR:
        actions |= _EDIT
    if not comment.is_published:
        return actions
    return actions | (_REPLY if is_own else _REPLY_AND_REACT)


def official_actions(comment: CommentState, *, is_archived: bool) -> frozenset[Action]:
    """What its host's organisation, or whoever runs the consultation, may do to an answer."""
    if is_archived or not comment.is_published or not comment.author.is_host:
        return NOTHING
    return frozenset({Action.UNMARK_OFFICIAL if comment.is_official else Action.MARK_OFFICIAL})


def is_suspended(viewer: Viewer, moment: datetime) -> bool:
    """Suspended members read, report, withdraw and appeal; they write nothing new."""
    until = viewer.suspended_until if viewer else None
    return until is not None and moment < until


def check_allowed(
    action: Action, comment: Comment, viewer: Viewer, moment: datetime, organisation: str = ""
) -> None:
    """Raises NotOpenError, SuspendedError or NotAllowedError unless it is an allowed action."""
    if action in allowed_actions(comment, viewer, moment, organisation):
        return
    _check_not_suspended(viewer, moment)
    phase = comment.discussion.phase(moment)
    if phase is not Phase.OPEN and action in _WHILE_OPEN:
        raise NotOpenError(comment.discussion, phase)
    raise NotAllowedError(comment, action)


def check_may_post(discussion: Discussion, viewer: Viewer, moment: datetime) -> None:
    """As far as can be told before posting (discussions.posting decides). Raises NotOpenError or
    SuspendedError."""
    _check_not_suspended(viewer, moment)
    phase = discussion.phase(moment)
    if phase is not Phase.OPEN:
        raise NotOpenError(discussion, phase)


def _check_not_suspended(viewer: Viewer, moment: datetime) -> None:
    if viewer is not None and viewer.suspended_until and is_suspended(viewer, moment):
        raise SuspendedError(viewer.suspended_until)
