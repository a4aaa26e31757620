"""Telling members that somebody replied to them."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.mail import Letter, Switch, Wording, queue_mail
from accounts.mail.links import site_url, unsubscribe_url
from accounts.models import Mail, Member
from discussions.markup import excerpt
from discussions.models import Comment

REPLY = "reply"
QUOTED = 300  # characters


def queue_reply_mail(reply: Comment, parent: Comment | None) -> None:
    """For the author of the parent, if they want it. In the transaction that publishes the reply.

    The parent's author and member have been fetched with it.
    """
    member = parent.author.member if parent else None
    if member is None or not reply.is_published or member.pk == reply.author.member_id:
        return
    if _wants_mails(member):
        queue_mail(REPLY, thing=f"comment:{reply.pk}", member=member)


def reply_letter(mail: Mail) -> Letter | None:
    """As things are now: nothing if the reply or what it answers was hidden meanwhile."""
    member = mail.member
    reply = _still_there(mail, member) if member else None
    if member is None or reply is None or not _wants_mails(member):
        return None
    url = unsubscribe_url(member, REPLY)
    known = {
        "reply": reply,
        "quoted": excerpt(reply.body, QUOTED),
        "link": f"{site_url()}{reply.get_absolute_url()}",
        "unsubscribe_url": url,
    }
    subject = _("%(name)s replied to you") % {"name": reply.author.shown_name}
    return Letter(subject, render_to_string("discussions/mail/reply_message.txt", known), url)


def _turn_off(member_id: int, _thing: str) -> None:
    Member.objects.filter(pk=member_id).update(wants_reply_mails=False)


def _wording(_thing: str) -> Wording:
    return Wording(
        question=_("Stop emails about replies?"),
        what_stops=_(
            "You will get no more emails when somebody replies to you. "
            "You can turn them on again in your account."
        ),
        title_when_done=_("No more emails about replies"),
        told_when_done=_("Done. We will not email you about replies any more."),
    )


SWITCH = Switch(_turn_off, _wording)


def _still_there(mail: Mail, member: Member) -> Comment | None:
    seen = Comment.objects.visible_to(member)
    reply: Comment | None = (
        seen.filter(
            pk=mail.thing.removeprefix("comment:"),
            status=Comment.Status.PUBLISHED,
            discussion__consultation__published_at__isnull=False,
            parent__in=seen.filter(author__member=member),
        )
        .select_related("author__member", "discussion")
        .defer("search_vector")
        .first()
    )
    return reply


def _wants_mails(member: Member) -> bool:
    return member.is_active and member.wants_reply_mails
