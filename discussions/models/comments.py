"""What people say: comments with their versions, and reactions to them."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from discussions.models.comment_state import CommentState
from discussions.models.comment_state import Viewer as Viewer
from discussions.models.consultations import Discussion, Prompt
from discussions.models.participants import Participant
from discussions.models.search_blocks import words_and_blocks
from discussions.models.voices import Source

BODY_LENGTH = 4_000  # characters, as people are told; CRLF counts as one


def new_reference() -> str:
    return uuid.uuid4().hex[:16]


def _array(path: Sequence[int]) -> Value:
    return Value(list(path), output_field=ArrayField(models.BigIntegerField()))


def end_of(path: Sequence[int]) -> list[int]:
    """The paths of all that is below are between this path and its end."""
    return [*path[:-1], path[-1] + 1]


def _by(viewer: Member) -> Q:
    """A subquery, asked for held comments alone, rather than a join for all."""
    return Q(author__in=Participant.objects.filter(member=viewer.pk).values("pk"))


class CommentQuerySet(QuerySet["Comment"]):
    def visible_to(self, viewer: Viewer) -> "CommentQuerySet":
        """Those whose text this viewer (None: signed out) may read. The one home of that rule."""
        published = Q(status=Comment.Status.PUBLISHED)
        if viewer is None:
            return self.filter(published)
        return self.filter(published | Q(status=Comment.Status.HELD) & _by(viewer))

    def placed_for(self, viewer: Viewer) -> "CommentQuerySet":
        """Those with a place in the thread: the visible, and placeholders of the others.

        A placeholder shows none of the comment's text, nor its author. A held comment has one
        only for the sake of the replies under it.
        """
        placed = ~Q(status=Comment.Status.HELD) | Q(reply_count__gt=0)
        if viewer is None:
            return self.filter(placed)
        return self.filter(placed | _by(viewer))

    def below(self, path: Sequence[int]) -> "CommentQuerySet":
        """The replies, at any depth, to the comment that has this path. Of its discussion only."""
        return self.filter(path__gt=_array(path), path__lt=_array(end_of(path)))

    def below_outer_top(self) -> "CommentQuerySet":
        """As `below`, in a subquery: the replies to the top-level comment outside it."""
        after = Func(
            OuterRef("pk") + 1,
            template="ARRAY[%(expressions)s]",
            output_field=ArrayField(models.BigIntegerField()),
        )
        return self.filter(path__gt=OuterRef("path"), path__lt=after)

    def official(self) -> "CommentQuerySet":
        """As `is_official`: what hosts answered officially, as long as everybody can read it."""
        return self.filter(official_at__isnull=False, status=Comment.Status.PUBLISHED).exclude(
            author__organisation=""
        )


class Comment(CommentState, models.Model):
    """A comment or, with a parent, a reply. `path` is its place: the ids from the root to it."""

    discussion = models.ForeignKey(
        Discussion, on_delete=models.PROTECT, db_index=False, related_name="comments"
    )
    author = models.ForeignKey(
        Participant, on_delete=models.PROTECT, db_index=False, related_name="comments"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_index=False, related_name="replies"
    )
    prompt = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, null=True, db_index=False, related_name="comments"
    )
    path = ArrayField(models.BigIntegerField())
    status = models.CharField(
        max_length=10, choices=CommentState.Status.choices, default=CommentState.Status.PUBLISHED
    )
    body = models.TextField()
    body_html = models.TextField(help_text=_("Made from the body by discussions.markup."))
    posted_at = models.DateTimeField(help_text=_("By the database's clock."))
    edited_at = models.DateTimeField(null=True)
    form_key = models.UUIDField(
        null=True, help_text=_("Of the form it was posted with; none if it came from elsewhere.")
    )
    reference = models.CharField(
        max_length=80,
        default=new_reference,
        help_text=_("Its id in files that consultations are exchanged in."),
    )
    hidden_under = models.PositiveSmallIntegerField(
        null=True, help_text=_("The guideline under which it, or some of its words, are hidden.")
    )
    slow_until = models.DateTimeField(
        null=True, help_text=_("Of a thread, by its top: until then, replies are spaced out.")
    )
    text_key = models.BigIntegerField(
        null=True, help_text=_("The same for the same words; none of a short text.")
    )
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="comments",
        help_text=_("Where it was said, if not here."),
    )
    official_at = models.DateTimeField(
        null=True, help_text=_("Of a host's answer: since when it is the official one, and pinned.")
    )
    reply_count = models.PositiveIntegerField(
        default=0, help_text=_("Replies at any depth that have a place in the thread.")
    )
    agree_count = models.PositiveIntegerField(default=0)
    disagree_count = models.PositiveIntegerField(default=0)
    search_vector = models.GeneratedField(
        expression=SearchVector("body", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["author", "form_key"], name="comment_once_per_form_key"
            ),
            models.UniqueConstraint(
                fields=["discussion", "reference"], name="comment_once_per_reference"
            ),
            models.UniqueConstraint(fields=["discussion", "path"], name="comment_path_once"),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(prompt=None), name="comment_reply_has_no_prompt"
            ),
            models.CheckConstraint(
                condition=Q(body__length__gt=0) | ~Q(status__in=["published", "held"]),
                name="comment_shown_has_text",
            ),
            models.CheckConstraint(
                condition=Q(body__length__lte=BODY_LENGTH), name="comment_body_length"
            ),
            models.CheckConstraint(
                condition=Q(slow_until=None) | Q(parent=None), name="comment_slow_at_its_top"
            ),
        ]
        indexes = [
            # Top-level comments have their id for a path. In the order of ids, the planner may take
            # that of all comments, and read through other discussions to get to this one.
            models.Index(
                fields=["discussion", "path"], name="comment_top", condition=Q(parent=None)
            ),
            models.Index(fields=["discussion", "-id"], name="comment_latest"),
            models.Index(
                fields=["discussion", "-reply_count", "-id"],
                name="comment_most_replies",
                condition=Q(parent=None),
            ),
            models.Index(
                fields=["discussion", "-agree_count", "-id"],
                name="comment_most_agreed",
                condition=Q(parent=None),
            ),
            models.Index(
                fields=["discussion", "-agree_count", "-id"],
                name="comment_reply_most_agreed",
                condition=Q(agree_count__gt=0, parent__isnull=False),
            ),
            models.Index(
                fields=["prompt", "path"],
                name="comment_to_prompt",
                condition=Q(prompt__isnull=False),
            ),
            models.Index(
                fields=["prompt", "-reply_count", "-id"],
                name="comment_to_prompt_replies",
                condition=Q(prompt__isnull=False),
            ),
            models.Index(
                fields=["prompt", "-agree_count", "-id"],
                name="comment_to_prompt_agreed",
                condition=Q(prompt__isnull=False),
            ),
            # A list of what waits to be entered would be read through by each search.
            GinIndex(words_and_blocks(), name="comment_found", fastupdate=False),
            models.Index(
                fields=["discussion", "path"],
                name="comment_official",
                condition=Q(official_at__isnull=False),
            ),
            models.Index(
                fields=["source"], name="comment_source", condition=Q(source__isnull=False)
            ),
            models.Index(fields=["author", "-id"], name="comment_of_author"),
            models.Index(
                fields=["parent", "posted_at"],
                name="comment_answers",
                condition=Q(parent__isnull=False),
            ),
            models.Index(
                fields=["text_key"], name="comment_same_words", condition=Q(text_key__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk}"


class CommentVersion(models.Model):
    """A text that an edit replaced."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="versions")
    body = models.TextField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["replaced_at", "pk"]

    def __str__(self) -> str:
        return f"Version of comment {self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M:%S}"


class Reaction(models.Model):
    class Value(models.TextChoices):
        AGREE = "agree", _("Agree")
        DISAGREE = "disagree", _("Disagree")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reactions")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="reactions")
    value = models.CharField(max_length=10, choices=Value.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "participant"], name="reaction_once_per_participant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} with comment {self.comment_id}"


models.TextField.register_lookup(Length)
