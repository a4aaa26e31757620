"""What members have agreed to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Agreement(models.Model):
    """A member accepted a document in the version that was shown to them."""

    class Document(models.TextChoices):
        GUIDELINES = "guidelines", _("Community guidelines")
        TERMS = "terms", _("Terms of use")

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agreements"
    )
    document = models.CharField(max_length=20, choices=Document.choices)
    version = models.CharField(max_length=20)
    agreed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "document", "version"], name="agreement_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"
