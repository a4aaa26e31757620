"""A consultation as a file: the JSON exchange format. (Tables of its comments: tables.py.)

The public scope has what every reader can see: no text, name or reaction of a comment that is
hidden or withdrawn, and nothing of one that is held. The full scope is for staff.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from discussions.events import responded_times
from discussions.exchange import answers
from discussions.exchange.respondents import other_respondents
from discussions.exchange.schema import FORMAT, NAMELESS, NEEDS_NO_AUTHOR, VERSION, paragraphs
from discussions.models import (
    Comment,
    Consultation,
    Discussion,
    Participant,
    TimelineEvent,
    Update,
)
from discussions.models.comments import CommentQuerySet

_BATCH = 500


class Scope(StrEnum):
    PUBLIC = "public"
    FULL = "full"


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Terms:
    """How a file tells what it tells. `each_row` is called for each comment, or person, in turn."""

    by_number: bool = False  # people by number; hosts by name, who speak for an organisation
    with_depth: bool = False  # of each comment in its thread
    for_good: bool = False  # nothing is ever changed in it: without what was withdrawn
    each_row: Callable[[], None] = _nothing
    folder: Path | None = None  # for files that are needed on the way


PLAIN = Terms()


def write_json(consultation: Consultation, scope: Scope, out: TextIO, terms: Terms = PLAIN) -> None:
    """Comment by comment: however many there are, few are in memory."""
    with at_one_moment():
        consultation.refresh_from_db()
        content = {
            "format": FORMAT,
            "version": VERSION,
            "consultation": _consultation(consultation, scope, terms),
        }
        json.dump(content, out, ensure_ascii=False, indent=1)
    out.write("\n")


class _Stream(list[Any]):
    """A list that json writes while it is made: with an indent, it goes through it once, in turn.

    Never empty: its first item is there, so that an empty one need not be written.
    """

    def __init__(self, first: Any, others: Iterator[Any]) -> None:  # noqa: ANN401 - JSON
        super().__init__([first])
        self._others = others

    def __iter__(self) -> Iterator[Any]:
        return chain(super().__iter__(), self._others)

    @classmethod
    def of(cls, items: Iterator[Any]) -> "_Stream | list[Any]":
        for first in items:
            return cls(first, items)
        return []


@contextmanager
def at_one_moment() -> Iterator[None]:
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


def _consultation(consultation: Consultation, scope: Scope, terms: Terms) -> dict[str, Any]:
    return _without_empty(
        {
            "slug": consultation.slug,
            "title": consultation.title,
            "owner": consultation.owner,
            "summary": consultation.summary,
            "why_now": consultation.why_now,
            "information": consultation.information,
            "other_ways": consultation.other_ways,
            "host_promise": consultation.host_promise,
            "answer_due_on": _day(consultation.answer_due_on),
            "draft": consultation.published_at is None,
            "opens_at": moment_text(consultation.opens_at),
            "closes_at": moment_text(consultation.closes_at),
            "earlier_respondents": consultation.earlier_respondents,
            "earlier_responses": consultation.earlier_responses,
            "other_respondents": other_respondents(consultation),
            "timeline": [_event(consultation, each) for each in consultation.events.all()],
            "outcome": _outcome(consultation, scope),
            "updates": [_update(each) for each in answers.published_updates(consultation)],
            "hosts": _hosts_elsewhere(consultation, scope),
            "discussions": _Stream.of(
                _discussion(each, scope, terms)
                for each in Discussion.objects.filter(consultation=consultation)
            ),
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
            "starts_on": _day(event.starts_on),
            "ends_on": _day(event.ends_on),
            "note": note,
            "link": event.link,
        }
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _outcome(consultation: Consultation, scope: Scope) -> dict[str, Any] | None:
    """None before it is published; in the full scope, while nothing has been written of it."""
    is_written = consultation.outcome_introduction or consultation.outcome_points.exists()
    if not consultation.has_outcome(timezone.now()) and (scope is Scope.PUBLIC or not is_written):
        return None
    return {
        "published_at": moment_text(consultation.outcome_published_at),
        "introduction": consultation.outcome_introduction,
        "points": answers.point_rows(consultation),
    }


def _update(update: Update) -> dict[str, Any]:
    moment = moment_text(update.published_at)
    return {"title": update.title, "text": update.text, "published_at": moment}


def _discussion(discussion: Discussion, scope: Scope, terms: Terms) -> dict[str, Any]:
    prompts = list(discussion.prompts.all())
    numbers = {prompt.pk: number for number, prompt in enumerate(prompts, start=1)}
    comments = comments_of(discussion, scope, terms)
    hosts = (
        discussion.hosts.through.objects.filter(discussion=discussion)
        .select_related("participant__member")
        .order_by("pk")
    )
    return _without_empty(
        {
            "slug": discussion.slug,
            "title": discussion.title,
            "opens_at": moment_text(discussion.opens_at),
            "closes_at": moment_text(discussion.closes_at),
            "introduction": paragraphs(discussion.introduction),
            "prompts": [prompt.text for prompt in prompts],
            "hosts": [_host(each.participant) for each in hosts],
            "notice": discussion.notice,
            "comments": _Stream.of(
                comment_content(each, numbers, scope, terms) for each in comments
            ),
        }
    )


def comments_of(discussion: Discussion, scope: Scope, terms: Terms) -> Iterator[Comment]:
    """Those that have a place in the file, in the order of the thread."""
    comments: CommentQuerySet = Comment.objects.filter(discussion=discussion)
    if scope is Scope.PUBLIC:
        comments = comments.placed_for(None)
    found: Iterator[Comment] = (
        comments.select_related("author__member", "parent", "source")
        .defer("body_html", "search_vector", "parent__body", "parent__body_html")
        .order_by("path")
        .iterator(_BATCH)
    )
    for comment in found:
        yield comment
        terms.each_row()


def shows(comment: Comment, scope: Scope, terms: Terms) -> bool:
    """Whether the file has more of it than its place."""
    if scope is Scope.PUBLIC:
        return comment.is_published
    return not (terms.for_good and comment.status == Comment.Status.WITHDRAWN)


def comment_content(
    comment: Comment, prompts: dict[int, int], scope: Scope, terms: Terms
) -> dict[str, Any]:
    """As the format has it; `prompts` are the numbers of prompts by their key."""
    shown = shows(comment, scope, terms)
    content = {
        "id": comment.reference,
        "parent": comment.parent.reference if comment.parent else None,
        "prompt": prompts[comment.prompt_id] if comment.prompt_id and shown else None,
        "status": _public_status(comment) if scope is Scope.PUBLIC else comment.status,
        "author": _author(comment, terms) if shown else None,
        "organisation": comment.author.organisation if shown else "",
        "posted_at": moment_text(comment.posted_at),
        "edited_at": moment_text(comment.edited_at) if shown else None,
        "agree": comment.agree_count if shown else 0,
        "disagree": comment.disagree_count if shown else 0,
        "source": _source(comment) if shown else None,
        "official": shown and comment.official_at is not None and comment.author.is_host,
        "body": comment.body if shown else "",
    }
    if content["status"] == Comment.Status.PUBLISHED:
        del content["status"]
    place = {"id": content["id"], "parent": content["parent"]}
    if terms.with_depth:
        place["depth"] = comment.depth
    return place | _without_empty(content)


def _source(comment: Comment) -> dict[str, Any] | None:
    source = comment.source
    if source is None:
        return None
    on = source.on.isoformat() if source.on else None
    return _without_empty({"kind": source.kind, "place": source.place, "on": on})


def _author(comment: Comment, terms: Terms) -> str | None:
    if terms.by_number and not comment.author.is_host:
        return f"Person {comment.author_id}"
    name: str = comment.author.shown_name
    return None if name == NAMELESS and comment.status in NEEDS_NO_AUTHOR else name


def _public_status(comment: Comment) -> str:
    """A held comment with replies stands there as a placeholder, and why is nobody's business."""
    return Comment.Status.HIDDEN if comment.status == Comment.Status.HELD else comment.status


def moment_text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without_empty(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value not in (None, "", [], 0, False)}
