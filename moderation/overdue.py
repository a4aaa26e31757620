"""Telling moderators by mail that cases of theirs are overdue."""

from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.mail import Letter, queue_mail
from accounts.mail.links import site_url
from accounts.models import Mail, Member
from moderation import cases
from moderation.models import Case

OVERDUE = "moderation/mail/overdue"
AT_MOST_EVERY = timedelta(hours=1)
# Of the same cases, while nobody decides them and no other one is added.
REMINDED_EVERY = timedelta(days=1)
_MODERATORS_AT_MOST = 1_000


def tell_of_overdue(moment: datetime) -> int:
    """To each moderator one mail about all that is overdue in their remit. How many were told."""
    found = Member.objects.filter(is_staff=True, is_active=True, remit__isnull=False)
    moderators = found.order_by("pk")[:_MODERATORS_AT_MOST]
    return sum(_tell(each, moment) for each in moderators if _may_decide(each))


def overdue_letter(mail: Mail) -> Letter | None:
    """As things are now: nothing if all have been decided meanwhile."""
    member = mail.member
    if member is None or not member.is_staff or not _may_decide(member):
        return None
    number = cases.waiting_for(member, timezone.now()).overdue
    if not number:
        return None
    known = {
        "member": member,
        "site_url": site_url(),
        "number": number,
        "link": f"{site_url()}{reverse('admin:moderation_case_changelist')}?overdue=yes",
    }
    subject = ngettext("%d case is overdue", "%d cases are overdue", number) % number
    return Letter(subject, render_to_string(f"{OVERDUE}_message.txt", known))


def _tell(moderator: Member, moment: datetime) -> bool:
    told = Mail.objects.filter(member=moderator, kind=OVERDUE).aggregate(last=Max("queued_at"))
    last = told["last"]
    if last is not None and moment - last < AT_MOST_EVERY:
        return False
    overdue = _overdue(moderator, moment)
    if last is not None and moment - last < REMINDED_EVERY:
        overdue = overdue.filter(due_at__gt=last)
    if not overdue.exists():
        return False
    thing = f"cases:{moment:%Y-%m-%dT%H:%M}"
    return queue_mail(OVERDUE, thing=thing, member=moderator, lasts=AT_MOST_EVERY) is not None


def _overdue(moderator: Member, moment: datetime) -> QuerySet[Case]:
    waiting = cases.in_remit(moderator).filter(state=Case.State.WAITING)
    return waiting.filter(due_at__lt=moment)


def _may_decide(member: Member) -> bool:
    return member.has_perm("moderation.decide_case")
