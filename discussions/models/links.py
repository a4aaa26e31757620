"""Addresses elsewhere that staff give."""

from typing import Any

from django.core.validators import URLValidator
from django.db import models


class LinkField(models.URLField[str, str]):
    """http or https; without either, what is typed in a form is taken as https."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **options: Any) -> Any:  # noqa: ANN401 - Django's signature
        return super().formfield(assume_scheme="https", **options)
