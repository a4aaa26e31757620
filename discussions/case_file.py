"""What a moderator needs to know before deciding: the marked text, what stands around it, who
wrote it, and what was decided about texts like it. All of it bounded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Left

from accounts.models import Member, NameChange
from discussions.models import Comment, Participant
from moderation import cases
from moderation.models import Case, CaseFinding, Decision, Sanction
from moderation.screening import Kind

_ABOVE_AT_MOST, _BELOW_AT_MOST = 6, 12
_EARLIER_AT_MOST = 10
_COMPARED_WITH = 1_000  # cases, the latest
_COMPARED = 1_000  # characters of each text
_LEAST_ALIKE = 0.1
_SIMILAR_AT_MOST = 5
_Row = TypeVar("_Row", bound=Model)
_UPSETTING = frozenset({Kind.THREAT, Kind.SLUR})


@dataclass(frozen=True)
class Part:
    """A stretch of a text; `kinds` are the labels of what a check found in it."""

    text: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """`left_out` counts the comments between the first one and the nearest above."""

    above: Sequence[Comment]
    left_out: int
    below: Sequence[Comment]
    more_below: bool


@dataclass(frozen=True)
class Author:
    """One member under all their names; somebody from elsewhere is known in one place alone."""

    member: Member | None
    comments: int
    decisions: Sequence[Decision]
    sanctions: Sequence[Sanction]
    earlier_names: Sequence[NameChange]
    elsewhere: Sequence[Participant]


@dataclass(frozen=True)
class Similar:
    """An earlier case, and what was decided last about it."""

    case: Case
    decision: Decision
    is_upsetting: bool


def is_upsetting(case: Case) -> bool:
    """Whether the text stands behind a label until somebody opens it. Findings were fetched."""
    kinds = {Kind(each.kind) for each in case.findings.all()}
    return case.severity == Case.Severity.SAFETY or not kinds.isdisjoint(_UPSETTING)


def marked(text: str, findings: Iterable[CaseFinding]) -> list[Part]:
    """The text in order, in parts; what several checks found in one place has all their labels."""
    found = [each for each in findings if each.start < each.end <= len(text)]
    edges = sorted({0, len(text), *(n for each in found for n in (each.start, each.end))})
    parts = []
    for start, end in pairwise(edges):
        kinds = (each.kind for each in found if each.start <= start and end <= each.end)
        labels = tuple(dict.fromkeys(str(Kind(kind).label) for kind in kinds))
        parts.append(Part(text[start:end], labels))
    return parts


def found_words(text: str, findings: Iterable[CaseFinding]) -> list[str]:
    """What a check marked that is not the text as a whole, each word once."""
    spans = [text[each.start : each.end] for each in findings]
    return list(dict.fromkeys(words for words in spans if words.strip() and words != text))


def surroundings(comment: Comment) -> Surroundings:
    """What it answers, the first and the nearest, and what answers it."""
    above = comment.path[:-1]
    near = above if len(above) <= _ABOVE_AT_MOST else [above[0], *above[1 - _ABOVE_AT_MOST :]]
    below = _readable(
        Comment.objects.filter(discussion=comment.discussion_id).below(comment.path)
    ).order_by("path")
    replies = list(below[: _BELOW_AT_MOST + 1])
    return Surroundings(
        above=list(_readable(Comment.objects.filter(pk__in=near)).order_by("path")),
        left_out=len(above) - len(near),
        below=replies[:_BELOW_AT_MOST],
        more_below=len(replies) > _BELOW_AT_MOST,
    )


def about_author(case: Case, author: Participant) -> Author:
    member = author.member
    if member is None:
        whose: dict[str, object] = {"author": author}
    else:
        whose = {"author__member": member}
    decided = Decision.objects.filter(
        case__in=Case.objects.filter(**{f"comment__{name}": it for name, it in whose.items()})
    ).exclude(case=case)
    return Author(
        member=member,
        comments=Comment.objects.filter(**whose).count(),
        decisions=list(
            decided.select_related("entry", "case__consultation", "moderator")[:_EARLIER_AT_MOST]
        ),
        sanctions=_of_member(Sanction.objects.select_related("moderator"), member),
        earlier_names=_of_member(NameChange.objects.all(), member),
        elsewhere=_of_member(
            Participant.objects.exclude(pk=author.pk).select_related("consultation", "member"),
            member,
        ),
    )


def similar_decisions(case: Case, comment: Comment, moderator: Member) -> list[Similar]:
    """Of the latest decided cases in the moderator's remit, those whose texts are most alike."""
    if not comment.body:
        return []
    decided = cases.in_remit(moderator).filter(state=Case.State.DECIDED).exclude(pk=case.pk)
    latest = decided.order_by("-decided_at").values("pk")[:_COMPARED_WITH]
    text = comment.body[:_COMPARED]
    found = (
        Case.objects.filter(pk__in=latest)
        .annotate(alike=TrigramSimilarity(Left("comment__body", _COMPARED), text))
        .filter(alike__gte=_LEAST_ALIKE)
        .select_related("comment", "consultation")
        .defer("comment__search_vector", "comment__body_html")
        .prefetch_related("findings")
        .order_by("-alike", "-pk")[:_SIMILAR_AT_MOST]
    )
    return _with_decisions(list(found))


def next_case(after: Case | None, moderator: Member, moment: datetime) -> Case | None:
    """The first behind `after` that this moderator may decide and nobody else is at. None: the
    first of all, which is the most urgent."""
    waiting = cases.in_remit(moderator).filter(state=Case.State.WAITING)
    waiting = cases.unclaimed_by_others(waiting, moderator, moment)
    waiting = waiting.exclude(comment__author__member=moderator).exclude(
        comment__parent__author__member=moderator
    )
    if after is None:
        return waiting.first()
    return _behind(after, waiting.exclude(pk=after.pk))


def _behind(after: Case, waiting: QuerySet[Case]) -> Case | None:
    """In the order of the queue; behind its end, from its beginning."""
    later = Q(severity__gt=after.severity) | Q(
        severity=after.severity, opened_at__gt=after.opened_at
    )
    later |= Q(severity=after.severity, opened_at=after.opened_at, pk__gt=after.pk)
    return waiting.filter(later).first() or waiting.first()


def _with_decisions(found: Sequence[Case]) -> list[Similar]:
    latest = (
        Decision.objects.filter(case__in=found)
        .select_related("entry", "moderator")
        .order_by("case_id", "-pk")
        .distinct("case_id")
    )
    of_case = {each.case_id: each for each in latest}
    return [
        Similar(each, of_case[each.pk], is_upsetting(each)) for each in found if each.pk in of_case
    ]


def _readable(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    return comments.select_related("author__member").defer("search_vector", "body_html")


def _of_member(rows: QuerySet[_Row], member: Member | None) -> list[_Row]:
    return [] if member is None else list(rows.filter(member=member)[:_EARLIER_AT_MOST])
