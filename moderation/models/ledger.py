"""The log of what moderation did, which can only be added to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

START = "0" * 64  # what the first entry follows


class LedgerEntry(models.Model):
    """One thing that happened, without anybody's name or words.

    Each carries the hash of the one before it. The database gives the number, the moment and the
    hashes, and refuses every change (migration 0003); moderation.ledger writes and verifies.
    """

    class Event(models.TextChoices):
        OPENED = "opened", _("Case opened")
        REPORTED = "reported", _("Reported")
        DECIDED = "decided", _("Decided")
        APPEALED = "appealed", _("Appealed")
        APPEAL_DECIDED = "appeal_decided", _("Appeal decided")
        SANCTIONED = "sanctioned", _("Member limited")
        SANCTION_ENDED = "sanction_ended", _("Limit ended")
        ORIGINAL_OPENED = "original_opened", _("Sealed original opened")
        ERASED = "erased", _("Words erased for good")

    number = models.BigIntegerField(_("number"), primary_key=True, editable=False)
    at = models.DateTimeField(_("when"), editable=False)
    event = models.CharField(_("event"), max_length=20, choices=Event.choices)
    consultation = models.CharField(_("consultation"), max_length=50, blank=True)
    case_number = models.BigIntegerField(_("case"), null=True)
    what = models.CharField(
        _("what"),
        max_length=20,
        blank=True,
        help_text=_("The decision, the kind of limit, the outcome of an appeal, or who raised it."),
    )
    guideline = models.PositiveSmallIntegerField(_("guideline"), null=True)
    digest = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Of a decision's own row: shows that nobody changed that either."),
    )
    previous_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("log")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["consultation", "event"], name="ledger_figures"),
            models.Index(fields=["case_number"], name="ledger_case"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_event_display()}"
