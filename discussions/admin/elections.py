"""Election periods in admin: here, for it looks at which consultations would open in one."""

from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions.models import Consultation
from discussions.templatetags.talk import exactly
from moderation import elections
from moderation.models import ElectionPeriod

_NAMED = 5


@admin.register(ElectionPeriod)
class ElectionPeriodAdmin(admin.ModelAdmin[ElectionPeriod]):
    list_display = ("name", "starts_at", "ends_at")

    def save_model(
        self,
        request: HttpRequest,
        obj: ElectionPeriod,
        form: ModelForm[ElectionPeriod],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        super().save_model(request, obj, form, change)
        elections.forget()
        for each in _open_within(obj):
            told = _("“%(title)s” opens within this period, on %(when)s. You may want to move it.")
            known = {"title": each.title, "when": exactly(each.opens_at) if each.opens_at else ""}
            messages.warning(request, told % known)

    def delete_model(self, request: HttpRequest, obj: ElectionPeriod) -> None:
        super().delete_model(request, obj)
        elections.forget()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:  # noqa: ANN401 - Django's signature
        super().delete_queryset(request, queryset)
        elections.forget()


def _open_within(period: ElectionPeriod) -> list[Consultation]:
    found = Consultation.objects.published().filter(
        opens_at__gte=max(period.starts_at, timezone.now()), opens_at__lt=period.ends_at
    )
    return list(found.order_by("opens_at")[:_NAMED])
