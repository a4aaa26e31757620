"""What was heard, what City Hall makes of it, and the comments that it rests on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models.comments import Comment
from discussions.models.consultations import Consultation
from discussions.models.links import LinkField


class OutcomePoint(models.Model):
    """One thing that was heard, and what City Hall makes of it."""

    class Verdict(models.TextChoices):
        DID = "did", _("We did this")
        WILL = "will", _("We will do this")
        WILL_NOT = "will_not", _("We will not do this")

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="outcome_points"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    heard = models.TextField(_("what we heard"))
    answer = models.TextField(_("our answer, and why"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    decision_title = models.CharField(
        _("decision"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Such as “Mayoral Decision MD3123”."),
    )
    decision_url = LinkField(
        _("where the decision can be read"), blank=True, default="", db_default=""
    )
    cites = models.ManyToManyField(
        Comment, through="discussions.Citation", related_name="cited_in", blank=True
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.heard[:80]


class Citation(models.Model):
    """A comment that a point of the outcome rests on. Its author is told."""

    point = models.ForeignKey(OutcomePoint, on_delete=models.CASCADE, related_name="citations")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="citations")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["point", "comment"], name="citation_once_per_point")
        ]

    def __str__(self) -> str:
        return f"Comment {self.comment_id} in point {self.point_id}"
