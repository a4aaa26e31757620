"""How a consultation goes, in figures: a handful of counts over published comments.

For staff, on demand, and for the archive; no page that readers wait for asks for them. People are
participants without hosts, each counted once. Days are days in London.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Max, Min, Q, Sum
from django.db.models.functions import Least, TruncDate, TruncMonth, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions.models import Comment, Consultation, Discussion, Prompt
from discussions.models.comments import CommentQuerySet

MOST_DAYS, MOST_WEEKS, MOST_MONTHS = 100, 100, 120
_LISTED = 5  # comments, of each kind
_PEOPLE = Count("author", distinct=True, filter=Q(author__organisation=""))


@dataclass(frozen=True)
class Stretch:
    """A day, a week or a month, by its first day."""

    starts_on: date
    comments: int = 0
    people: int = 0


@dataclass(frozen=True)
class OverTime:
    unit: str  # "day", "week" or "month"
    stretches: list[Stretch]


@dataclass(frozen=True)
class Part:
    """A discussion, or a prompt in one, with its share of the comments in hundredths."""

    title: str
    comments: int
    people: int
    share: float
    discussion: str = ""


@dataclass(frozen=True)
class Replies:
    """Between comments that started a thread, and what was answered to them."""

    threads: int
    answered: int
    replies: int
    by_hosts: int
    deepest: int

    @property
    def share_answered(self) -> float:
        return hundredths(self.answered, self.threads)


@dataclass(frozen=True)
class Agreement:
    """All reactions to published comments, and the comments that stand out. Divided: many agree
    and many disagree."""

    agrees: int
    disagrees: int
    most_agreed: list[Comment] = field(default_factory=list)
    most_disagreed: list[Comment] = field(default_factory=list)
    most_divided: list[Comment] = field(default_factory=list)


@dataclass(frozen=True)
class Figures:
    consultation: Consultation
    moment: datetime
    comments: int
    people: int
    over_time: OverTime
    discussions: list[Part]
    prompts: list[Part]
    replies: Replies
    agreement: Agreement


def figures(consultation: Consultation, moment: datetime) -> Figures:
    """In the caller's transaction, if they are to be of one moment to the row."""
    comments = _published(consultation)
    totals = _totals(comments)
    return Figures(
        consultation=consultation,
        moment=moment,
        comments=totals["comments"],
        people=totals["people"],
        over_time=_over_time(_range(consultation, totals, moment), comments),
        discussions=_by_discussion(consultation, comments),
        prompts=_by_prompt(consultation, comments),
        replies=_replies(totals),
        agreement=_agreement(totals, comments),
    )


def unit_of(first: date, last: date) -> str:
    days = (last - first).days + 1
    if days <= MOST_DAYS:
        return "day"
    return "week" if days <= 7 * MOST_WEEKS else "month"


def starts(first: date, last: date, unit: str) -> Iterator[date]:
    """The first day of each day, week (on Monday) or month from the one to the other."""
    if unit == "month":
        at = first.replace(day=1)
        while at <= last:
            yield at
            at = (at + timedelta(days=32)).replace(day=1)
        return
    at = first - timedelta(days=first.weekday()) if unit == "week" else first
    while at <= last:
        yield at
        at += timedelta(days=7 if unit == "week" else 1)


def hundredths(part: int, whole: int) -> float:
    return round(part / whole * 100, 1) if whole else 0.0


def _published(consultation: Consultation) -> CommentQuerySet:
    ids = list(Discussion.objects.filter(consultation=consultation).values_list("pk", flat=True))
    found: CommentQuerySet = Comment.objects.visible_to(None).filter(discussion__in=ids).order_by()
    return found


def _totals(comments: CommentQuerySet) -> dict[str, Any]:
    """All that one reading of the comments can count."""
    tops = Q(parent=None)
    found: dict[str, Any] = comments.aggregate(
        comments=Count("pk"),
        people=_PEOPLE,
        first=Min("posted_at"),
        last=Max("posted_at"),
        threads=Count("pk", filter=tops),
        answered=Count("pk", filter=tops & Q(reply_count__gt=0)),
        replies=Count("pk", filter=~tops),
        by_hosts=Count("pk", filter=~tops & ~Q(author__organisation="")),
        longest=Max(Func(F("path"), function="cardinality", output_field=IntegerField())),
        agrees=Sum("agree_count", default=0),
        disagrees=Sum("disagree_count", default=0),
    )
    return found


def _range(
    consultation: Consultation, totals: dict[str, Any], moment: datetime
) -> tuple[date, date]:
    """From its opening to its closing or today, and wider where comments came from elsewhere."""
    closes_at = consultation.closes_at or moment
    opens_at = min(consultation.opens_at or moment, moment)
    first = min(opens_at, totals["first"] or opens_at)
    last = max(min(closes_at, moment), totals["last"] or first, first)
    return timezone.localdate(first), timezone.localdate(last)


def _over_time(days: tuple[date, date], comments: CommentQuerySet) -> OverTime:
    unit = unit_of(*days)
    truncated = {"day": TruncDate, "week": TruncWeek, "month": TruncMonth}[unit]("posted_at")
    rows = comments.annotate(at=truncated).values("at").annotate(n=Count("pk"), people=_PEOPLE)
    found = {_day(row["at"]): Stretch(_day(row["at"]), row["n"], row["people"]) for row in rows}
    wanted = list(starts(*days, unit))[-MOST_MONTHS:]
    return OverTime(unit, [found.get(each, Stretch(each)) for each in wanted])


def _day(at: date | datetime) -> date:
    return timezone.localdate(at) if isinstance(at, datetime) else at


def _by_discussion(consultation: Consultation, comments: CommentQuerySet) -> list[Part]:
    rows = comments.values("discussion").annotate(n=Count("pk"), people=_PEOPLE)
    found = {row["discussion"]: (row["n"], row["people"]) for row in rows}
    total = sum(number for number, _people in found.values())
    parts = []
    for discussion in Discussion.objects.filter(consultation=consultation):
        number, people = found.get(discussion.pk, (0, 0))
        parts.append(Part(discussion.title, number, people, hundredths(number, total)))
    return parts


def _by_prompt(consultation: Consultation, comments: CommentQuerySet) -> list[Part]:
    """Of what starts a thread, for a reply answers no prompt."""
    tops = comments.filter(parent=None)
    rows = tops.values("discussion", "prompt").annotate(n=Count("pk"), people=_PEOPLE)
    found: dict[tuple[int, int | None], tuple[int, int]] = {
        (row["discussion"], row["prompt"]): (row["n"], row["people"]) for row in rows
    }
    total = sum(number for number, _people in found.values())
    prompts = Prompt.objects.filter(discussion__consultation=consultation)
    parts = []
    for discussion in Discussion.objects.filter(consultation=consultation):
        asked: list[tuple[int | None, str]] = [
            (each.pk, each.text) for each in prompts if each.discussion_id == discussion.pk
        ]
        if not asked:
            continue
        for pk, text in [*asked, (None, _("No question chosen"))]:
            number, people = found.get((discussion.pk, pk), (0, 0))
            share = hundredths(number, total)
            parts.append(Part(text, number, people, share, discussion.title))
    return parts


def _replies(totals: dict[str, Any]) -> Replies:
    return Replies(
        totals["threads"],
        totals["answered"],
        totals["replies"],
        totals["by_hosts"],
        deepest=max((totals["longest"] or 0) - 1, 0),
    )


def _agreement(totals: dict[str, Any], comments: CommentQuerySet) -> Agreement:
    both = comments.annotate(both=Least("agree_count", "disagree_count"))
    apart = Func(F("agree_count") - F("disagree_count"), function="abs")
    return Agreement(
        totals["agrees"],
        totals["disagrees"],
        _standing_out(comments.filter(agree_count__gt=0), "-agree_count", "disagree_count"),
        _standing_out(comments.filter(disagree_count__gt=0), "-disagree_count", "agree_count"),
        _standing_out(both.filter(both__gt=0), "-both", apart),
    )


def _standing_out(comments: CommentQuerySet, *order: str | Func) -> list[Comment]:
    shown = comments.select_related("author__member", "discussion__consultation")
    return list(shown.defer("body_html", "search_vector").order_by(*order, "pk")[:_LISTED])
