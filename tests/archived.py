"""The archive of the demo's closed consultation, with something of every kind in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from discussions import demo
from discussions.archive import threads
from discussions.archive.writing import write_archive
from discussions.exchange.importing import import_consultation
from discussions.exchange.schema import read_content
from discussions.models import (
    Citation,
    Comment,
    Consultation,
    ConsultationImage,
    Source,
    TimelineEvent,
    Update,
)
from moderation.models import DateChange
from tests import cast

SECRET = "Nobody is to read these words."
HELD_SECRET = "Nor these, for now."
_FILE = Path(demo.__file__).with_name(f"{demo.CLOSED}.json")
# One pixel, as WebP.
_PIXEL = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")


@contextmanager
def demo_archive(folder: Path, blocker: DjangoDbBlocker) -> Iterator[Path]:
    """Written once for a module of tests; the database is left as it was."""
    with blocker.unblock(), transaction.atomic():
        write_archive(closed_consultation(), folder)
        transaction.set_rollback(True)
    yield folder


def closed_consultation() -> Consultation:
    imported = import_consultation(read_content(json.loads(_FILE.read_text(encoding="utf-8"))))
    consultation: Consultation = imported.consultation
    Consultation.objects.filter(pk=consultation.pk).update(
        why_now="The plan is decided in May.\n\nUntil then it can change.",
        information='<h3>The plan</h3><p>See <a href="/guidelines/">our rules</a>.</p>',
    )
    TimelineEvent.objects.filter(consultation=consultation).update(link="https://london.example/")
    ConsultationImage.objects.create(
        consultation=consultation,
        alt="A bus at night",
        content=_PIXEL,
        width=1,
        height=1,
        digest="d",
    )
    staff, closed_at = cast.ida(), consultation.closes_at
    assert closed_at is not None
    Update.objects.create(
        consultation=consultation,
        title="We read all of it",
        text="<p>It took <strong>a month</strong>.</p>",
        published_at=closed_at + timedelta(days=30),
        by=staff,
    )
    Update.objects.create(consultation=consultation, title="A draft", text="<p>No.</p>", by=staff)
    DateChange.objects.create(
        consultation=consultation,
        kind=DateChange.Kind.EXTENDED,
        opens_before=consultation.opens_at,
        opens_after=consultation.opens_at,
        closes_before=closed_at - timedelta(days=7),
        closes_after=closed_at,
        reason="Snow kept <people> at home.",
        by=staff,
        at=timezone.now(),
    )
    _some_of_every_kind(consultation)
    return consultation


def _some_of_every_kind(consultation: Consultation) -> None:
    comments = Comment.objects.filter(discussion__consultation=consultation).order_by("path")
    published = comments.filter(status=Comment.Status.PUBLISHED)
    answered = list(published.filter(reply_count__gt=0, parent=None)[:6])
    hidden, withdrawn, held, masked, official, cited = answered
    _change(hidden, status=Comment.Status.HIDDEN, hidden_under=3, body=SECRET, body_html=SECRET)
    _change(withdrawn, status=Comment.Status.WITHDRAWN, body=SECRET, body_html=SECRET)
    _change(held, status=Comment.Status.HELD, body=HELD_SECRET, body_html=HELD_SECRET)
    _change(masked, hidden_under=3)
    _change(official, official_at=timezone.now(), agree_count=2_000)
    source = Source.objects.create(
        consultation=consultation, kind="meeting", place="Brixton Library"
    )
    alone = published.filter(reply_count=0).last()
    assert alone is not None
    _change(alone, source=source, body="=2+2, they said.", body_html="<p>=2+2, they said.</p>")
    point = consultation.outcome_points.first()
    assert point is not None
    point.decision_title, point.decision_url = "MD1", "https://london.example/md1"
    point.save()
    for comment in (cited, alone, hidden):
        Citation.objects.create(point=point, comment=comment)


def _change(comment: Comment, **fields: object) -> None:
    Comment.objects.filter(pk=comment.pk).update(**fields)


def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the demo has several of each discussion."""
    monkeypatch.setattr(threads, "THREADS_ON_A_PAGE", 5)
