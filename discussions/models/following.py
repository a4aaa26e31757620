"""Who follows a consultation, what staff write of it, and what followers are told."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models.consultations import Consultation
from discussions.rich_text import RichTextField


class Follower(models.Model):
    """A member who gets a mail for each piece of news of a consultation."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="followers"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows"
    )
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "member"], name="follower_once_per_consultation"
            )
        ]

    def __str__(self) -> str:
        return f"Member {self.member_id} follows consultation {self.consultation_id}"


class Update(models.Model):
    """News of a consultation, as staff write it. A draft until it is published."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="updates")
    title = models.CharField(_("title"), max_length=200)
    text = RichTextField(_("text"))
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="updates",
        help_text=_("Nobody: a file brought it."),
    )

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class Announcement(models.Model):
    """Something that every follower is told, once: a mail each, made by the worker.

    `key` tells one from another of its kind: the moment it opened, the pk of an update.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("It is open")
        CLOSED = "closed", _("It is closed")
        DATES = "dates", _("Its dates changed")
        UPDATE = "update", _("There is news")
        OUTCOME = "outcome", _("The outcome is published")

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="announcements"
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=40)
    change = models.ForeignKey("moderation.DateChange", on_delete=models.PROTECT, null=True)
    update = models.ForeignKey(Update, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(_("when"))
    told_at = models.DateTimeField(
        null=True, help_text=_("When a mail to every follower was queued.")
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "kind", "key"], name="announcement_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.key})"
