"""Who may do what to a comment: draws the buttons, and authorises the POST."""

from datetime import datetime, timedelta
from enum import StrEnum

from discussions.models import Comment, Discussion
from discussions.models.comments import Viewer
from moderation.timeline import Phase

EDIT_FOR = timedelta(minutes=15)


class Action(StrEnum):
    REPLY = "reply"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    REACT = "react"


_WHILE_OPEN = frozenset({Action.REPLY, Action.EDIT, Action.REACT})

NOTHING: frozenset[Action] = frozenset()


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


def allowed_actions(comment: Comment, viewer: Viewer, moment: datetime) -> frozenset[Action]:
    """What the viewer (None: signed out) may do to a comment at a moment.

    Reads the comment's discussion and author, which callers have fetched with it; asks nothing
    of the database.
    """
    if viewer is None or not comment.shows_text_to(viewer):
        return NOTHING
    is_own = comment.author.member_id == viewer.pk
    is_open = comment.discussion.phase(moment) is Phase.OPEN
    actions: set[Action] = set()
    if is_own:
        actions.add(Action.WITHDRAW)
    if is_own and is_open and moment < comment.posted_at + EDIT_FOR:
        actions.add(Action.EDIT)
    if is_open and comment.is_published:
        actions.add(Action.REPLY)
        if not is_own:
            actions.add(Action.REACT)
    return frozenset(actions)


def check_allowed(action: Action, comment: Comment, viewer: Viewer, moment: datetime) -> None:
    """Raises NotOpenError or NotAllowedError if `allowed_actions` does not have this one."""
    if action in allowed_actions(comment, viewer, moment):
        return
    phase = comment.discussion.phase(moment)
    if phase is not Phase.OPEN and action in _WHILE_OPEN:
        raise NotOpenError(comment.discussion, phase)
    raise NotAllowedError(comment, action)
