"""The one door to each object: found for this viewer, or the same 404 as if it never existed."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db.models import OuterRef
from django.http import Http404, HttpRequest

from discussions.models import Comment, Consultation, Discussion
from discussions.models.comments import Viewer
from discussions.news import update_rows
from discussions.outcome import first_point
from discussions.surroundings import discussion_of, surroundings
from moderation.limits import address_key


def viewer_of(request: HttpRequest) -> Viewer:
    """The signed-in member, or None."""
    return request.user if request.user.is_authenticated else None


def site_url(request: HttpRequest) -> str:
    """Where this site stands, for links that leave it."""
    return settings.SITE_URL or f"{request.scheme}://{request.get_host()}"


def address_of(request: HttpRequest) -> str:
    """Where it came from, as it may be kept and counted."""
    return address_key(get_adapter().get_client_ip(request))


def consultation_or_404(slug: str) -> Consultation:
    found: Consultation | None = (
        Consultation.objects.published()
        .with_surroundings()
        .annotate(update_rows=update_rows(OuterRef("pk")))
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise Http404
    return found


def discussion_or_404(consultation: str, slug: str) -> Discussion:
    """With all that its page shows beside the comments."""
    found = surroundings(consultation, slug, None)
    if found is None:
        raise Http404
    return discussion_of(found.row)


def comment_or_404(pk: int, viewer: Viewer) -> Comment:
    """A comment whose text this viewer may read, with the point of an outcome that rests on it."""
    found: Comment | None = (
        Comment.objects.visible_to(viewer)
        .annotate(first_point=first_point(OuterRef("pk")))
        .filter(discussion__consultation__published_at__isnull=False)
        .select_related("author__member", "source", "discussion__consultation")
        .defer("search_vector")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_withdrawn(pk: int, viewer: Viewer) -> Comment | None:
    """The comment if this viewer wrote it and has withdrawn it."""
    if viewer is None:
        return None
    withdrawn: Comment | None = (
        Comment.objects.filter(pk=pk, author__member=viewer, status=Comment.Status.WITHDRAWN)
        .select_related("discussion__consultation")
        .first()
    )
    return withdrawn
