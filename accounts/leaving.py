"""Closing an account: asked for, kept after all, and what of it accounts erases in the end.

What the member said in consultations is no matter of this app: discussions.leaving closes accounts
that are due, and calls `erase` last.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.about_you import erase_answers
from accounts.mail import queue_letter
from accounts.models import Closing, DataCopy, Mail, Member

GRACE = timedelta(days=7)
_LETTER = "accounts/mail/closing"


class StaffMayNotLeaveError(Exception):
    """Staff, and who was: what they did in admin stays on record, under their account."""


def start(member: Member, *, withdraws_comments: bool) -> Closing:
    """The account closes after the grace. Asked again: the choice is changed, not the date.

    Raises StaffMayNotLeaveError.
    """
    if member.is_staff or LogEntry.objects.filter(user=member).exists():
        raise StaffMayNotLeaveError
    with transaction.atomic():
        closing, is_new = Closing.objects.update_or_create(
            member=member,
            defaults={"withdraws_comments": withdraws_comments},
            create_defaults={
                "withdraws_comments": withdraws_comments,
                "due_at": timezone.now() + GRACE,
            },
        )
        if is_new:
            thing = f"closing:{closing.pk}"
            queue_letter(_LETTER, member, thing=thing, context={"closing": closing})
    return closing


def keep(member: Member) -> bool:
    """The member stays after all. False: nothing was under way."""
    erased, _by_model = Closing.objects.filter(member=member).delete()
    return erased > 0


def closing_of(member: Member) -> Closing | None:
    return Closing.objects.filter(member=member).first()


def hold_mails(member_id: int) -> None:
    """Lock a member's mails. Raises OperationalError while one of them is being sent: to wait for
    a mail server would keep everybody waiting who waits for the caller's locks."""
    mails = Mail.objects.select_for_update(nowait=True, of=("self",)).filter(member=member_id)
    list(mails.order_by("pk").values_list("pk"))


def erase(member: Member, *, keeps_limits: bool = False) -> None:
    """Everything that accounts keeps of a member, and the member.

    In the caller's transaction. What other apps keep must not refer to the member any more.
    Limits on what is tried with an address stay, for minutes, where its owner may try again.
    """
    addresses = _addresses(member)
    _end_sessions(member)
    if not keeps_limits:
        _forget_cached(member, addresses)
    _forget_mails_and_jobs(member, addresses)
    erase_answers(member)
    _forget_in_admin_log(member)
    member.delete()


def forget_in_admin_log(model: type[models.Model], ids: Iterable[int]) -> None:
    """That something was done stays in the log of admin; what it was called does not."""
    about = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=about, object_id__in=[str(pk) for pk in ids]).update(
        object_repr="", change_message=""
    )


def _addresses(member: Member) -> set[str]:
    others = EmailAddress.objects.filter(user=member).values_list("email", flat=True)
    return {member.email, *others}


def _end_sessions(member: Member) -> None:
    keys = UserSession.objects.filter(user=member).values("session_key")
    Session.objects.filter(session_key__in=keys).delete()


def _forget_cached(member: Member, addresses: set[str]) -> None:
    """Tries that are counted, and codes that were used (allauth.core.internal.ratelimit)."""
    hashes = [hashlib.sha256(address.lower().encode()).hexdigest() for address in addresses]
    ends = [f":user:{member.pk}", f":user:{member.pk}:lock"]
    patterns = [
        *(f"%{_plain(end)}" for end in ends),
        *(f"%{each}%" for each in hashes),
        f"%?user={member.pk}&code=%",
    ]
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE cache_key LIKE ANY (%s)", [patterns])  # noqa: S608 - our own table


def _plain(text: str) -> str:
    return text.replace("%", r"\%").replace("_", r"\_")


_JOBS_ABOUT = """
DELETE FROM procrastinate_jobs
 WHERE status <> 'doing'
   AND ((args ->> 'mail_id')::bigint = ANY (%(mails)s)
     OR (args ->> 'copy_id')::bigint = ANY (%(copies)s))
"""


def _forget_mails_and_jobs(member: Member, addresses: set[str]) -> None:
    """A worker in the middle of a job finds that what it is about is gone."""
    wrong_case = Q()
    for address in addresses:
        wrong_case |= Q(address__iexact=address)
    mails = Mail.objects.filter(Q(member=member) | wrong_case)
    about = {
        "mails": list(mails.values_list("pk", flat=True)),
        "copies": list(DataCopy.objects.filter(member=member).values_list("pk", flat=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_JOBS_ABOUT, about)
    mails.delete()


def _forget_in_admin_log(member: Member) -> None:
    """About the member and about every row that goes with them."""
    forget_in_admin_log(Member, [member.pk])
    for relation in Member._meta.related_objects:
        model = relation.related_model
        if relation.on_delete is models.CASCADE and model is not LogEntry:
            assert not isinstance(model, str)  # noqa: S101 - for the type checker
            rows = model._base_manager.filter(**{relation.field.name: member})
            forget_in_admin_log(model, rows.values_list("pk", flat=True))
