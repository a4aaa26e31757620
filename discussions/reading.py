"""Who reads, and where: what all that is shown on a page follows from."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from discussions.models import Comment, Discussion, Participant
from discussions.models.comments import CommentQuerySet, Viewer
from discussions.naming import participant_of
from discussions.permissions import Standing
from moderation.elections import current_period
from moderation.models import ElectionPeriod
from moderation.timeline import Phase


@dataclass(frozen=True)
class Reading:
    """Who reads which discussion, and when; `known_as` where it has been asked already."""

    discussion: Discussion
    viewer: Viewer
    moment: datetime
    known_as: Participant | None = None

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
        return self.known_as or participant_of(self.discussion.consultation, self.viewer)

    @cached_property
    def waits_for(self) -> ElectionPeriod | None:
        """The election period in which the viewer, a host here, writes nothing."""
        period = current_period(self.moment)
        return period if period and self.me and self.me.is_host else None

    @cached_property
    def standing(self) -> Standing:
        """What the viewer may do anywhere on the page."""
        organisation = self.me.organisation if self.me else ""
        waits = self.waits_for is not None
        return Standing.of(self.viewer, self.discussion, self.moment, organisation, waits=waits)

    @property
    def invites(self) -> bool:
        """Whether there are links for the signed out where members have buttons."""
        return self.viewer is None and self.discussion.phase(self.moment) is Phase.OPEN

    @property
    def participant_id(self) -> int | None:
        """Whose reactions are shown; 0 of a member who has not taken part yet."""
        return (self.me.pk or 0) if self.me else None
