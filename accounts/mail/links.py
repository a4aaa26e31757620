"""Links in mails, which are made without a request that would tell where the site stands."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Member

# Where bin/serve serves unless it is told otherwise; it tells its address (see settings).
_LOCAL_SITE_URL = "http://localhost:8000"
_signer = signing.Signer(salt="accounts.unsubscribe")

# What each kind of mail, if it can be turned off, is turned off by.
SWITCHES = {"reply": "wants_reply_mails"}


class BrokenLinkError(Exception):
    """Nobody was sent this link, or not all of it arrived."""


def site_url() -> str:
    return settings.SITE_URL or _LOCAL_SITE_URL


def unsubscribe_url(member: Member, kind: str) -> str:
    """Works without signing in, and for as long as the account is there."""
    token = _signer.sign_object([member.pk, kind])
    return f"{site_url()}{reverse('unsubscribe', args=[token])}"


def unsubscribe(token: str) -> None:
    """Turn off the mails of one kind for one member. Again: nothing more happens."""
    pk, kind = opened(token)
    Member.objects.filter(pk=pk).update(**{SWITCHES[kind]: False})


def opened(token: str) -> tuple[int, str]:
    """The member's id and the kind of mail. Raises BrokenLinkError."""
    try:
        pk, kind = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise BrokenLinkError from error
    if kind not in SWITCHES:
        raise BrokenLinkError
    return pk, kind
