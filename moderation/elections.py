"""Election periods: City Hall publishes nothing and no host answers, while Londoners talk on."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from moderation.models import ElectionPeriod

_KEPT_FOR = 1.5  # seconds
_KEPT_AT_MOST = 20


class FrozenError(Exception):
    """Not now: it is an election period. Its text is a sentence for whoever asked."""

    def __init__(self, period: ElectionPeriod) -> None:
        super().__init__(
            _(
                "This waits until the election period (%(name)s) is over: City Hall publishes "
                "nothing and staff do not answer until %(day)s."
            )
            % {"name": period.name, "day": last_day_in_words(period)}
        )
        self.period = period


@dataclass
class _Kept:
    """The periods that are not over, as this process last read them."""

    periods: Sequence[ElectionPeriod] = ()
    read_at: float | None = None
    lock: Lock = field(default_factory=Lock)


_kept = _Kept()


def check_not_frozen(moment: datetime) -> None:
    """For what City Hall publishes and what staff answer. Asks the database, in the caller's
    transaction. Raises FrozenError."""
    period = period_at(moment)
    if period is not None:
        raise FrozenError(period)


def why_frozen(moment: datetime) -> str:
    """FrozenError's sentence, or "": for pages of staff, which say it before there is a button."""
    period = period_at(moment)
    return str(FrozenError(period)) if period else ""


def current_period(moment: datetime) -> ElectionPeriod | None:
    """For pages, which ask for it all the time: known here up to 1.5 seconds late."""
    for period in _periods():
        if period.starts_at <= moment < period.ends_at:
            return period
    return None


def period_at(moment: datetime) -> ElectionPeriod | None:
    """As the database has it now: the one in which this moment lies."""
    return ElectionPeriod.objects.filter(starts_at__lte=moment, ends_at__gt=moment).first()


def forget() -> None:
    """They changed: the next page asks again."""
    _kept.read_at = None


def last_day(period: ElectionPeriod) -> date:
    """In London: one that ends at midnight ends with the day before."""
    return timezone.localdate(period.ends_at - timedelta(microseconds=1))


def last_day_in_words(period: ElectionPeriod) -> str:
    return date_format(last_day(period), "j F Y")


def _periods() -> Sequence[ElectionPeriod]:
    with _kept.lock:
        now = time.monotonic()
        if _kept.read_at is None or not 0 <= now - _kept.read_at < _KEPT_FOR:
            latest = ElectionPeriod.objects.order_by("-ends_at")
            _kept.periods = list(latest[:_KEPT_AT_MOST])
            _kept.read_at = now
        return _kept.periods
