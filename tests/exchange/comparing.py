"""What an import did to the database, and what two files say in the same way."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from discussions.exchange.importing import Report, import_consultation
from discussions.exchange.schema import read_content
from discussions.models import (
    Comment,
    Consultation,
    Discussion,
    OutcomePoint,
    Participant,
    Prompt,
    Source,
    TimelineEvent,
)

Content = dict[str, Any]
_READS = ("SELECT", "DECLARE", "SAVEPOINT", "RELEASE")
_MODELS = (Consultation, Discussion, Prompt, TimelineEvent, OutcomePoint, Participant, Comment)


def bring_in(content: Content) -> Report:
    return import_consultation(read_content(content))


def rows() -> dict[str, list[Any]]:
    """Each row of the exchange with the transaction and the command that wrote it."""
    tables = [model._meta.db_table for model in (*_MODELS, Discussion.hosts.through)]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT id, xmin::text, cmin::text FROM {table} ORDER BY id")  # noqa: S608
            found[table] = cursor.fetchall()
    return found


def said() -> list[Any]:
    """All that stands in the database."""
    return [list(model._default_manager.order_by("pk").values()) for model in _MODELS]


def writes(act: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act()
    return [query["sql"] for query in queries if not query["sql"].startswith(_READS)]


def assert_changes_nothing(content: Content) -> None:
    before = rows()
    assert writes(lambda: bring_in(content)) == []
    assert rows() == before


def delete(slug: str) -> None:
    Comment.objects.filter(discussion__consultation__slug=slug, parent__isnull=False).update(
        parent=None
    )
    Comment.objects.filter(discussion__consultation__slug=slug).delete()
    Source.objects.filter(consultation__slug=slug).delete()
    Consultation.objects.filter(slug=slug).delete()


def counts(slug: str) -> tuple[int, int, list[int]]:
    found = Consultation.objects.get(slug=slug)
    comments = [each.comment_count for each in Discussion.objects.filter(consultation=found)]
    return found.respondents, found.responses, comments


def without_defaults(value: Any) -> Any:  # noqa: ANN401
    """What a file says beyond what goes without saying, comments by their ids."""
    if isinstance(value, list):
        if value and isinstance(value[0], dict) and "id" in value[0]:
            value = sorted(value, key=lambda row: str(row["id"]))
        return [without_defaults(each) for each in value]
    if isinstance(value, dict):
        said = {key: without_defaults(each) for key, each in value.items()}
        return {key: each for key, each in said.items() if each not in (None, "", [], {}, 0, False)}
    return value
