from discussions.models.comments import Comment, CommentVersion, Reaction
from discussions.models.consultations import (
    Consultation,
    Discussion,
    OutcomePoint,
    Prompt,
    TimelineEvent,
)
from discussions.models.participants import Participant

__all__ = [
    "Comment",
    "CommentVersion",
    "Consultation",
    "Discussion",
    "OutcomePoint",
    "Participant",
    "Prompt",
    "Reaction",
    "TimelineEvent",
]
