"""The picture of a consultation."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.models import Member
from discussions.images import CONTENT_TYPE
from discussions.models import ConsultationImage


@require_safe
def consultation_image(request: HttpRequest, consultation: str, digest: str) -> HttpResponse:
    """The address names the content, so whoever has it keeps it. A draft's is for staff."""
    image = (
        ConsultationImage.objects.filter(consultation__slug=consultation, digest=digest)
        .select_related("consultation")
        .first()
    )
    if image is None:
        raise Http404
    is_public = image.consultation.published_at is not None
    if not is_public and not _may_see_drafts(request):
        raise Http404
    response = HttpResponse(bytes(image.content), content_type=CONTENT_TYPE)
    if is_public:
        patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


def _may_see_drafts(request: HttpRequest) -> bool:
    return (
        admin.site.has_permission(request)
        and isinstance(request.user, Member)
        and request.user.has_perm("discussions.view_consultation")
    )
