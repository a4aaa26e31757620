"""What moderators may decide about, and what they list for the checks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Remit(models.Model):
    """The consultations that a moderator moderates. Without one: none."""

    moderator = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("moderator"),
        on_delete=models.CASCADE,
        related_name="remit",
        limit_choices_to={"is_staff": True},
    )
    is_everywhere = models.BooleanField(_("all consultations"), default=False)
    consultations = models.ManyToManyField(
        "discussions.Consultation",
        verbose_name=_("consultations"),
        blank=True,
        related_name="remits",
    )

    class Meta:
        verbose_name = _("remit")
        verbose_name_plural = _("remits")

    def __str__(self) -> str:
        return str(self.moderator)


class LiveCase(models.Model):
    """A court case under way: comments that name it are held for a person."""

    name = models.CharField(
        _("name"),
        max_length=80,
        help_text=_("As people write it: of a person, a place or an operation."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("live court case")
        verbose_name_plural = _("live court cases")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="live_case_ends_after_it_starts",
                violation_error_message=_("It ends on the day it starts, or later."),
            )
        ]

    def __str__(self) -> str:
        return self.name
