"""Telling every follower of a consultation what happened, once, by mail.

Whoever makes it happen calls `announce` in the same transaction. The worker then queues a mail for
each follower; what it says is made when it is sent, as things are then.
"""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from accounts.mail import queue_mail
from discussions.models import Announcement, Consultation, Follower, Update
from moderation.models import DateChange

MAIL_FOLLOWERS = "mail_followers"
ANNOUNCEMENT = "discussions/mail/announcement"
_AT_ONCE = 500


def announce(
    consultation: Consultation,
    kind: Announcement.Kind,
    moment: datetime,
    *,
    key: str,
    change: DateChange | None = None,
    update: Update | None = None,
) -> bool:
    """Have all followers told. False: this has been announced before."""
    announcement = Announcement(
        consultation=consultation, kind=kind, key=key, change=change, update=update, at=moment
    )
    with transaction.atomic(savepoint=False):
        Announcement.objects.bulk_create([announcement], ignore_conflicts=True)
        new = Announcement.objects.filter(
            consultation=consultation, kind=kind, key=key, at=moment, told_at=None
        ).first()
        if new is None:
            return False
        app.configure_task(MAIL_FOLLOWERS).defer(announcement_id=new.pk)
    return True


def queue_mails(announcement: Announcement, moment: datetime) -> None:
    """A mail to each follower, in steps. Again after it broke off: nobody gets a second one."""
    last = 0
    followers = Follower.objects.filter(consultation=announcement.consultation_id)
    while some := list(
        followers.filter(pk__gt=last).select_related("member").order_by("pk")[:_AT_ONCE]
    ):
        with transaction.atomic():
            for follower in some:
                thing = f"announcement:{announcement.pk}"
                queue_mail(ANNOUNCEMENT, thing=thing, member=follower.member)
        last = some[-1].pk
    Announcement.objects.filter(pk=announcement.pk).update(told_at=moment)
