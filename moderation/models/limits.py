"""What is counted."""

from django.db import models


class LimitCount(models.Model):
    """How often something was done in the present window; see moderation.limits."""

    key = models.CharField(max_length=120, primary_key=True)
    window_starts_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
