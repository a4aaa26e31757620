"""When people may take part: every change of it, and times in which City Hall keeps still."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

DATE_REASON_LENGTH = 500


class DateChange(models.Model):
    """A change of dates that readers see, with its reason. Can only be added to (migration 0006).

    Of one discussion, where it names one; else of the consultation.
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("Announced")
        MOVED = "moved", _("Dates moved")
        OPENED = "opened", _("Opened early")
        EXTENDED = "extended", _("Extended")
        CLOSED = "closed", _("Closed early")
        REOPENED = "reopened", _("Opened again")

    consultation = models.ForeignKey(
        "discussions.Consultation", on_delete=models.PROTECT, related_name="date_changes"
    )
    discussion = models.ForeignKey(
        "discussions.Discussion", on_delete=models.PROTECT, null=True, related_name="date_changes"
    )
    kind = models.CharField(_("change"), max_length=10, choices=Kind.choices)
    opens_before = models.DateTimeField(null=True)
    closes_before = models.DateTimeField(null=True)
    opens_after = models.DateTimeField(null=True)
    closes_after = models.DateTimeField(null=True)
    reason = models.CharField(_("reason, for readers"), max_length=DATE_REASON_LENGTH)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="date_changes"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="confirmed_date_changes",
    )
    at = models.DateTimeField(_("when"), help_text=_("By the database's clock."))

    class Meta:
        verbose_name = _("change of dates")
        verbose_name_plural = _("changes of dates")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="date_change_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("by")), name="date_change_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(kind="reopened") | Q(confirmed_by__isnull=False),
                name="date_change_reopening_is_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M} UTC"


class ElectionPeriod(models.Model):
    """From starts_at up to, not including, ends_at: nothing is published and no host answers."""

    name = models.CharField(
        _("name"), max_length=120, help_text=_("As readers see it: “Mayor of London election”.")
    )
    starts_at = models.DateTimeField(_("starts"), help_text=_("London time."))
    ends_at = models.DateTimeField(_("ends"), help_text=_("London time."))

    class Meta:
        verbose_name = _("election period")
        verbose_name_plural = _("election periods")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="election_period_ends_after_it_starts",
                violation_error_message=_("It ends after it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.name
