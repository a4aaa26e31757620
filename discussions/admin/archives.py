"""The archive of a consultation: how far it is, and having it made."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from discussions.admin.rooms import RUN, VIEW, Room, page, staff_of
from discussions.archive import current_archive, latest_archive, queue_archive
from discussions.models import Consultation
from discussions.views.archives import archive_response
from moderation.timeline import Phase

_HERE = "admin:discussions_consultation_archive"


@require_http_methods(["GET", "HEAD", "POST"])
def show_archive(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    is_closed = consultation.phase(timezone.now()) is Phase.CLOSED
    may_make = is_closed and staff_of(request).has_perm(RUN)
    if request.method == "POST":
        if may_make:
            queue_archive(consultation, staff_of(request))
            messages.success(request, _("We are making the archive. Look again in a minute."))
        else:
            messages.error(request, _("An archive is made once the consultation is closed."))
        return redirect(_HERE, consultation.pk)
    context = {
        "title": _("Archive file"),
        "is_closed": is_closed,
        "may_make": may_make,
        "may_archive": may_make and consultation.archived_at is None,
        "latest": latest_archive(consultation),
        "current": current_archive(consultation),
    }
    return page(request, consultation, "archive_file", context)


@require_safe
def archive_file(request: HttpRequest, consultation: Consultation) -> HttpResponseBase:
    file = current_archive(consultation)
    if file is None:
        raise Http404
    return archive_response(file)


ROOMS = (
    Room("archive/", "archive", show_archive, VIEW, gettext_lazy("Archive file")),
    Room("archive/archive.zip", "archive_file", archive_file, VIEW),
)
