"""Telling members that City Hall's answer rests on what they said: once for each comment."""

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail import Letter, Switch, Wording, queue_mail
from accounts.mail.links import site_url, unsubscribe_url
from accounts.models import Mail, Member
from discussions.markup import excerpt
from discussions.models import Comment, OutcomePoint
from discussions.models.comments import CommentQuerySet

CITED = "discussions/mail/cited"
SWITCHED_BY = "cited"  # as links that turn it off name it
_POINTS_NAMED = 3
_QUOTED = 300  # characters


def queue_cited_mails(comments: Iterable[int]) -> None:
    """For the authors, in the transaction that publishes it. Words from elsewhere have none."""
    for comment in to_tell_of(comments).select_related("author__member").order_by("pk"):
        queue_mail(CITED, thing=f"comment:{comment.pk}", member=comment.author.member)


def to_tell_of(comments: Iterable[int]) -> CommentQuerySet:
    """Those of them that somebody wrote here, who is still here and wants to be told."""
    seen: CommentQuerySet = Comment.objects.visible_to(None)
    return seen.filter(
        pk__in=list(comments),
        author__member__is_active=True,
        author__member__wants_cited_mails=True,
    )


def cited_letter(mail: Mail) -> Letter | None:
    """As things are now: nothing if the comment was hidden, or is cited no more."""
    member = mail.member
    comment = _still_there(mail, member) if member else None
    if member is None or comment is None or not _wants_mails(member):
        return None
    consultation = comment.discussion.consultation
    points = list(OutcomePoint.objects.filter(citations__comment=comment)[:_POINTS_NAMED])
    if not points or not consultation.has_outcome(timezone.now()):
        return None
    url = unsubscribe_url(member, SWITCHED_BY)
    address = f"{site_url()}{consultation.get_absolute_url()}"
    known = {
        "consultation": consultation,
        "points": [(excerpt(each.heard, _QUOTED), f"{address}#point-{each.pk}") for each in points],
        "comment_link": f"{site_url()}{comment.get_absolute_url()}",
        "unsubscribe_url": url,
    }
    text = render_to_string(f"{CITED}_message.txt", known)
    return Letter(_("City Hall’s answer rests on your comment"), text, url)


def _still_there(mail: Mail, member: Member) -> Comment | None:
    found: Comment | None = (
        Comment.objects.visible_to(None)
        .filter(
            pk=mail.thing.removeprefix("comment:"),
            author__member=member,
            discussion__consultation__published_at__isnull=False,
        )
        .select_related("discussion__consultation")
        .defer("search_vector", "body", "body_html")
        .first()
    )
    return found


def _wants_mails(member: Member) -> bool:
    return member.is_active and member.wants_cited_mails


def _turn_off(member_id: int, _thing: str) -> None:
    Member.objects.filter(pk=member_id).update(wants_cited_mails=False)


def _wording(_thing: str) -> Wording:
    return Wording(
        question=_("Stop emails about your comments in City Hall’s answers?"),
        what_stops=_(
            "You will get no more emails when City Hall’s answer rests on what you said. "
            "You can turn them on again in your account."
        ),
        title_when_done=_("No more emails about your comments in City Hall’s answers"),
        told_when_done=_("Done. We will not email you about this any more."),
    )


SWITCH = Switch(_turn_off, _wording)
