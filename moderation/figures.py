"""What moderation did, in figures, counted from the log alone: whoever has the log can recount it.

A case that is opened waits for the next decision about it: that is how long it took. Appeals about
the same case are answered in the order in which they were made.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count

from moderation.decisions import HIDING
from moderation.models import Appeal, LedgerEntry

Event = LedgerEntry.Event
EVERYWHERE = None
_KEPT_FOR = 3_600  # seconds; a newer entry has figures of its own


@dataclass
class Figures:
    """Of one consultation, or of all. Counts are by the decision, by the guideline and so on."""

    reports: int = 0
    illegal_reports: int = 0
    cases: int = 0
    decisions: Counter[str] = field(default_factory=Counter)
    by_guideline: Counter[int] = field(default_factory=Counter)
    appeals: int = 0
    appeals_decided: int = 0
    overturned: int = 0
    sanctions: Counter[str] = field(default_factory=Counter)
    time_to_decide: timedelta | None = None
    time_to_answer: timedelta | None = None

    @property
    def decided(self) -> int:
        return self.decisions.total()

    @property
    def hidden(self) -> int:
        return self.decisions["hide"] + self.decisions["mask"]

    @property
    def is_empty(self) -> bool:
        return not (self.reports or self.cases or self.decisions or self.appeals)


def figures() -> dict[str | None, Figures]:
    """By consultation, and EVERYWHERE: those of the whole log as it stands."""
    newest = newest_entry()
    if newest is None:
        return {EVERYWHERE: Figures()}
    # The log only grows: up to an entry it never says anything else.
    key = f"moderation-figures:{newest.hash}"
    found: dict[str | None, Figures] | None = cache.get(key)
    if found is None:
        found = counted(newest.number)
        cache.set(key, found, _KEPT_FOR)
    return found


def newest_entry() -> LedgerEntry | None:
    return LedgerEntry.objects.order_by("-number").first()


def counted(up_to: int) -> dict[str | None, Figures]:
    found: dict[str | None, Figures] = {EVERYWHERE: Figures()}
    rows = (
        LedgerEntry.objects.filter(number__lte=up_to)
        .order_by()
        .values_list("consultation", "event", "what", "guideline")
        .annotate(Count("number"))
    )
    for consultation, event, what, guideline, number in rows:
        for place in {consultation or EVERYWHERE, EVERYWHERE}:
            _count(found.setdefault(place, Figures()), event, what, guideline, number)
    for place, median in _medians(_TIMES_TO_DECIDE, up_to):
        found[place].time_to_decide = median
    for place, median in _medians(_TIMES_TO_ANSWER, up_to):
        found[place].time_to_answer = median
    return found


def _count(figures: Figures, event: str, what: str, guideline: int | None, number: int) -> None:
    match event:
        case Event.REPORTED:
            figures.reports += number
            figures.illegal_reports += number if what == "illegal" else 0
        case Event.OPENED:
            figures.cases += number
        case Event.DECIDED:
            figures.decisions[what] += number
            if guideline is not None and what in HIDING:
                figures.by_guideline[guideline] += number
        case Event.APPEALED:
            figures.appeals += number
        case Event.APPEAL_DECIDED:
            figures.appeals_decided += number
            figures.overturned += number if what == Appeal.Outcome.OVERTURNED else 0
        case Event.SANCTIONED:
            figures.sanctions[what] += number


_TIMES_TO_DECIDE = """
SELECT consultation, at - before AS took FROM (
    SELECT consultation, at, event,
           lag(event) OVER one_case AS event_before, lag(at) OVER one_case AS before
      FROM moderation_ledgerentry
     WHERE event IN ('opened', 'decided') AND number <= %(up_to)s
    WINDOW one_case AS (PARTITION BY case_number ORDER BY number)) AS steps
 WHERE event = 'decided' AND event_before = 'opened'
"""
_TIMES_TO_ANSWER = """
SELECT made.consultation, answered.at - made.at AS took
  FROM (SELECT *, row_number() OVER (PARTITION BY case_number ORDER BY number) AS place
          FROM moderation_ledgerentry WHERE event = 'appealed' AND number <= %(up_to)s) AS made
  JOIN (SELECT *, row_number() OVER (PARTITION BY case_number ORDER BY number) AS place
          FROM moderation_ledgerentry
         WHERE event = 'appeal_decided' AND number <= %(up_to)s) AS answered
    ON answered.place = made.place
   AND coalesce(answered.case_number, 0) = coalesce(made.case_number, 0)
"""
_MEDIANS = """
SELECT consultation, percentile_cont(0.5) WITHIN GROUP (ORDER BY took)
  FROM ({times}) AS times GROUP BY GROUPING SETS ((consultation), ())
"""


def _medians(times: str, up_to: int) -> Iterable[tuple[str | None, timedelta]]:
    """Of what has no consultation, the row of all of them tells."""
    with connection.cursor() as cursor:
        cursor.execute(_MEDIANS.format(times=times), {"up_to": up_to})
        rows: list[Any] = cursor.fetchall()
    return [(place, median) for place, median in rows if place != "" and median is not None]
