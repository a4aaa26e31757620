"""Where words come from that nobody typed here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models.consultations import Consultation


class Source(models.Model):
    """A meeting, the phone, a pile of paper: readers see it beside the comment."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Said at a meeting")
        PHONE = "phone", _("Said on the phone")
        PAPER = "paper", _("Written on paper")
        EMAIL = "email", _("Sent by email")
        ELSEWHERE = "elsewhere", _("From elsewhere")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="sources")
    kind = models.CharField(_("how it was said"), max_length=10, choices=Kind.choices)
    place = models.CharField(
        _("where"),
        max_length=120,
        blank=True,
        help_text=_("As readers see it: “Brixton Library”. Never anybody’s name or address."),
    )
    on = models.DateField(_("when"), null=True, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "kind", "place", "on"],
                nulls_distinct=False,
                name="source_once",
            )
        ]

    def __str__(self) -> str:
        place = f", {self.place}" if self.place else ""
        return f"{self.get_kind_display()}{place}"
