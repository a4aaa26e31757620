"""Links in mails, which are made without a request that would tell where the site stands."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.mail.switches import Switch, switch_of
from accounts.models import Member

# Where bin/serve serves unless it is told otherwise; it tells its address (see settings).
_LOCAL_SITE_URL = "http://localhost:8000"
_signer = signing.Signer(salt="accounts.unsubscribe")


class BrokenLinkError(Exception):
    """Nobody was sent this link, or not all of it arrived."""


def site_url() -> str:
    return settings.SITE_URL or _LOCAL_SITE_URL


@dataclass(frozen=True)
class Opened:
    """What a link says: whose it is, and what it turns off."""

    member_id: int
    thing: str
    switch: Switch


def unsubscribe_url(member: Member, kind: str, thing: str = "") -> str:
    """Works without signing in, and for as long as the account is there."""
    token = _signer.sign_object([member.pk, kind, thing] if thing else [member.pk, kind])
    return f"{site_url()}{reverse('unsubscribe', args=[token])}"


def unsubscribe(token: str) -> Opened:
    """Turn off what the link is about. Again: nothing more happens. Raises BrokenLinkError."""
    link = opened(token)
    link.switch.turn_off(link.member_id, link.thing)
    return link


def opened(token: str) -> Opened:
    """Raises BrokenLinkError."""
    try:
        member_id, kind, *things = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise BrokenLinkError from error
    switch = switch_of(kind)
    if switch is None:
        raise BrokenLinkError
    return Opened(member_id, "".join(things), switch)
