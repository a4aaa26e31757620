"""What became of a comment, in words for the one who wrote it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from discussions.models import Comment, Consultation, OutcomePoint
from discussions.models.comments import CommentQuerySet


class Fate(StrEnum):
    PUBLISHED = "published"
    ANSWERED = "answered"
    HELD = "held"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"
    QUOTED = "quoted"


@dataclass(frozen=True)
class Became:
    """One thing that became of a comment; `link` leads to where it can be seen."""

    fate: Fate
    sentence: str
    link: str = ""
    link_text: str = ""


def with_what_became(comments: CommentQuerySet) -> CommentQuerySet:
    """With what `what_became_of` needs, in the same query."""
    answers = Comment.objects.filter(
        parent=OuterRef("pk"), status=Comment.Status.PUBLISHED
    ).exclude(author__organisation="")
    found: CommentQuerySet = comments.annotate(
        answer_id=Subquery(answers.order_by("pk").values("pk")[:1]),
        answered_by=Subquery(answers.order_by("pk").values("author__organisation")[:1]),
        is_linked=_is_linked_in_the_outcome(),
    )
    return found


def what_became_of(comment: Comment, moment: datetime) -> list[Became]:
    """The most telling first. The comment comes from `with_what_became`."""
    match Comment.Status(comment.status):
        case Comment.Status.HELD:
            return [_held()]
        case Comment.Status.HIDDEN:
            return [_hidden()]
        case Comment.Status.WITHDRAWN:
            return [Became(Fate.WITHDRAWN, _("You withdrew it. Nobody else can read it."))]
        case Comment.Status.PUBLISHED:
            return [*_quoted(comment, moment), *_answered(comment), _published(comment)]


def _published(comment: Comment) -> Became:
    link = comment.get_absolute_url()
    return Became(Fate.PUBLISHED, _("Published, for everyone to read."), link, _("See it"))


def _answered(comment: Comment) -> list[Became]:
    answer_id: int | None = getattr(comment, "answer_id", None)
    if answer_id is None:
        return []
    by = getattr(comment, "answered_by", "")
    sentence = _("Answered by %(organisation)s.") % {"organisation": by}
    return [
        Became(Fate.ANSWERED, sentence, reverse("comment", args=[answer_id]), _("Read the answer"))
    ]


def _quoted(comment: Comment, moment: datetime) -> list[Became]:
    consultation: Consultation = comment.discussion.consultation
    if not getattr(comment, "is_linked", False) or not consultation.has_outcome(moment):
        return []
    sentence = _("Quoted in what came of the consultation.")
    link = f"{consultation.get_absolute_url()}#outcome"
    return [Became(Fate.QUOTED, sentence, link, _("Read the outcome"))]


def _held() -> Became:
    return Became(Fate.HELD, _("It waits for a moderator. Only you can see it."))


def _hidden() -> Became:
    sentence = _(
        "A moderator has hidden it under the community guidelines. You can ask why, and say so "
        "if you think that it was wrong: the guidelines tell how."
    )
    return Became(Fate.HIDDEN, sentence, reverse("guidelines"), _("Read the guidelines"))


def _is_linked_in_the_outcome() -> Exists | Q:
    """Whether the outcome of its consultation has the comment's address in it."""
    address = Concat(
        Value("/comments/"),
        Cast(OuterRef("pk"), CharField()),
        Value("/"),
        output_field=CharField(),
    )
    points = OutcomePoint.objects.filter(
        Q(heard__contains=address) | Q(answer__contains=address),
        consultation=OuterRef("discussion__consultation"),
    )
    introduced = Consultation.objects.filter(
        pk=OuterRef("discussion__consultation"), outcome_introduction__contains=address
    )
    return Exists(points) | Exists(introduced)
