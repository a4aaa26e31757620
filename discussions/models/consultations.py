"""What City Hall asks about: consultations, their discussions, prompts and timeline."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.counted import Counted
from discussions.models.happened import change_rows, news_rows
from discussions.models.links import LinkField
from discussions.models.participants import FORMER_MEMBER
from discussions.rich_text import RichTextField
from moderation.timeline import Phase, Window


class ConsultationQuerySet(QuerySet["Consultation"]):
    def published(self) -> "ConsultationQuerySet":
        """Those that readers may know of; a draft is nobody's business yet."""
        return self.filter(published_at__isnull=False)

    def with_surroundings(self) -> "ConsultationQuerySet":
        """With the discussions and the timeline, in the same query."""
        rows = {
            "discussion_rows": discussion_rows(OuterRef("pk"), "introduction", "comment_count"),
            "event_rows": event_rows(OuterRef("pk")),
            "change_rows": change_rows(OuterRef("pk")),
            "news_rows": news_rows(OuterRef("pk")),
        }
        # The picture's bytes are only for its own address.
        return self.select_related("image").defer("image__content").annotate(**rows)


class Consultation(Counted):
    slug = models.SlugField(unique=True)
    title = models.CharField(_("title"), max_length=200)
    owner = models.CharField(_("who asks"), max_length=80, default="MOPAC")
    summary = models.TextField(
        _("the question"),
        blank=True,
        help_text=_("What you ask, in two or three sentences. Shown on top, and in lists."),
    )
    why_now = models.TextField(
        _("why now"),
        blank=True,
        default="",
        db_default="",
        help_text=_("What is decided, when, and what people’s answers can still change."),
    )
    information = RichTextField(
        _("what people need to know"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Facts, plans and links, in plain words."),
    )
    other_ways = models.TextField(
        _("other ways to respond"),
        blank=True,
        default="",
        db_default="",
        help_text=_("By phone, on paper, at a meeting: for people who will not do it here."),
    )
    host_promise = models.CharField(
        _("what hosts promise"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Such as “MOPAC answers on Tuesdays and Thursdays”. The page keeps count."),
    )
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, help_text=_("Empty: a draft that only staff see.")
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    earlier_respondents = models.PositiveIntegerField(
        _("respondents elsewhere"),
        default=0,
        help_text=_("People who answered at meetings, on paper or in an earlier place."),
    )
    earlier_responses = models.PositiveIntegerField(_("responses elsewhere"), default=0)
    respondents_here = models.PositiveIntegerField(default=0, editable=False)
    responses_here = models.PositiveIntegerField(default=0, editable=False)
    outcome_introduction = models.TextField(_("outcome: introduction"), blank=True)
    outcome_published_at = models.DateTimeField(_("outcome published"), null=True, blank=True)
    answer_due_on = models.DateField(
        _("answer due"),
        null=True,
        blank=True,
        help_text=_("Empty: 12 weeks after it closes."),
    )
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)

    discussion_rows: list[dict[str, Any]]
    event_rows: list[dict[str, Any]]
    change_rows: list[dict[str, Any]]
    news_rows: list[dict[str, Any]]

    objects: ClassVar[Any] = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "-pk"]
        permissions = [
            ("run_consultation", _("Can publish, open, close and answer consultations")),
            ("download_in_full", _("Can download what readers do not see")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None)
                | Q(
                    opens_at__isnull=False,
                    closes_at__isnull=False,
                    opens_at__lt=F("closes_at"),
                ),
                name="consultation_published_with_dates",
                violation_error_message=_(
                    "A published consultation opens on a date and closes after it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None) | Q(outcome_published_at__isnull=False),
                name="consultation_archived_with_outcome",
                violation_error_message=_("Publish the outcome before you archive it."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("consultation", args=[self.slug])

    @property
    def window(self) -> Window:
        return Window(self.opens_at, self.closes_at, published=self.published_at is not None)

    def phase(self, at: datetime) -> Phase:
        return self.window.phase(at)

    @property
    def respondents(self) -> int:
        """How many people have responded, here and elsewhere, each counted once."""
        return self.earlier_respondents + self.respondents_here

    @property
    def responses(self) -> int:
        """How many times Londoners have responded, here and elsewhere."""
        return self.earlier_responses + self.responses_here

    def has_outcome(self, at: datetime) -> bool:
        return self.outcome_published_at is not None and self.outcome_published_at <= at


class DiscussionQuerySet(QuerySet["Discussion"]):
    def published(self) -> "DiscussionQuerySet":
        return self.filter(consultation__published_at__isnull=False)

    def with_surroundings(self) -> "DiscussionQuerySet":
        """With all that its page shows beside the comments, in the same query."""
        rows = {
            "prompt_rows": prompt_rows(OuterRef("pk")),
            "host_rows": host_rows(OuterRef("pk")),
            "discussion_rows": discussion_rows(OuterRef("consultation")),
            "event_rows": event_rows(OuterRef("consultation")),
            "change_rows": change_rows(OuterRef("consultation")),
            "news_rows": news_rows(OuterRef("consultation")),
        }
        return self.select_related("consultation").annotate(**rows)


class Discussion(Counted):
    """One conversation of a consultation."""

    class Mode(models.TextChoices):
        PUBLISH_FIRST = "publish_first", _("Comments appear right away")
        HOLD_FIRST = "hold_first", _("Comments appear once a moderator has read them")

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="discussions"
    )
    slug = models.SlugField()
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(
        _("introduction"), blank=True, help_text=_("Leave a line empty between paragraphs.")
    )
    notice = models.CharField(
        _("notice"), max_length=300, blank=True, help_text=_("Shown above the form.")
    )
    hosts = models.ManyToManyField(
        "discussions.Participant", blank=True, related_name="hosted_discussions"
    )
    opens_at = models.DateTimeField(
        _("opens"), null=True, blank=True, help_text=_("Empty: with the consultation.")
    )
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("Empty: with the consultation.")
    )
    mode = models.CharField(
        _("mode"),
        max_length=20,
        choices=Mode.choices,
        default=Mode.PUBLISH_FIRST,
        db_default=Mode.PUBLISH_FIRST,
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    last_posted_at = models.DateTimeField(null=True, editable=False)
    last_comment_id = models.BigIntegerField(
        default=0, editable=False, help_text="Ids rise in the order in which comments are posted."
    )

    prompt_rows: list[dict[str, Any]]
    host_rows: list[dict[str, Any]]
    discussion_rows: list[dict[str, Any]]
    event_rows: list[dict[str, Any]]
    change_rows: list[dict[str, Any]]
    news_rows: list[dict[str, Any]]

    objects: ClassVar[Any] = DiscussionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "slug"], name="discussion_slug_once_per_consultation"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(opens_at__lt=F("closes_at")),
                name="discussion_closes_after_it_opens",
                violation_error_message=_("A discussion closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("discussion", args=[self.consultation.slug, self.slug])

    @property
    def window(self) -> Window:
        """Its own dates where it has them, never outside the consultation's."""
        return Window(self.opens_at, self.closes_at).within(self.consultation.window)

    @property
    def holds_first(self) -> bool:
        return self.mode == self.Mode.HOLD_FIRST

    def phase(self, at: datetime) -> Phase:
        return self.window.phase(at)


class Prompt(models.Model):
    """A question of a discussion."""

    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="prompts")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("question"), max_length=300)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["discussion", "position"],
                name="prompt_position_once",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.text


class TimelineEvent(models.Model):
    """A step of a consultation. Its state follows from its dates; without any, it is stated."""

    class State(models.TextChoices):
        HAPPENED = "happened", _("Happened")
        HAPPENING = "happening", _("Happening now")
        COMING = "coming", _("Coming up")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="events")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True)
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    stated = models.CharField(
        _("state, where there is no date"), max_length=10, choices=State.choices, blank=True
    )
    link = LinkField(_("link"), blank=True, default="", db_default="")
    is_the_discussion = models.BooleanField(
        _("is the time of discussion"),
        default=False,
        help_text=_("Says how many times Londoners have responded."),
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) | Q(ends_on=None),
                name="timeline_event_ends_only_if_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False) | ~Q(stated=""),
                name="timeline_event_has_date_or_state",
                violation_error_message=_("Give a date, or say whether it has happened."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


def prompt_rows(discussion: OuterRef) -> ArraySubquery:
    """The prompts of a discussion as rows that a page shows and filters by."""
    return ArraySubquery(
        Prompt.objects.filter(discussion=discussion)
        .order_by("position")
        .values(row=JSONObject(id="pk", position="position", text="text"))
    )


def host_rows(discussion: OuterRef) -> ArraySubquery:
    """The hosts of a discussion as rows, in the order in which they were named."""
    name = Coalesce(
        NullIf("participant__name", models.Value("")),
        "participant__member__display_name",
        models.Value(FORMER_MEMBER),
    )
    return ArraySubquery(
        Discussion.hosts.through.objects.filter(discussion=discussion)
        .order_by("pk")
        .values(row=JSONObject(name=name, organisation="participant__organisation"))
    )


def discussion_rows(consultation: OuterRef, *more: str) -> ArraySubquery:
    """The discussions of a consultation as rows that a page links, with more columns of them."""
    columns = {name: name for name in ("slug", "title", *more)}
    return ArraySubquery(
        Discussion.objects.filter(consultation=consultation)
        .order_by("position", "pk")
        .values(row=JSONObject(id="pk", **columns))
    )


def event_rows(consultation: OuterRef) -> ArraySubquery:
    """The timeline of a consultation as rows; `discussions.events` gives them their states."""
    return ArraySubquery(
        TimelineEvent.objects.filter(consultation=consultation)
        .order_by("position", "pk")
        .values(
            row=JSONObject(
                title="title",
                note="note",
                link="link",
                starts_on="starts_on",
                ends_on="ends_on",
                stated="stated",
                is_the_discussion="is_the_discussion",
            )
        )
    )
