"""How long it is until City Hall owes an answer, or how long that has been due."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.dates import answer_due
from discussions.models import Consultation


@dataclass(frozen=True)
class AnswerClock:
    """`days` until it is due; negative since then."""

    due: date
    days: int

    @property
    def is_overdue(self) -> bool:
        return self.days < 0

    @property
    def sentence(self) -> str:
        known = {"day": date_format(self.due, "j F Y"), "span": _span(abs(self.days))}
        if self.is_overdue:
            return _("The answer has been due for %(span)s.") % known
        if self.days == 0:
            return _("An answer is due today, %(day)s.") % known
        return _("An answer is due by %(day)s, in %(span)s.") % known


def answer_clock(consultation: Consultation, moment: datetime) -> AnswerClock | None:
    """None once there is an answer, and of a draft."""
    due = answer_due(consultation)
    if due is None or consultation.published_at is None or consultation.has_outcome(moment):
        return None
    return AnswerClock(due, (due - timezone.localdate(moment)).days)


def _span(days: int) -> str:
    """As people say it: "3 weeks and 2 days"."""
    weeks, rest = divmod(days, 7)
    in_weeks = ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks}
    in_days = ngettext("%(n)d day", "%(n)d days", rest) % {"n": rest}
    if not weeks:
        return in_days
    return _("%(weeks)s and %(days)s") % {"weeks": in_weeks, "days": in_days} if rest else in_weeks
