"""The archive of a consultation, for everyone, once there is one."""

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from discussions import files
from discussions.archive import current_archive, queue_archive
from discussions.models import Consultation, ExportFile


@require_safe
def archive(request: HttpRequest, consultation: str) -> HttpResponseBase:
    """Never one that says what readers can no longer read: then it is made anew."""
    archived = Consultation.objects.published().filter(archived_at__isnull=False)
    found: Consultation | None = archived.filter(slug=consultation).first()
    if found is None:
        raise Http404
    file = current_archive(found)
    if file is None:
        queue_archive(found)
        response = render(
            request, "discussions/archive_later.html", {"consultation": found}, status=503
        )
        response["Retry-After"] = "60"
        return response
    return archive_response(file)


def archive_response(file: ExportFile) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        files.parts(file), content_type=files.TYPES[ExportFile.Form.ZIP]
    )
    name = f"{file.consultation.slug}-archive.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(file.size)
    return response
