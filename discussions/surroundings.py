"""A discussion with all that its page shows beside the comments: one query, built once."""

import json
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import Member
from accounts.statements import Columns
from discussions.models import Consultation, Discussion, Follower, Participant
from discussions.models.comments import Viewer
from discussions.prepared import Gaps, prepared

_DISCUSSION = Columns(Discussion)
_CONSULTATION = Columns(Consultation, prefix="consultation__")
_PARTICIPANT = Columns(Participant)
_ROWS = ("prompt_rows", "host_rows", "discussion_rows", "event_rows", "change_rows", "news_rows")


class Counts(NamedTuple):
    """What somebody who posts or reacts changes in a row, as its page tells it."""

    comments: int
    respondents: int
    responses: int


class Surroundings(NamedTuple):
    """As the database has it now. `row` is the same for everybody; the rest is the viewer's."""

    row: tuple[Hashable, ...]
    is_followed: bool
    viewers_row: str

    def participant(self, discussion: Discussion, viewer: Member) -> Participant:
        """The viewer as readers of this consultation know them, or would; stored or not."""
        consultation = discussion.consultation
        if not self.viewers_row:
            return Participant(consultation=consultation, member=viewer)
        values = json.loads(self.viewers_row)
        found = _PARTICIPANT.made([values[name] for name in _PARTICIPANT.names])
        found.consultation, found.member = consultation, viewer
        return found


def surroundings(consultation: str, slug: str, viewer: Viewer) -> Surroundings | None:
    """None: there is no such discussion, or readers may not know of it."""
    values = {"consultation": consultation, "slug": slug}
    query = _published(for_member=viewer is not None)
    found = query.rows(**values, **({"viewer": viewer.pk} if viewer else {}))
    if not found:
        return None
    if viewer is None:
        return Surroundings(_hashable(found[0]), is_followed=False, viewers_row="")
    *row, is_followed, viewers_rows = found[0]
    return Surroundings(_hashable(row), is_followed, viewers_rows[0] if viewers_rows else "")


def discussion_of(row: tuple[Hashable, ...]) -> Discussion:
    found, around = _DISCUSSION.made(row), row[len(_DISCUSSION) :]
    found.consultation = _CONSULTATION.made(around)
    for name, texts in zip(_ROWS, around[len(_CONSULTATION) :], strict=True):
        assert isinstance(texts, tuple)  # noqa: S101 - for the type checker
        setattr(found, name, [json.loads(text) for text in texts])
    return found


def counts_of(row: tuple[Hashable, ...]) -> Counts:
    return Counts(*(sum(_numbers(row, columns)) for columns in _COUNTED))


def with_counts(row: tuple[Hashable, ...], counts: Counts) -> tuple[Hashable, ...]:
    """The row with these in place of its own, and as if nobody had posted yet."""
    changed = list(row)
    for place in _LAST:
        changed[place] = None
    for columns, count in zip(_COUNTED, counts, strict=True):
        for place in columns:
            changed[place] = 0
        changed[columns[0]] = count
    return tuple(changed)


def _numbers(row: tuple[Hashable, ...], columns: tuple[int, ...]) -> Iterator[int]:
    for place in columns:
        number = row[place]
        assert isinstance(number, int)  # noqa: S101 - for the type checker
        yield number


def _places(*names: str) -> tuple[int, ...]:
    return tuple((_DISCUSSION.names + _CONSULTATION.names).index(name) for name in names)


# The columns of each of the counts, whose sum it is.
_COUNTED = (
    _places("comment_count"),
    _places("consultation__respondents_here", "consultation__earlier_respondents"),
    _places("consultation__responses_here", "consultation__earlier_responses"),
)
_LAST = _places("last_posted_at", "last_comment_id")


@prepared
def _published(gaps: Gaps, *, for_member: bool) -> QuerySet[Discussion, Any]:
    found = (
        Discussion.objects.published()
        .with_surroundings()
        .filter(consultation__slug=gaps.text("consultation"), slug=gaps.text("slug"))
    )
    viewers = _of_viewer(gaps.number("viewer")) if for_member else {}
    rows: QuerySet[Discussion, Any] = found.annotate(**viewers).values_list(
        *_DISCUSSION.names, *_CONSULTATION.names, *_ROWS, *viewers
    )
    return rows


def _of_viewer(viewer: int) -> dict[str, Any]:
    theirs = {"consultation": OuterRef("consultation"), "member": viewer}
    columns = JSONObject(**{name: name for name in _PARTICIPANT.names})
    return {
        "is_followed": Exists(Follower.objects.filter(**theirs)),
        "viewers_rows": ArraySubquery(Participant.objects.filter(**theirs).values(row=columns)),
    }


def _hashable(row: Any) -> tuple[Hashable, ...]:  # noqa: ANN401 - columns of any type
    return tuple(tuple(each) if isinstance(each, list) else each for each in row)
