"""What follows from the columns of a comment, of a model or of a row that a page shows."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Member

Viewer = Member | None


class CommentState:
    __slots__ = ()

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        HELD = "held", _("Held")
        HIDDEN = "hidden", _("Hidden")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    pk: Any
    author: Any
    path: Any  # a sequence of int
    status: Any
    hidden_under: Any
    official_at: Any
    posted_at: Any  # a datetime
    reply_count: int

    def get_absolute_url(self) -> str:
        return reverse("comment", args=[self.pk])

    @property
    def depth(self) -> int:
        return len(self.path) - 1

    @property
    def is_published(self) -> bool:
        return bool(self.status == "published")

    @property
    def is_masked(self) -> bool:
        """Whether a moderator has hidden some of its words."""
        return self.is_published and self.hidden_under is not None

    @property
    def is_official(self) -> bool:
        return self.official_at is not None and self.is_published and self.author.is_host

    @property
    def is_placed(self) -> bool:
        """As `placed_for`, for everybody but its author."""
        return bool(self.status != "held") or self.reply_count > 0

    def shows_text_to(self, viewer: Viewer) -> bool:
        """As `visible_to`, of one comment whose author has been fetched."""
        if self.is_published:
            return True
        is_own = viewer is not None and self.author.member_id == viewer.pk
        return is_own and self.status == "held"
