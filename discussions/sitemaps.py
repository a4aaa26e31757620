"""What search engines are told of."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from discussions.models import Consultation, Discussion


class PageSitemap(Sitemap[str]):
    def items(self) -> Sequence[str]:
        return [
            "home",
            "consultations",
            "guidelines",
            "moderation",
            "support",
            "how_it_works",
            "accessibility",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


class ConsultationSitemap(Sitemap[Consultation]):
    def items(self) -> QuerySet[Consultation]:
        published: QuerySet[Consultation] = Consultation.objects.published().order_by("pk")
        return published


class DiscussionSitemap(Sitemap[Discussion]):
    def items(self) -> QuerySet[Discussion]:
        published: QuerySet[Discussion] = (
            Discussion.objects.published().select_related("consultation").order_by("pk")
        )
        return published

    def lastmod(self, item: Discussion) -> datetime | None:
        return item.last_posted_at
