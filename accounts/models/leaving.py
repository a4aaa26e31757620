"""A member's copy of their data, and the way out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DataCopy(models.Model):
    """All that is stored about a member, for the one who asked for it and for one day."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_copies"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    content = models.TextField(blank=True, help_text=_("JSON, once it is made."))

    def __str__(self) -> str:
        return f"Copy {self.pk}"


class Closing(models.Model):
    """An account that its owner closes. Until it is due they can change their mind."""

    member = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="closing"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_index=True)
    withdraws_comments = models.BooleanField(
        help_text=_("Otherwise they stay, as those of a former member.")
    )

    def __str__(self) -> str:
        return f"Closing {self.pk}"
