"""How long the words of reports and appeals are kept (see accounts.retention)."""

from datetime import datetime, timedelta

from accounts.retention import Rule
from moderation import limits
from moderation.models import Appeal, Report

_WORDS_KEPT = timedelta(days=2 * 365)


def _explanations(before: datetime, most: int) -> int:
    """From the decision that answered the report; what waits is needed."""
    old = Report.objects.filter(decision__entry__at__lt=before).exclude(explanation="")
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:most])
    return Report.objects.filter(pk__in=ids).update(explanation="")


def _words_of_appeals(before: datetime, most: int) -> int:
    old = Appeal.objects.filter(decided_at__lt=before).exclude(words="")
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:most])
    return Appeal.objects.filter(pk__in=ids).update(words="")


RULES = (
    Rule("counts of posts", limits.LONGEST_WINDOW, limits.forget_past_counts),
    Rule("explanations of reports", _WORDS_KEPT, _explanations),
    Rule("words of appeals", _WORDS_KEPT, _words_of_appeals),
)
