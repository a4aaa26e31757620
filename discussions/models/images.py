"""The picture of a consultation, as our own addresses serve it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models.consultations import Consultation


class ConsultationImage(models.Model):
    """Made anew from what was uploaded (discussions.images), so nothing else is in it."""

    consultation = models.OneToOneField(
        Consultation, on_delete=models.CASCADE, related_name="image"
    )
    alt = models.CharField(
        _("what the picture shows"),
        max_length=300,
        help_text=_("For people who cannot see it."),
    )
    content = models.BinaryField(help_text=_("WebP."))
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the content."))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(condition=~models.Q(alt=""), name="image_says_what_it_shows")
        ]

    def __str__(self) -> str:
        return self.alt
