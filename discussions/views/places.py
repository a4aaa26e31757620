"""Where somebody posts: found for this member as in `access`, but with what a post needs and not
with what a page shows."""

import json
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.http import Http404

from accounts.models import Member
from accounts.statements import Columns
from discussions.models import Comment, Consultation, Discussion
from discussions.models.consultations import prompt_rows
from discussions.prepared import Gaps, prepared

_DISCUSSION = Columns(Discussion)
_CONSULTATION = Columns(Consultation, prefix="consultation__")
_COMMENT = Columns(Comment, without="search_vector")
_PROMPTS = {"prompt_rows": prompt_rows(OuterRef("pk"))}
_ITS_DISCUSSION = Columns(Discussion, prefix="discussion__")
_ITS_CONSULTATION = Columns(Consultation, prefix="discussion__consultation__")


def discussion_to_post_in(consultation: str, slug: str) -> Discussion:
    """With its consultation and its prompts, or 404."""
    row = _discussions().row(consultation=consultation, slug=slug)
    if row is None:
        raise Http404
    found = _discussion(row)
    found.prompt_rows = [json.loads(each) for each in row[-1]]
    return found


def comment_to_act_on(pk: int, viewer: Member) -> Comment:
    """One whose text this viewer may read, with its discussion and consultation, or 404."""
    row = _comments().row(comment=pk, viewer=viewer.pk)
    if row is None:
        raise Http404
    found = _COMMENT.made(row)
    found.discussion = _discussion(row[len(_COMMENT) :])
    return found


def _discussion(row: tuple[Any, ...]) -> Discussion:
    found = _DISCUSSION.made(row)
    found.consultation = _CONSULTATION.made(row[len(_DISCUSSION) :])
    return found


@prepared
def _discussions(gaps: Gaps) -> QuerySet[Discussion, Any]:
    found: QuerySet[Discussion, Any] = (
        Discussion.objects.published()
        .annotate(**_PROMPTS)
        .filter(consultation__slug=gaps.text("consultation"), slug=gaps.text("slug"))
        .values_list(*_DISCUSSION.names, *_CONSULTATION.names, "prompt_rows")
    )
    return found


@prepared
def _comments(gaps: Gaps) -> QuerySet[Comment, Any]:
    viewer = Member(pk=gaps.number("viewer"))
    found: QuerySet[Comment, Any] = (
        Comment.objects.visible_to(viewer)
        .filter(pk=gaps.number("comment"), discussion__consultation__published_at__isnull=False)
        .values_list(*_COMMENT.names, *_ITS_DISCUSSION.names, *_ITS_CONSULTATION.names)
    )
    return found
