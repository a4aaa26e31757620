"""What every template knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """`site_url` is found out where it is used: asking a broken request for its host fails."""
    return {
        "site_url": lambda: settings.SITE_URL or f"{request.scheme}://{request.get_host()}",
        "is_local": settings.LOCAL,
    }
