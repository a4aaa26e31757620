"""Following a consultation: a mail for each piece of news, for as long as a member wants it."""

from django.utils.translation import gettext as _

from accounts.mail import Switch, Wording
from accounts.models import Member
from accounts.statements import carried_out
from discussions.models import Consultation, Follower
from discussions.models.comments import Viewer

NEWS = "news"  # the kind of mail, as links that turn it off name it
LISTED_AT_MOST = 200
_ASK = """
UPDATE discussions_participant AS taking_part SET asked_to_follow = true
 WHERE consultation_id = %s AND member_id = %s
   AND organisation = '' AND NOT asked_to_follow
   AND NOT EXISTS (
       SELECT 1 FROM discussions_follower follower
        WHERE follower.consultation_id = taking_part.consultation_id
          AND follower.member_id = taking_part.member_id
   )
"""


def follow(consultation: Consultation, member: Member) -> None:
    """Again: nothing more happens."""
    Follower.objects.bulk_create(
        [Follower(consultation=consultation, member=member)], ignore_conflicts=True
    )


def unfollow(consultation_id: int, member_id: int) -> None:
    """Again: nothing more happens."""
    Follower.objects.filter(consultation=consultation_id, member=member_id).delete()


def is_following(consultation: Consultation, viewer: Viewer) -> bool:
    """Asks the database of members alone."""
    if viewer is None:
        return False
    return Follower.objects.filter(consultation=consultation, member=viewer).exists()


def followed_by(member: Member) -> list[Consultation]:
    """The latest first. A consultation that readers may not know of any more is left out."""
    found = Follower.objects.filter(member=member, consultation__published_at__isnull=False)
    rows = found.select_related("consultation").order_by("-pk")[:LISTED_AT_MOST]
    return [each.consultation for each in rows]


def ask_once(consultation: Consultation, member: Member) -> bool:
    """Whether to ask somebody who has just taken part if they want to follow: true once.

    Hosts take part because it is their work; whoever follows needs no question.
    """
    return carried_out(_ASK, [consultation.pk, member.pk]) > 0


def _turn_off(member_id: int, thing: str) -> None:
    unfollow(int(thing), member_id)


def _wording(thing: str) -> Wording:
    found = Consultation.objects.published().filter(pk=thing).values_list("title", flat=True)
    title = {"title": found.first() or _("this consultation")}
    return Wording(
        question=_("Stop emails about “%(title)s”?") % title,
        what_stops=_(
            "You will get no more news of this consultation. "
            "You can follow it again on its page at any time."
        ),
        title_when_done=_("No more emails about “%(title)s”") % title,
        told_when_done=_("Done. You do not follow this consultation any more."),
    )


SWITCH = Switch(_turn_off, _wording)
