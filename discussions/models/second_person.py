"""What one member of staff asks for and another one confirms."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from discussions.models.comments import Comment
from discussions.models.consultations import Consultation


class Proposal(models.Model):
    """Reopening, or erasing for good: it happens once a second person has confirmed it."""

    class Kind(models.TextChoices):
        REOPEN = "reopen", _("Open again")
        ERASE_COMMENT = "erase_comment", _("Erase the words of a comment for good")
        ERASE_DRAFT = "erase_draft", _("Erase a draft for good")

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        TAKEN_BACK = "taken_back", _("Taken back")

    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    consultation = models.ForeignKey(
        Consultation, on_delete=models.SET_NULL, null=True, related_name="proposals"
    )
    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, null=True, related_name="proposals"
    )
    about = models.CharField(
        _("about"), max_length=250, help_text=_("What it was called when this was asked for.")
    )
    closes_at = models.DateTimeField(_("closes, if opened again"), null=True)
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals"
    )
    asked_at = models.DateTimeField(_("asked"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="answered_proposals",
    )
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("request for a second person")
        verbose_name_plural = _("requests for a second person")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "consultation", "comment"],
                condition=Q(answer=""),
                nulls_distinct=False,
                name="proposal_waits_once",
            ),
            models.CheckConstraint(
                condition=~Q(answer="confirmed") | ~Q(answered_by=F("asked_by")),
                name="proposal_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="proposal_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.about}"
