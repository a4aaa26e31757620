"""News of a consultation: written, published, corrected, taken back.

Each verb is one transaction under the consultation's lock. A refusal's text is a sentence for
whoever asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.characters import shows_something
from accounts.models import Member
from discussions import rich_text
from discussions.announcing import announce
from discussions.dates import lock_consultation
from discussions.models import Announcement, Consultation, Update
from discussions.outcome import AnswerRefusedError, check_not_archived
from discussions.posting import database_moment
from moderation.elections import check_not_frozen

SHOWN_AT_MOST = 20


@dataclass(frozen=True)
class ShownUpdate:
    """A piece of news as a page shows it."""

    pk: int
    title: str
    text: SafeString
    published_at: datetime


def keep_update(
    consultation: Consultation, staff: Member, *, title: str, text: str, pk: int | None = None
) -> Update:
    """Store a draft, or a correction of what is there. What is published keeps its moment, and
    nobody gets a second mail. Raises AnswerRefusedError, FrozenError or Update.DoesNotExist."""
    with transaction.atomic():
        consultation, moment = _lock(consultation)
        update = Update(consultation=consultation, by=staff)
        if pk is not None:
            update = Update.objects.get(pk=pk, consultation=consultation)
        if update.published_at is not None:
            check_not_frozen(moment)
            _check_says_something(title, text)
        update.title, update.text = title, text
        update.save()
    return update


def publish_update(update: Update) -> Update:
    """Show it to everybody, and tell followers. Again: nothing more happens.

    Raises AnswerRefusedError or FrozenError.
    """
    with transaction.atomic():
        consultation, moment = _lock(update.consultation)
        update = Update.objects.get(pk=update.pk)
        if update.published_at is not None:
            return update
        check_not_frozen(moment)
        if consultation.published_at is None:
            raise AnswerRefusedError(_("Publish the consultation first: it is still a draft."))
        _check_says_something(update.title, update.text)
        update.published_at = moment
        update.save(update_fields=["published_at"])
        kind = Announcement.Kind.UPDATE
        announce(consultation, kind, moment, key=str(update.pk), update=update)
    return update


def take_back(update: Update) -> Update:
    """Make it a draft again, which only staff see: mails about it that wait are not sent.

    Raises AnswerRefusedError.
    """
    with transaction.atomic():
        _lock(update.consultation)
        update = Update.objects.get(pk=update.pk)
        update.published_at = None
        update.save(update_fields=["published_at"])
    return update


def update_rows(consultation: OuterRef) -> ArraySubquery:
    """The latest published news as rows, for a query that reads the consultation."""
    published = Update.objects.filter(consultation=consultation, published_at__isnull=False)
    row = JSONObject(pk="pk", title="title", text="text", published_at="published_at")
    return ArraySubquery(published.order_by("-published_at", "-pk").values(row=row)[:SHOWN_AT_MOST])


def shown_updates(rows: Sequence[dict[str, Any]]) -> list[ShownUpdate]:
    """From `update_rows`."""
    return [
        ShownUpdate(
            row["pk"],
            row["title"],
            rich_text.shown(row["text"]),
            datetime.fromisoformat(row["published_at"]),
        )
        for row in rows
    ]


def _lock(consultation: Consultation) -> tuple[Consultation, datetime]:
    locked = lock_consultation(consultation.pk)
    check_not_archived(locked)
    return locked, database_moment()


def _check_says_something(title: str, text: str) -> None:
    if not (shows_something(title) and shows_something(rich_text.as_text(text))):
        raise AnswerRefusedError(_("Give the news a title and a text."))
