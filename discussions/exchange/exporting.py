"""A consultation as a file: the JSON exchange format, or a table of its comments.

The public scope has what every reader can see: no text, name or reaction of a comment that is
hidden or withdrawn, and nothing of one that is held. The full scope is for staff.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from typing import Any, BinaryIO, TextIO

import xlsxwriter
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from discussions.events import responded_times
from discussions.exchange.respondents import other_respondents
from discussions.exchange.schema import FORMAT, NAMELESS, NEEDS_NO_AUTHOR, VERSION, paragraphs
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
# Full-width signs start a formula in East Asian spreadsheets; invisible characters hide a sign.
_FORMULA = re.compile("[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@＝＋－＠]|[\\t\\r]")


class Scope(StrEnum):
    PUBLIC = "public"
    FULL = "full"


def write_json(consultation: Consultation, scope: Scope, out: TextIO) -> None:
    with _at_one_moment():
        consultation.refresh_from_db()
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
    with _at_one_moment():
        for row in _rows(consultation, scope):
            writer.writerow([inert(cell) for cell in row])


def write_xlsx(consultation: Consultation, scope: Scope, out: BinaryIO) -> None:
    """Row by row through a temporary file: however many there are, few are in memory."""
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("Comments")
    with _at_one_moment():
        for number, row in enumerate(chain([COLUMNS], _rows(consultation, scope))):
            _write_row(sheet, number, row)
    book.close()


def _write_row(sheet: Any, number: int, row: Sequence[str | int]) -> None:  # noqa: ANN401 - XlsxWriter has no types
    for column, cell in enumerate(row):
        if isinstance(cell, int):
            sheet.write_number(number, column, cell)
        else:
            sheet.write_string(number, column, cell)


@contextmanager
def _at_one_moment() -> Iterator[None]:
    """All of a file as it was at one moment, however long it takes to write."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = '10min'")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
        yield


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
            "earlier_respondents": consultation.earlier_respondents,
            "earlier_responses": consultation.earlier_responses,
            "other_respondents": other_respondents(consultation),
            "timeline": [_event(consultation, each) for each in consultation.events.all()],
            "outcome": _outcome(consultation, scope),
            "hosts": _hosts_elsewhere(consultation, scope),
            "discussions": [
                _discussion(each, scope)
                for each in Discussion.objects.filter(consultation=consultation)
            ],
        }
    )


def _hosts_elsewhere(consultation: Consultation, scope: Scope) -> list[dict[str, str]]:
    """Hosts who have commented on a discussion that does not name them."""
    named = Discussion.hosts.through.objects.filter(
        participant=OuterRef("author"), discussion=OuterRef("discussion")
    )
    comments = Comment.objects.filter(~Exists(named), discussion__consultation=consultation)
    if scope is Scope.PUBLIC:
        comments = comments.visible_to(None)
    found = Participant.objects.filter(pk__in=comments.values("author")).exclude(organisation="")
    return [_host(each) for each in found.select_related("member").order_by("pk")]


def _host(host: Participant) -> dict[str, str]:
    return {"name": host.shown_name, "organisation": host.organisation}


def _event(consultation: Consultation, event: TimelineEvent) -> dict[str, Any]:
    note = event.note
    if event.is_the_discussion:
        times = responded_times(consultation.responses).replace(",", "")
        note = f"{note} {times}".strip()
    return _without_empty(
        {
            "title": event.title,
            "status": event.stated,
            "starts_on": event.starts_on.isoformat() if event.starts_on else None,
            "ends_on": event.ends_on.isoformat() if event.ends_on else None,
            "note": note,
        }
    )


def _outcome(consultation: Consultation, scope: Scope) -> dict[str, Any] | None:
    """None before it is published; in the full scope, while nothing has been written of it."""
    is_written = consultation.outcome_introduction or consultation.outcome_points.exists()
    if not consultation.has_outcome(timezone.now()) and (scope is Scope.PUBLIC or not is_written):
        return None
    return {
        "published_at": _moment(consultation.outcome_published_at),
        "introduction": consultation.outcome_introduction,
        "points": list(consultation.outcome_points.values("heard", "answer", "verdict")),
    }


def _discussion(discussion: Discussion, scope: Scope) -> dict[str, Any]:
    prompts = list(discussion.prompts.all())
    numbers = {prompt.pk: number for number, prompt in enumerate(prompts, start=1)}
    hosts = (
        discussion.hosts.through.objects.filter(discussion=discussion)
        .select_related("participant__member")
        .order_by("pk")
    )
    return _without_empty(
        {
            "slug": discussion.slug,
            "title": discussion.title,
            "opens_at": _moment(discussion.opens_at),
            "closes_at": _moment(discussion.closes_at),
            "introduction": paragraphs(discussion.introduction),
            "prompts": [prompt.text for prompt in prompts],
            "hosts": [_host(each.participant) for each in hosts],
            "notice": discussion.notice,
            "comments": [_comment(each, numbers, scope) for each in _comments(discussion, scope)],
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
        "author": _author(comment) if shows else None,
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


def _author(comment: Comment) -> str | None:
    name: str = comment.author.shown_name
    return None if name == NAMELESS and comment.status in NEEDS_NO_AUTHOR else name


def _public_status(comment: Comment) -> str:
    """A held comment with replies stands there as a placeholder, and why is nobody's business."""
    return Comment.Status.HIDDEN if comment.status == Comment.Status.HELD else comment.status


def _rows(consultation: Consultation, scope: Scope) -> Iterator[list[str | int]]:
    for discussion in Discussion.objects.filter(consultation=consultation):
        discussion.consultation = consultation
        numbers = {each.pk: number for number, each in enumerate(discussion.prompts.all(), start=1)}
        unseen: Counter[int] = Counter()
        if scope is Scope.PUBLIC:
            unseen = _unseen_replies(discussion)
        for comment in _comments(discussion, scope):
            comment.reply_count -= unseen[comment.pk]
            yield _row(discussion, _comment(comment, numbers, scope), comment)


def _unseen_replies(discussion: Discussion) -> Counter[int]:
    """How many replies below each comment have no place in what every reader sees."""
    comments = Comment.objects.filter(discussion=discussion)
    unseen = comments.exclude(pk__in=comments.placed_for(None).values("pk"))
    return Counter(pk for path in unseen.values_list("path", flat=True) for pk in path[:-1])


def _row(discussion: Discussion, content: dict[str, Any], comment: Comment) -> list[str | int]:
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


def inert(cell: str | int) -> str | int:
    """A cell that a spreadsheet shows as text, whatever it starts with."""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without_empty(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value not in (None, "", [], 0, False)}
