"""Rows that carry counters, which other transactions move while somebody edits the rest."""

from typing import Any

from django.db import models


class Counted(models.Model):
    """A plain save writes what people edit; counters change by name and under the lock only."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and kwargs.get("update_fields") is None and not args:
            kwargs["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if field.editable and not field.primary_key
            ]
        super().save(*args, **kwargs)
