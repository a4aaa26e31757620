"""What was heard and what City Hall makes of it: written, published, corrected, and archived.

Each verb is one transaction under the consultation's lock. A refusal's text is a sentence for
whoever asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.characters import shows_something
from discussions.announcing import announce
from discussions.archive import queue_archive
from discussions.cited_mails import queue_cited_mails
from discussions.dates import lock_consultation
from discussions.models import Announcement, Citation, Comment, Consultation, OutcomePoint
from discussions.posting import database_moment
from moderation.elections import check_not_frozen
from moderation.timeline import Phase

MOST_POINTS = 50
MOST_CITED = 20  # by one point
QUOTED = 200  # characters


class AnswerRefusedError(Exception):
    """Not now, or not like this."""


class ArchivedError(AnswerRefusedError):
    """The consultation is archived: nothing about it changes any more."""

    def __init__(self) -> None:
        super().__init__(_("This consultation is archived. Nothing about it can be changed."))


@dataclass(frozen=True)
class Point:
    """A point as staff give it; `pk` is that of the one it corrects."""

    heard: str
    answer: str
    verdict: str
    decision_title: str = ""
    decision_url: str = ""
    cites: tuple[int, ...] = ()
    pk: int | None = None


@dataclass(frozen=True)
class ShownPoint:
    """A point with the comments it rests on that everybody may read."""

    point: OutcomePoint
    quoted: Sequence[Comment]


def check_not_archived(consultation: Consultation) -> None:
    """Of a consultation that the caller has locked. Raises ArchivedError."""
    if consultation.archived_at is not None:
        raise ArchivedError


def keep_outcome(
    consultation: Consultation,
    introduction: str,
    points: Sequence[Point],
    left_out: Iterable[int] = (),
) -> Consultation:
    """Store what was written, without the points that are left out. Once it is published, points
    are only added and corrected, and authors who are cited anew are told.

    Raises AnswerRefusedError or FrozenError.
    """
    with transaction.atomic():
        consultation = lock_consultation(consultation.pk)
        moment = database_moment()
        check_not_archived(consultation)
        is_public = consultation.outcome_published_at is not None
        if is_public:
            check_not_frozen(moment)
            _check_says_something(introduction, points)
        else:
            consultation.outcome_points.filter(pk__in=left_out).delete()
        before = _cited(consultation)
        consultation.outcome_introduction = introduction
        consultation.save(update_fields=["outcome_introduction"])
        _keep_points(consultation, points)
        if is_public:
            queue_cited_mails(_cited(consultation) - before)
    return consultation


def publish_outcome(consultation: Consultation) -> Consultation:
    """Show it to everybody, and tell followers and those it cites. Again: nothing more happens.

    Raises AnswerRefusedError or FrozenError.
    """
    with transaction.atomic():
        consultation = lock_consultation(consultation.pk)
        moment = database_moment()
        check_not_archived(consultation)
        if consultation.outcome_published_at is not None:
            return consultation
        if consultation.phase(moment) is not Phase.CLOSED:
            raise AnswerRefusedError(
                _("The outcome can be published once the consultation is closed.")
            )
        check_not_frozen(moment)
        _check_says_something(consultation.outcome_introduction, _points(consultation))
        consultation.outcome_published_at = moment
        consultation.save(update_fields=["outcome_published_at"])
        announce(consultation, Announcement.Kind.OUTCOME, moment, key="outcome")
        queue_cited_mails(_cited(consultation))
    return consultation


def archive(consultation: Consultation) -> Consultation:
    """From now on nothing about it changes. Again: nothing more happens.

    Raises AnswerRefusedError or FrozenError.
    """
    with transaction.atomic():
        consultation = lock_consultation(consultation.pk)
        if consultation.archived_at is not None:
            return consultation
        moment = database_moment()
        if consultation.phase(moment) is not Phase.CLOSED:
            raise AnswerRefusedError(_("A consultation can be archived once it is closed."))
        if not consultation.has_outcome(moment):
            raise AnswerRefusedError(
                _("Publish the outcome first. People who took part are owed an answer.")
            )
        check_not_frozen(moment)
        consultation.archived_at = moment
        consultation.save(update_fields=["archived_at"])
        queue_archive(consultation)
    return consultation


def shown_points(consultation: Consultation) -> list[ShownPoint]:
    """With what readers may read of what each rests on: two queries, however many there are."""
    points = list(consultation.outcome_points.all()[:MOST_POINTS])
    seen = Comment.objects.visible_to(None)
    citations = (
        Citation.objects.filter(point__in=points, comment__in=seen)
        .select_related("comment__author__member")
        .defer("comment__search_vector", "comment__body_html")
        .order_by("pk")[: MOST_POINTS * MOST_CITED]
    )
    quoted: dict[int, list[Comment]] = {}
    for each in citations:
        quoted.setdefault(each.point_id, []).append(each.comment)
    return [ShownPoint(point, quoted.get(point.pk, [])) for point in points]


def first_point(comment: OuterRef) -> Subquery:
    """The first point that rests on a comment, for a query that reads the comment."""
    citations = Citation.objects.filter(comment=comment).order_by("point__position", "point")
    return Subquery(citations.values("point")[:1])


def citable(consultation: Consultation, ids: Iterable[int]) -> set[int]:
    """Those of them that are published comments of this consultation."""
    seen = Comment.objects.visible_to(None).filter(discussion__consultation=consultation)
    return set(seen.filter(pk__in=ids).values_list("pk", flat=True))


def most_agreed(consultation: Consultation, most: int) -> list[Comment]:
    """Those that most people agree with, for whoever writes the answer."""
    seen = Comment.objects.visible_to(None).filter(discussion__consultation=consultation)
    return list(
        seen.filter(agree_count__gt=0, author__organisation="")
        .select_related("author__member", "discussion")
        .defer("search_vector", "body_html")
        .order_by("-agree_count", "-pk")[:most]
    )


def _check_says_something(introduction: str, points: Sequence[Point | OutcomePoint]) -> None:
    if not shows_something(introduction):
        raise AnswerRefusedError(_("Write the introduction first."))
    if not points:
        raise AnswerRefusedError(_("Give at least one point: what was heard, and what is done."))
    for number, point in enumerate(points, start=1):
        if not (shows_something(point.heard) and shows_something(point.answer)):
            raise AnswerRefusedError(
                _("Point %(number)d does not say what was heard and what the answer is.")
                % {"number": number}
            )


def _points(consultation: Consultation) -> list[OutcomePoint]:
    return list(consultation.outcome_points.all()[:MOST_POINTS])


def _cited(consultation: Consultation) -> set[int]:
    """The ids of all comments that its outcome rests on."""
    citations = Citation.objects.filter(point__consultation=consultation)
    return set(citations.values_list("comment", flat=True))


def _keep_points(consultation: Consultation, points: Sequence[Point]) -> None:
    here = {point.pk: point for point in consultation.outcome_points.all()}
    for position, each in enumerate(points, start=1):
        known = here.get(each.pk) if each.pk else None
        point = known or OutcomePoint(consultation=consultation)
        point.position, point.heard, point.answer = position, each.heard, each.answer
        point.verdict = each.verdict
        point.decision_title, point.decision_url = each.decision_title, each.decision_url
        point.save()
        _keep_citations(point, each.cites)


def _keep_citations(point: OutcomePoint, cites: Sequence[int]) -> None:
    """Those that stay are not written anew: their authors have been told."""
    here = set(point.citations.values_list("comment", flat=True))
    point.citations.exclude(comment__in=cites).delete()
    new = [each for each in dict.fromkeys(cites) if each not in here]
    Citation.objects.bulk_create([Citation(point=point, comment_id=pk) for pk in new])
