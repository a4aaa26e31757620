"""Why a comment needs a person: its case, what a check found in it, and what readers reported."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moderation.screening import Kind

EXPLANATION_LENGTH = 1_000  # characters
# No letter or digit that passes for another one when it is read out or written down.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_reference() -> str:
    """Of a report: whoever knows it may see what became of it. 60 bits, "K7QM-2XWD-9RTF"."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))


class Case(models.Model):
    """One per comment, however many reasons gather. A decided one waits again when one is added."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DECIDED = "decided", _("Decided")

    class Severity(models.IntegerChoices):
        SAFETY = 1, _("Somebody’s safety")
        SERIOUS = 2, _("Serious")
        OTHER = 3, _("Other")

    class Raiser(models.TextChoices):
        """Who or what saw first that a person is needed."""

        READER = "reader", _("a reader")
        CHECK = "check", _("an automatic check")
        STAFF = "staff", _("a moderator")
        MODE = "mode", _("the discussion, which shows comments after a check")

    comment = models.OneToOneField(
        "discussions.Comment", on_delete=models.PROTECT, related_name="case"
    )
    consultation = models.ForeignKey(
        "discussions.Consultation", on_delete=models.PROTECT, related_name="cases"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity.choices, default=Severity.OTHER
    )
    raised_by = models.CharField(_("raised by"), max_length=10, choices=Raiser.choices)
    opened_at = models.DateTimeField(_("opened"), help_text=_("Since when it waits."))
    due_at = models.DateTimeField(_("due"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("claimed by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="claimed_cases",
    )
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    revision = models.PositiveIntegerField(
        default=0,
        help_text="Rises with each decision and each change of the text: what was read is stale.",
    )

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["severity", "opened_at", "pk"]
        permissions = [
            ("decide_case", _("Can decide cases")),
            ("open_sealed_original", _("Can open a sealed original")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_at__isnull=False),
                name="case_decided_at_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["severity", "opened_at", "id"],
                name="case_queue",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["consultation", "severity", "opened_at", "id"],
                name="case_queue_of_consultation",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["due_at"], name="case_due", condition=Q(state="waiting")),
            models.Index(
                fields=["-decided_at"], name="case_decided", condition=Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"Case {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING


class CaseFinding(models.Model):
    """What a check found in the text as it stands (moderation.screening)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.label) for kind in Kind])
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    tier = models.PositiveSmallIntegerField(default=2)

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="finding_has_a_span")
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.start}–{self.end}"


class Report(models.Model):
    """A reader says that a comment goes against a guideline, or the law."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    reference = models.CharField(
        _("reference"), max_length=14, unique=True, default=new_reference, editable=False
    )
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="reports",
        help_text=_("None: signed out, or has left."),
    )
    guideline = models.PositiveSmallIntegerField(_("guideline"), null=True)
    is_illegal = models.BooleanField(_("against the law"), default=False)
    explanation = models.TextField(_("in their words"), max_length=EXPLANATION_LENGTH, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    decision = models.ForeignKey(
        "moderation.Decision",
        verbose_name=_("answered by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="reports",
    )

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["reported_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_illegal=True) | Q(guideline__isnull=False),
                name="report_says_what_is_wrong",
            ),
            models.UniqueConstraint(
                fields=["case", "reporter"],
                condition=Q(decision=None, reporter__isnull=False),
                name="report_once_per_member_while_it_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
