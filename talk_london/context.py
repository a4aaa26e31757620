"""What every template knows of the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from moderation.elections import current_period, last_day_in_words


def site(request: HttpRequest) -> dict[str, Any]:
    """What has to be asked for is found out where it is used: a broken request has no host, and an
    error page asks nothing of the database."""
    return {
        "site_url": lambda: settings.SITE_URL or f"{request.scheme}://{request.get_host()}",
        "is_local": settings.LOCAL,
        "election_period": _election_period,
    }


def _election_period() -> dict[str, str] | None:
    """That of this moment, as the banner of every page names it."""
    period = current_period(timezone.now())
    return {"last_day": last_day_in_words(period)} if period else None
