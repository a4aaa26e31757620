"""People as they appear in one consultation."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models import DISPLAY_NAME_LENGTH
from discussions.models.counted import Counted

FORMER_MEMBER = gettext_noop("Former member")


class Participant(Counted):
    """Somebody who takes part in a consultation, under the name they have in it.

    Comments belong to participants, not to members: what one person says in two consultations
    shares no id that a reader could get, and people whose words come from elsewhere need no
    account. A participant with an organisation is a host, and the badge comes from that alone.
    """

    consultation = models.ForeignKey(
        "discussions.Consultation", on_delete=models.CASCADE, related_name="participants"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
    )
    name = models.CharField(
        _("name in this consultation"),
        max_length=DISPLAY_NAME_LENGTH,
        blank=True,
        help_text=_("Empty: the member's display name."),
    )
    organisation = models.CharField(
        _("organisation"),
        max_length=80,
        blank=True,
        help_text=_("Of a host, such as MOPAC; empty for everyone else."),
    )
    has_left = models.BooleanField(
        _("former member"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Closed their account: nothing tells any more who they were."),
    )
    asked_to_follow = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Whether they want mails about the consultation: everyone is asked once."),
    )
    contributions = models.PositiveIntegerField(
        _("contributions"),
        default=0,
        editable=False,
        help_text=_("Published comments and reactions; a respondent has at least one."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "member"], name="participant_once_per_member"
            ),
            models.UniqueConstraint(
                fields=["consultation", "name", "organisation"],
                condition=Q(member=None, has_left=False),
                name="participant_named_once_from_elsewhere",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | ~Q(name="") | Q(has_left=True),
                name="participant_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(has_left=False) | Q(member=None, name=""),
                name="participant_who_left_is_nobody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["consultation"], name="participant_host", condition=~Q(organisation="")
            )
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        # A member is asked for only where their own name is shown.
        own = self.member.display_name if not self.name and self.member else ""
        return shown_name(self.name, own, has_left=self.has_left)

    @property
    def is_host(self) -> bool:
        return self.organisation != ""


def shown_name(name: str, display_name: str, *, has_left: bool) -> str:
    """That of a participant: chosen for this consultation, or the member's own."""
    return gettext(FORMER_MEMBER) if has_left else name or display_name
