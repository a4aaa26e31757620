"""News and the comments that an outcome rests on, in files that consultations are exchanged in.

A comment is named as "discussion/id". Only what everybody can read goes into a file, and what one
brings is told to nobody by mail.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from discussions.models import Citation, Comment, Consultation, OutcomePoint, Update
from discussions.rich_text import clean_html

_Row = dict[str, Any]


def point_rows(consultation: Consultation) -> list[_Row]:
    """The points as a file has them."""
    cites: dict[int, list[str]] = {}
    citations = Citation.objects.filter(
        point__consultation=consultation, comment__in=Comment.objects.visible_to(None)
    ).order_by("pk")
    named = ("point", "comment__discussion__slug", "comment__reference")
    for point, slug, reference in citations.values_list(*named):
        cites.setdefault(point, []).append(f"{slug}/{reference}")
    return [_point_row(each, cites.get(each.pk)) for each in consultation.outcome_points.all()]


def _point_row(point: OutcomePoint, cites: list[str] | None) -> _Row:
    row = {"heard": point.heard, "answer": point.answer, "verdict": point.verdict}
    optional = {
        "decision_title": point.decision_title,
        "decision_url": point.decision_url,
        "cites": cites,
    }
    return row | {name: value for name, value in optional.items() if value}


def published_updates(consultation: Consultation) -> Sequence[Update]:
    return list(consultation.updates.filter(published_at__isnull=False).order_by("published_at"))


def cite(consultation: Consultation, rows: Sequence[_Row]) -> None:
    """Once its comments are here: what each point rests on. A row without `cites` changes nothing.

    The points are here, in the order of the rows.
    """
    for point, row in zip(consultation.outcome_points.all(), rows, strict=True):
        if row["cites"] is None:
            continue
        wanted = [_comment(consultation, name) for name in dict.fromkeys(row["cites"])]
        if list(point.citations.values_list("comment", flat=True)) == wanted:
            continue
        point.citations.all().delete()
        Citation.objects.bulk_create([Citation(point=point, comment_id=pk) for pk in wanted])


def _comment(consultation: Consultation, name: str) -> int:
    slug, _sign, reference = name.partition("/")
    found: Comment = Comment.objects.only("pk").get(
        discussion__consultation=consultation, discussion__slug=slug, reference=reference
    )
    return found.pk


def keep_updates(consultation: Consultation, rows: Sequence[_Row]) -> None:
    """One that was published at the same moment is the same one; others here stay."""
    here = {each.published_at: each for each in consultation.updates.all()}
    for row in rows:
        update = here.get(row["published_at"])
        wanted = {"title": row["title"], "text": clean_html(row["text"])}
        if update is None:
            Update.objects.create(
                consultation=consultation, published_at=row["published_at"], **wanted
            )
        elif {name: getattr(update, name) for name in wanted} != wanted:
            update.title, update.text = wanted["title"], wanted["text"]
            update.save(update_fields=["title", "text"])


def cross_faults(content: _Row) -> Iterator[str]:
    """What no field can tell by itself: that a comment which is cited is in the file."""
    there = {
        f"{discussion['slug']}/{comment['id']}"
        for discussion in content["discussions"]
        for comment in discussion["comments"]
    }
    points = content["outcome"]["points"] if content["outcome"] else []
    for index, point in enumerate(points):
        for place, name in enumerate(point["cites"] or []):
            if name not in there:
                path = f"consultation.outcome.points[{index}].cites[{place}]"
                yield f"{path}: There is no such comment."
