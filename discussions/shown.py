"""Comments as pages show them: rows of one query, which cost less than models."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import F, FloatField, Func, OuterRef, QuerySet, Subquery, Value

from discussions.models import Comment, Reaction
from discussions.models.comment_state import CommentState
from discussions.models.comments import CommentQuerySet
from discussions.models.participants import shown_name

_COLUMNS = (
    "pk",
    "parent_id",
    "prompt_id",
    "path",
    "status",
    "body_html",
    "posted_epoch",
    "edited_at",
    "hidden_under",
    "slow_until",
    "official_at",
    "reply_count",
    "agree_count",
    "disagree_count",
    "source__kind",
    "source__place",
    "source__on",
    "author__name",
    "author__member__display_name",
    "author__has_left",
    "author__organisation",
    "author__member_id",
)
# A number is read in a tenth of the time that a timestamp takes, and each comment has one. To the
# microsecond until the year 2255.
_POSTED_EPOCH = Func(
    F("posted_at"), template="date_part('epoch', %(expressions)s)", output_field=FloatField()
)


class ShownAuthor(NamedTuple):
    """As readers of this consultation know them."""

    shown_name: str
    organisation: str
    member_id: int | None

    @property
    def is_host(self) -> bool:
        return self.organisation != ""


class ShownSource(NamedTuple):
    kind: str
    place: str
    on: date | None


class _Shown(NamedTuple):
    pk: int
    parent_id: int | None
    prompt_id: int | None
    path: list[int]
    status: str
    body_html: str
    posted_epoch: float
    edited_at: datetime | None
    hidden_under: int | None
    slow_until: datetime | None
    official_at: datetime | None
    reply_count: int
    agree_count: int
    disagree_count: int
    source: ShownSource | None
    author: ShownAuthor
    my_reaction: str


class ShownComment(_Shown, CommentState):
    """All that a page shows of a comment, and nothing that it does not."""

    __slots__ = ()

    @property
    def posted_at(self) -> datetime:
        return datetime.fromtimestamp(self.posted_epoch, UTC)


def as_shown(
    comments: CommentQuerySet, participant_id: int | None = None
) -> QuerySet[Comment, Any]:
    """The query of the rows that `shown` takes; with the reactions of a participant."""
    mine: Any = Value("")
    if participant_id is not None:
        found = Reaction.objects.filter(comment=OuterRef("pk"), participant=participant_id)
        mine = Subquery(found.values("value")[:1])
    return comments.annotate(posted_epoch=_POSTED_EPOCH).values_list(*_COLUMNS, mine)


def shown(rows: Iterable[tuple[Any, ...]]) -> Iterator[ShownComment]:
    return map(_comment, rows)


def _comment(row: tuple[Any, ...]) -> ShownComment:
    source = ShownSource(*row[14:17]) if row[14] else None
    return ShownComment._make((*row[:14], source, _author(*row[17:22]), row[22] or ""))


@lru_cache(maxsize=1_024)
def _author(
    name: str,
    display_name: str | None,
    has_left: bool,  # noqa: FBT001 - in the order of the columns
    organisation: str,
    member_id: int | None,
) -> ShownAuthor:
    named = shown_name(name, display_name or "", has_left=has_left)
    return ShownAuthor(named, organisation, member_id)
