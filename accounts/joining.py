"""Members who began to join and have not shown that the email address is theirs.

Nobody may learn from joining whether an address is known: not from a page, not from the time it
takes, and not from whether the name that was given is free afterwards. So who joins with a known
address is stored as well, under an address that nobody has; all that follows happens to both.
Neither can sign in, nor get a new password, before the code was entered.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from accounts import leaving
from accounts.agreements import record_agreement
from accounts.models import Member
from accounts.sealing import keyed_hashes

_PENDING = "joining_member"
# RFC 2606: no mail ever gets there.
_NOWHERE = "joining.invalid"


def unconfirmed() -> QuerySet[Member]:
    """They have never been signed in, so nothing but the account itself is theirs."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return Member.objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        last_login=None,
        is_staff=False,
        participations=None,
    )


def is_unconfirmed(member: Member) -> bool:
    return unconfirmed().filter(pk=member.pk).exists()


def who_began(email: str) -> Member | None:
    """Who began to join with this address, or stands in for somebody who did."""
    email = email.lower()
    return unconfirmed().filter(email__in=[email, *_stand_ins(email)]).first()


def make_room(email: str) -> bool:
    """Whoever began to join with this address, and never confirmed it, does not keep it.

    Else anybody could take the addresses of others. True: the address is nobody's now. Others who
    join with it wait until the caller's transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [email.lower()])
    member = who_began(email)
    if member is not None:
        forget(member)
    addresses = EmailAddress.objects.filter(email__iexact=email)
    return not (Member.objects.filter(email__iexact=email) | _owners(addresses)).exists()


def forget(member: Member) -> None:
    """In the caller's transaction. Not if the code is being entered at this very moment."""
    locked = Member.objects.select_for_update().filter(pk=member.pk).first()
    if locked is not None and is_unconfirmed(locked):
        leaving.erase(locked, keeps_limits=True)


def make_stand_in(known_email: str, password: str | None, fields: dict[str, Any]) -> Member:
    """In place of the member that somebody with an unknown address would become."""
    address = _stand_ins(known_email.lower())[0]
    member = Member.objects.create_user(address, password, is_active=False, **fields)
    EmailAddress.objects.create(user=member, email=address, primary=True)
    record_agreement(member)
    return member


def note_pending(request: HttpRequest, member: Member) -> None:
    """This browser is about to join as this member, or would be if the address were not known."""
    request.session[_PENDING] = member.pk


def is_pending_no_more(request: HttpRequest) -> bool:
    """Somebody else joined with the address meanwhile, so this browser's code opens nothing.

    Until the caller's transaction ends nobody else can.
    """
    pk = request.session.get(_PENDING)
    return pk is not None and not list(Member.objects.select_for_update().filter(pk=pk))


def start_over(request: HttpRequest) -> None:
    """Forget whom this browser was about to join as, with the name that they chose."""
    for member in unconfirmed().filter(pk=request.session.pop(_PENDING, None)):
        forget(member)


def _stand_ins(email: str) -> list[str]:
    return [f"{each[:40]}@{_NOWHERE}" for each in keyed_hashes("joining", email)]


def _owners(addresses: QuerySet[EmailAddress]) -> QuerySet[Member]:
    return Member.objects.filter(pk__in=addresses.values("user_id"))
