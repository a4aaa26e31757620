"""Members who began to join and have not shown that the email address is theirs.

Nobody may learn from joining whether an address is known: not from a page, not from the time it
takes, and not from whether the name that was given is free afterwards. So who joins with a known
address is stored as well, under an address that nobody has; all that follows happens to both.
"""

from typing import Any

from allauth.account.models import EmailAddress
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


def make_room(email: str) -> None:
    """Whoever joined with this address before, and never confirmed it, does not keep it.

    Else anybody could take the addresses of others.
    """
    email = email.strip().lower()
    for member in unconfirmed().filter(email__in=[email, *_stand_ins(email)]):
        leaving.erase(member)


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
    """Somebody else joined with the address meanwhile, so this browser's code opens nothing."""
    pk = request.session.get(_PENDING)
    return pk is not None and not Member.objects.filter(pk=pk).exists()


def start_over(request: HttpRequest) -> None:
    """Forget whom this browser was about to join as, with the name that they chose."""
    for member in unconfirmed().filter(pk=request.session.pop(_PENDING, None)):
        leaving.erase(member)


def _stand_ins(email: str) -> list[str]:
    return [f"{each[:40]}@{_NOWHERE}" for each in keyed_hashes("joining", email)]
