"""Mails that wait, that were sent, and that could not be."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """One mail to one person about one thing. Once sent, only that it was is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Not sent: no longer wanted")
        DEAD = "dead", _("Could not be sent")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    thing = models.CharField(
        _("about"), max_length=80, help_text=_("What it speaks of, such as comment:12.")
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("to"),
        on_delete=models.CASCADE,
        null=True,
        related_name="mails",
    )
    address = models.EmailField(
        _("address"), blank=True, help_text=_("Empty: the member's, when it is sent.")
    )
    text = models.TextField(
        _("text"),
        blank=True,
        help_text=_("Subject and text, sealed. Empty: made when it is sent, or gone since."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    queued_at = models.DateTimeField(_("queued"), auto_now_add=True)
    expires_at = models.DateTimeField(
        _("of no use after"), null=True, help_text=_("Not sent after this moment.")
    )
    ended_at = models.DateTimeField(_("sent or given up"), null=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    doubtful_tries = models.PositiveIntegerField(
        _("doubtful tries"),
        default=0,
        help_text=_("They broke off in the middle: the mail may have arrived."),
    )
    fault = models.CharField(_("last fault"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "thing"],
                condition=models.Q(member__isnull=False),
                name="mail_once_per_member_kind_and_thing",
            )
        ]
        indexes = [models.Index(fields=["state", "queued_at"], name="mail_state")]

    def __str__(self) -> str:
        return f"{self.kind} about {self.thing}"
