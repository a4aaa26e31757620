"""How much moderation a consultation takes: the log says what happened, its cases what waits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate, TruncMonth, TruncWeek
from django.utils import timezone

from discussions.figures import OverTime
from discussions.models import Consultation
from moderation import figures
from moderation.models import Case, LedgerEntry

Event = LedgerEntry.Event


@dataclass(frozen=True)
class Load:
    """`opened` and `decided` are of the stretches of time that `days` names, in its order."""

    days: list[date]
    opened: list[int]
    decided: list[int]
    waiting: int
    overdue: int
    time_to_decide: timedelta | None

    @property
    def all_opened(self) -> int:
        return sum(self.opened)

    @property
    def all_decided(self) -> int:
        return sum(self.decided)


def load(consultation: Consultation, over_time: OverTime, moment: datetime) -> Load:
    """Over the same stretches as the comments; what comes after the last of them counts to it."""
    days = [each.starts_on for each in over_time.stretches]
    truncated = {"day": TruncDate, "week": TruncWeek, "month": TruncMonth}[over_time.unit]("at")
    rows = (
        LedgerEntry.objects.filter(
            consultation=consultation.slug, event__in=[Event.OPENED, Event.DECIDED]
        )
        .order_by()
        .annotate(day=truncated)
        .values_list("day", "event")
        .annotate(Count("number"))
    )
    counts = {
        Event.OPENED.value: dict.fromkeys(days, 0),
        Event.DECIDED.value: dict.fromkeys(days, 0),
    }
    for at, event, number in rows:
        day = timezone.localdate(at) if isinstance(at, datetime) else at
        counts[event][min(max(day, days[0]), days[-1])] += number
    waits = Case.objects.filter(consultation=consultation, state=Case.State.WAITING).aggregate(
        waiting=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=moment))
    )
    found = figures.figures().get(consultation.slug, figures.Figures())
    return Load(
        days,
        list(counts[Event.OPENED.value].values()),
        list(counts[Event.DECIDED.value].values()),
        waits["waiting"],
        waits["overdue"],
        found.time_to_decide,
    )
