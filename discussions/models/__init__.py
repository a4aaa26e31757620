from discussions.models.comments import Comment, CommentVersion, Reaction
from discussions.models.consultations import (
    Consultation,
    Discussion,
    Prompt,
    TimelineEvent,
)
from discussions.models.files import ExportFile, FilePart, FileTaken, Record
from discussions.models.following import Announcement, Follower, Update
from discussions.models.images import ConsultationImage
from discussions.models.outcomes import Citation, OutcomePoint
from discussions.models.participants import Participant
from discussions.models.second_person import Proposal
from discussions.models.voices import Source

__all__ = [
    "Announcement",
    "Citation",
    "Comment",
    "CommentVersion",
    "Consultation",
    "ConsultationImage",
    "Discussion",
    "ExportFile",
    "FilePart",
    "FileTaken",
    "Follower",
    "OutcomePoint",
    "Participant",
    "Prompt",
    "Proposal",
    "Reaction",
    "Record",
    "Source",
    "TimelineEvent",
    "Update",
]
