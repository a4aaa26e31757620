"""Files that the worker makes of a consultation: downloads, frozen records, archives."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.consultations import Consultation


class Record(models.Model):
    """A consultation as it was when it closed, frozen: files, and a manifest of their SHA-256."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="records")
    closed_at = models.DateTimeField(_("closed"), help_text=_("The closing that it is of."))
    made_at = models.DateTimeField(_("made"), null=True)
    manifest = models.TextField(
        blank=True, help_text=_("Lines as sha256sum writes and checks them.")
    )
    manifest_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("frozen record")
        verbose_name_plural = _("frozen records")
        ordering = ["-closed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "closed_at"], name="record_once_per_closing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id}, closed {self.closed_at:%Y-%m-%d %H:%M} UTC"


class ExportFile(models.Model):
    """A file that was asked for, and how far it is. Its content stands in parts."""

    class Kind(models.TextChoices):
        COMMENTS = "comments", _("Comments")
        PEOPLE = "people", _("People who took part")
        RECORD = "record", _("Part of a frozen record")
        ARCHIVE = "archive", _("Archive")

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        JSON = "json", "JSON"
        ZIP = "zip", "ZIP"

    class Scope(models.TextChoices):
        PUBLIC = "public", _("As readers see it")
        FULL = "full", _("In full")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")
        GONE = "gone", _("No longer kept")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="files")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="files")
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    form = models.CharField(_("as"), max_length=4, choices=Form.choices)
    scope = models.CharField(max_length=6, choices=Scope.choices)
    name = models.CharField(_("file"), max_length=120)
    reason = models.CharField(
        _("reason"), max_length=500, blank=True, help_text=_("What it is needed for.")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="export_files",
        help_text=_("Nobody: it was made by itself."),
    )
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(_("made"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="public") | Q(record__isnull=False) | ~Q(reason=""),
                name="export_in_full_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return self.name


class FilePart(models.Model):
    """A stretch of a file's bytes, so that neither side ever has all of it in memory."""

    file = models.ForeignKey(ExportFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="file_part_once")]

    def __str__(self) -> str:
        return f"Part {self.number} of file {self.file_id}"


class FileTaken(models.Model):
    """That a member of staff took a file away."""

    file = models.ForeignKey(ExportFile, on_delete=models.PROTECT, related_name="taken")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(
        _("reason"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of a frozen record: what it is needed for."),
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"File {self.file_id} taken by member {self.by_id}"
