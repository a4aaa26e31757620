"""Every address of admin, found from the routes themselves."""

import re
from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, URLResolver, get_resolver

from discussions.models import Comment

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


def patterns(within: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in within.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


def admin_addresses(comment: Comment) -> Iterator[str]:
    """One address for each route, with the ids of something that exists where there is one."""
    arguments = {
        "object_id": str(comment.pk),
        "content_type_id": str(ContentType.objects.get_for_model(Comment).pk),
        "app_label": "discussions",
        "url": "no-such-page",
    }
    for route, pattern in patterns(get_resolver()):
        if route.startswith("admin/") and pattern.name not in ("admin_sign_in", "login"):
            yield "/" + _ARGUMENT.sub(lambda found: _argument(found, arguments), route).translate(
                {ord(sign): None for sign in "^$"}
            ).replace("\\Z", "")


def _argument(found: re.Match[str], arguments: dict[str, str]) -> str:
    return arguments.get(found[1] or found[2], str(arguments["object_id"]))
