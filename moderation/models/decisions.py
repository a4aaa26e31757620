"""What moderators decided: about comments, about members, and about appeals."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moderation.models.cases import Case, Report

REASON_LENGTH = 2_000
WORDS_LENGTH = 2_000


def new_salt() -> str:
    """With it, nobody learns a decision's words from their digest in the log by guessing."""
    return secrets.token_hex(16)


class Verb(models.TextChoices):
    """What a moderator does to a comment."""

    APPROVE = "approve", _("Approve")
    KEEP = "keep", _("Keep")
    MASK = "mask", _("Hide the marked words")
    HIDE = "hide", _("Hide")
    RESTORE = "restore", _("Restore")


class Decision(models.Model):
    """About a comment. The database lets nobody change or withdraw one (migration 0003)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    verb = models.CharField(_("decision"), max_length=10, choices=Verb.choices)
    guideline = models.PositiveSmallIntegerField(_("guideline"), null=True, blank=True)
    guidelines_version = models.CharField(max_length=20)
    raised_by = models.CharField(_("raised by"), max_length=10, choices=Case.Raiser.choices)
    reason = models.TextField(_("reason, for the author"), max_length=REASON_LENGTH, blank=True)
    note = models.TextField(_("internal note"), max_length=REASON_LENGTH, blank=True)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("moderator"),
        on_delete=models.PROTECT,
        related_name="decisions",
    )
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    status_before = models.CharField(max_length=10)
    status_after = models.CharField(max_length=10)
    entry = models.OneToOneField(
        "moderation.LedgerEntry", on_delete=models.PROTECT, related_name="decision"
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=["hide", "mask"])
                | (Q(guideline__isnull=False) & ~Q(reason="")),
                name="decision_that_hides_has_guideline_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}, case {self.case_id}"


class SealedOriginal(models.Model):
    """The text before some of its words were hidden. Who opens it is in the log."""

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="sealed_original"
    )
    sealed = models.TextField(
        blank=True,
        help_text=_("Text and earlier texts, by accounts.sealing. Empty: its author has left."),
    )

    def __str__(self) -> str:
        return f"Original of case {self.decision.case_id}"


class Sanction(models.Model):
    """What limits a member for a time. The member carries until when (accounts.Member)."""

    class Kind(models.TextChoices):
        WARNING = "warning", _("Warn")
        SLOWED = "slowed", _("Slow down")
        SUSPENSION = "suspension", _("Suspend")

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("member"),
        on_delete=models.CASCADE,
        related_name="sanctions",
    )
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="sanctions"
    )
    guideline = models.PositiveSmallIntegerField(_("guideline"))
    guidelines_version = models.CharField(max_length=20)
    reason = models.TextField(_("reason, for the member"), max_length=REASON_LENGTH)
    note = models.TextField(_("internal note"), max_length=REASON_LENGTH, blank=True)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("moderator"),
        on_delete=models.PROTECT,
        related_name="sanctions_given",
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, help_text=_("None: a warning."))
    ended_at = models.DateTimeField(_("ended early"), null=True)
    end_reason = models.TextField(
        _("why it ended early, for the member"), max_length=REASON_LENGTH, blank=True
    )
    end_note = models.TextField(_("internal note on that"), max_length=REASON_LENGTH, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="warning", ends_at=None)
                | (~Q(kind="warning") & Q(ends_at__gt=models.F("starts_at"))),
                name="sanction_ends",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="sanction_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Appeal(models.Model):
    """The author of a comment, a reporter or a sanctioned member asks somebody else to look again.

    About a decision or a sanction. With a report, it is the reporter's.
    """

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("It stays as it was")
        OVERTURNED = "overturned", _("It was changed")

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, related_name="appeals"
    )
    report = models.OneToOneField(
        Report, on_delete=models.PROTECT, null=True, related_name="appeal"
    )
    sanction = models.OneToOneField(
        Sanction, on_delete=models.CASCADE, null=True, related_name="appeal"
    )
    appellant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="appeals",
        help_text=_("None: signed out, or has left."),
    )
    words = models.TextField(_("in their words"), max_length=WORDS_LENGTH, blank=True)
    made_at = models.DateTimeField(_("made"))
    due_at = models.DateTimeField(_("due"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(
        _("answer, for whoever appealed"), max_length=WORDS_LENGTH, blank=True
    )
    note = models.TextField(_("internal note"), max_length=WORDS_LENGTH, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    new_decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, related_name="overturning"
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["due_at", "pk"]
        permissions = [("decide_appeal", _("Can decide appeals"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__isnull=False, sanction=None)
                | Q(decision=None, report=None, sanction__isnull=False),
                name="appeal_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None, decided_by=None)
                | (
                    ~Q(outcome="")
                    & ~Q(answer="")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="appeal_decided_in_words",
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(report=None),
                name="appeal_once_by_the_author",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="appeal_queue", condition=Q(outcome=""))
        ]

    def __str__(self) -> str:
        return f"Appeal {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.outcome == ""


class ReasonTemplate(models.Model):
    """Words that moderators begin a frequent reason with."""

    title = models.CharField(_("title"), max_length=80)
    guideline = models.PositiveSmallIntegerField(_("guideline"), null=True, blank=True)
    text = models.TextField(_("reason, for the author"), max_length=REASON_LENGTH)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reason, ready to use")
        verbose_name_plural = _("reasons, ready to use")
        ordering = ["guideline", "position", "pk"]

    def __str__(self) -> str:
        return self.title
