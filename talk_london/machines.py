"""Answers for machines: is the service up, is it ready, what may be crawled, whom to tell."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

# Of a job that is due; after that nobody is doing them.
LONGEST_WAIT = timedelta(minutes=10)
_FORMS = ("reply", "edit", "withdraw", "reaction", "report")
_PLAIN = "text/plain; charset=utf-8"


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, the database neither."""
    return HttpResponse("ok\n", content_type=_PLAIN)


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and has every migration, and jobs do not wait for long."""
    fault = _fault()
    return HttpResponse(f"{fault or 'ok'}\n", content_type=_PLAIN, status=503 if fault else 200)


def _fault() -> str:
    try:
        if _migration_waits():
            return "migrations"
        return "jobs" if _are_jobs_late(timezone.now() - LONGEST_WAIT) else ""
    except DatabaseError:
        return "database"


def _migration_waits() -> bool:
    """Django is asked, which loads all of them, only where one is not known to be there: it may
    stand for others that are."""
    if all_migrations() <= set(MigrationRecorder(connection).applied_migrations()):
        return False
    loader = MigrationLoader(connection)
    return not set(loader.graph.nodes) <= set(loader.applied_migrations)


@cache
def all_migrations() -> frozenset[tuple[str, str]]:
    """What the code has, by app and name, as Django finds them: by their files, for to load them is
    megabytes that nothing else here needs."""
    found = set()
    for app in apps.get_app_configs():
        name, _is_told = MigrationLoader.migrations_module(app.label)
        if name is None or not find_spec(name):
            continue
        for each in iter_modules(import_module(name).__path__):
            if not each.ispkg and each.name[0] not in "_~":
                found.add((app.label, each.name))
    return frozenset(found)


def _are_jobs_late(moment: datetime) -> bool:
    """Whether one has been due since this moment. One without a time is due when it is queued."""
    queued = ProcrastinateEvent.objects.filter(job=OuterRef("pk"), type="deferred", at__lt=moment)
    late = Q(scheduled_at__lt=moment) | Q(Exists(queued), scheduled_at=None)
    return ProcrastinateJob.objects.filter(late, status="todo").exists()


class ProbesMiddleware:
    """Answers a balancer's probes, which ask by address, before anything minds the host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.probes = {"/healthz": healthz, "/readyz": readyz}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = self.probes.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        answer = probe(request)
        patch_cache_control(answer, no_cache=True)
        return answer


def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /account/",
        "Disallow: /accounts/",
        "Disallow: /admin/",
        "Disallow: /reports/",
        *(f"Disallow: /comments/*/{form}/" for form in _FORMS),
        "Allow: /",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=_PLAIN)


def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116."""
    expires = (timezone.now() + timedelta(days=180)).date()
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%d}T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: {request.build_absolute_uri(request.path)}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=_PLAIN)
