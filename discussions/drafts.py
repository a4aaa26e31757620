"""A text that could not be posted yet, kept in its writer's session while they sign in.

The session outlives signing in and joining, and ends with signing out.
"""

import uuid
from typing import Any

from django.http import HttpRequest

_KEY = "draft"
_LONGEST_KEPT = 20_000  # five times what can be posted; the rest is shown back on the page itself


def keep_draft(request: HttpRequest, place: str) -> None:
    """Keep what the request posted, for the form at this address."""
    body = request.POST.get("body", "")[:_LONGEST_KEPT]
    if body.strip():
        request.session[_KEY] = {
            "place": place,
            "body": body,
            "prompt": request.POST.get("prompt", "")[:20],
            "form_key": _key(request.POST.get("form_key", "")),
        }


def draft_for(request: HttpRequest, place: str) -> dict[str, Any] | None:
    """The text kept for the form at this address, as its initial values, or None."""
    draft = request.session.get(_KEY)
    if draft is None or draft["place"] != place:
        return None
    return {key: draft[key] for key in ("body", "prompt", "form_key")}


def drop_draft(request: HttpRequest, place: str) -> None:
    """What was kept for the form at this address has been posted."""
    if draft_for(request, place) is not None:
        del request.session[_KEY]


def _key(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())
