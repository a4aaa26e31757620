"""What staff see of what was said: that which is in their remit, and nothing tells of the rest."""

from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from accounts.models import Member
from accounts.read_only import ReadOnlyAdmin
from moderation.cases import within_remit

_Row = TypeVar("_Row", bound=Model)


class InRemitAdmin(ReadOnlyAdmin, ModelAdmin[_Row]):
    """`consultation` is where a row finds its own. Rows outside the remit are as if they never
    existed: 404."""

    consultation = "consultation"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[_Row]:
        return (
            super()
            .get_queryset(request)
            .filter(within_remit(moderator_of(request), self.consultation))
        )

    def get_object(
        self,
        request: HttpRequest,
        object_id: str,
        from_field: Any = None,  # noqa: ANN401 - Django's signature
    ) -> _Row:
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found


def moderator_of(request: HttpRequest) -> Member:
    """Who is in admin: nobody gets there without being signed in."""
    assert request.user.is_authenticated  # noqa: S101 - for the type checker
    return request.user
