"""A consultation as a file: the JSON exchange format, or a table of its comments.

The public scope has what every reader can see: no text, name or reaction of a comment that is
hidden or withdrawn, and nothing of one that is held. The full scope is for staff.
"""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from typing import Any, BinaryIO, TextIO

import xlsxwriter
from django.db.models import Exists, OuterRef

from discussions.events import responded_times
from discussions.exchange.schema import FORMAT, VERSION
from discussions.models import Comment, Consultation, Discussion, Participant, TimelineEvent
from discussions.models.comments import CommentQuerySet

_BATCH = 2_000
COLUMNS = (
    "consultation",
    "discussion",
    "id",
    "parent",
    "depth",
    "prompt",
    "status",
    "author",
    "organisation",
    "posted_at",
    "edited_at",
    "agree",
    "disagree",
    "replies",
    "text",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Scope(StrEnum):
    PUBLIC = "public"
    FULL = "full"


def write_json(consultation: Consultation, scope: Scope, out: TextIO) -> None:
    content = {
        "format": FORMAT,
        "version": VERSION,
        "consultation": _consultation(consultation, scope),
    }
    json.dump(content, out, ensure_ascii=False, indent=1)
    out.write("\n")


def write_csv(consultation: Consultation, scope: Scope, out: TextIO) -> None:
    """With a byte order mark, as spreadsheets expect; no cell is a formula."""
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(consultation, scope):
        writer.writerow([_inert(cell) for cell in row])


def write_xlsx(consultation: Consultation, scope: Scope, out: BinaryIO) -> None:
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Comments")
    for number, row in enumerate(chain([COLUMNS], _rows(consultation, scope))):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, cell)
    book.close()


def _consultation(consultation: Consultation, scope: Scope) -> dict[str, Any]:
    return _without_empty(
        {
            "slug": consultation.slug,
            "title": consultation.title,
            "owner": consultation.owner,
            "summary": consultation.summary,
            "draft": consultation.published_at is None,
            "opens_at": _moment(consultation.opens_at),
            "closes_at": _moment(consultation.closes_at),
            "earlier_respondents": _respondents_without_comments(consultation),
            "earlier_responses": consultation.earlier_responses,
            "timeline": [_event(consultation, each) for each in consultation.events.all()],
            "outcome": _outcome(consultation),
            "discussions": [
                _discussion(each, scope)
                for each in Discussion.objects.filter(consultation=consultation)
            ],
        }
    )


def _respondents_without_comments(consultation: Consultation) -> int:
    """Those from elsewhere, and those here whom no published comment in the file stands for."""
    comments = Comment.objects.filter(author=OuterRef("pk"), status=Comment.Status.PUBLISHED)
    silent = Participant.objects.filter(
        ~Exists(comments), consultation=consultation, contributions__gt=0, organisation=""
    )
    return consultation.earlier_respondents + silent.count()


def _event(consultation: Consultation, event: TimelineEvent) -> dict[str, Any]:
    note = event.note
    if event.is_the_discussion:
        note = responded_times(consultation.responses).replace(",", "")
    return _without_empty(
        {
            "title": event.title,
            "status": event.stated,
            "starts_on": event.starts_on.isoformat() if event.starts_on else None,
            "ends_on": event.ends_on.isoformat() if event.ends_on else None,
            "note": note,
        }
    )


def _outcome(consultation: Consultation) -> dict[str, Any] | None:
    if consultation.outcome_published_at is None:
        return None
    return {
        "published_at": _moment(consultation.outcome_published_at),
        "introduction": consultation.outcome_introduction,
        "points": list(consultation.outcome_points.values("heard", "answer", "verdict")),
    }


def _discussion(discussion: Discussion, scope: Scope) -> dict[str, Any]:
    prompts = list(discussion.prompts.all())
    numbers = {prompt.pk: number for number, prompt in enumerate(prompts, start=1)}
    hosts = discussion.hosts.through.objects.filter(discussion=discussion).order_by("pk")
    return _without_empty(
        {
            "slug": discussion.slug,
            "title": discussion.title,
            "opens_at": _moment(discussion.opens_at),
            "closes_at": _moment(discussion.closes_at),
            "introduction": [each for each in discussion.introduction.split("\n\n") if each],
            "prompts": [prompt.text for prompt in prompts],
            "hosts": [
                {"name": each.participant.shown_name, "organisation": each.participant.organisation}
                for each in hosts.select_related("participant__member")
            ],
            "notice": discussion.notice,
            "comments": [
                _comment(each, numbers, scope) for each in _comments(discussion, scope)
            ],
        }
    )


def _comments(discussion: Discussion, scope: Scope) -> Iterator[Comment]:
    comments: CommentQuerySet = Comment.objects.filter(discussion=discussion)
    if scope is Scope.PUBLIC:
        comments = comments.placed_for(None)
    found: Iterator[Comment] = (
        comments.select_related("author__member", "parent")
        .defer("body_html", "search_vector", "parent__body", "parent__body_html")
        .order_by("path")
        .iterator(_BATCH)
    )
    return found


def _shows(comment: Comment, scope: Scope) -> bool:
    return scope is Scope.FULL or comment.is_published


def _comment(comment: Comment, prompts: dict[int, int], scope: Scope) -> dict[str, Any]:
    shows = _shows(comment, scope)
    content = {
        "id": comment.reference,
        "parent": comment.parent.reference if comment.parent else None,
        "prompt": prompts[comment.prompt_id] if comment.prompt_id and shows else None,
        "status": _public_status(comment) if scope is Scope.PUBLIC else comment.status,
        "author": comment.author.shown_name if shows else None,
        "organisation": comment.author.organisation if shows else "",
        "posted_at": _moment(comment.posted_at),
        "edited_at": _moment(comment.edited_at) if shows else None,
        "agree": comment.agree_count if shows else 0,
        "disagree": comment.disagree_count if shows else 0,
        "body": comment.body if shows else "",
    }
    if content["status"] == Comment.Status.PUBLISHED:
        del content["status"]
    return {"id": content["id"], "parent": content["parent"]} | _without_empty(content)


def _public_status(comment: Comment) -> str:
    """A held comment with replies stands there as a placeholder, and why is nobody's business."""
    return Comment.Status.HIDDEN if comment.status == Comment.Status.HELD else comment.status


def _rows(consultation: Consultation, scope: Scope) -> Iterator[list[str | int]]:
    for discussion in Discussion.objects.filter(consultation=consultation):
        discussion.consultation = consultation
        numbers = {each.pk: number for number, each in enumerate(discussion.prompts.all(), start=1)}
        for comment in _comments(discussion, scope):
            yield _row(discussion, _comment(comment, numbers, scope), comment)


def _row(
    discussion: Discussion, content: dict[str, Any], comment: Comment
) -> list[str | int]:
    return [
        discussion.consultation.slug,
        discussion.slug,
        content["id"],
        content["parent"] or "",
        comment.depth,
        content.get("prompt", ""),
        content.get("status", "published"),
        content.get("author", ""),
        content.get("organisation", ""),
        content["posted_at"],
        content.get("edited_at", ""),
        content.get("agree", 0),
        content.get("disagree", 0),
        comment.reply_count,
        content.get("body", ""),
    ]


def _inert(cell: str | int) -> str | int:
    """A cell that a spreadsheet shows as text, whatever it starts with."""
    if isinstance(cell, str) and cell.lstrip(" \n\u00a0").startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without_empty(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value not in (None, "", [], 0, False)}
