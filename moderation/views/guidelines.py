"""The community guidelines, as they are now and as they were."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from moderation.guidelines import VERSIONS, current_version


@require_safe
def guidelines(request: HttpRequest) -> HttpResponse:
    return _page(request, current_version())


@require_safe
def guidelines_version(request: HttpRequest, version: str) -> HttpResponse:
    """Decisions link to the version under which they were made."""
    if version not in VERSIONS:
        raise Http404
    return _page(request, version)


def _page(request: HttpRequest, version: str) -> HttpResponse:
    context = {
        "version": version,
        "since": VERSIONS[version],
        "versions": VERSIONS,
        "is_current": version == current_version(),
        "text": f"moderation/guidelines/{version}.html",
    }
    return render(request, "moderation/guidelines.html", context)
