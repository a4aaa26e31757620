"""What happened to a consultation by itself, as rows in the query of its page."""

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from moderation.models import DateChange

_CHANGES_AT_MOST, _NEWS_AT_MOST = 100, 20


def change_rows(consultation: OuterRef) -> ArraySubquery:
    """The changes of its dates, the latest first: the readers' ledger."""
    return ArraySubquery(
        DateChange.objects.filter(consultation=consultation)
        .order_by("-pk")
        .values(
            row=JSONObject(
                id="pk",
                kind="kind",
                at="at",
                reason="reason",
                discussion="discussion__title",
                opens_before="opens_before",
                closes_before="closes_before",
                opens_after="opens_after",
                closes_after="closes_after",
            )
        )[:_CHANGES_AT_MOST]
    )


def news_rows(consultation: OuterRef) -> ArraySubquery:
    """Its latest published news, as steps of its timeline."""
    update = apps.get_model("discussions", "Update")  # which points at consultations itself
    return ArraySubquery(
        update.objects.filter(consultation=consultation, published_at__isnull=False)
        .order_by("-published_at", "-pk")
        .values(row=JSONObject(id="pk", title="title", published_at="published_at"))[:_NEWS_AT_MOST]
    )
