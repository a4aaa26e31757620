"""Second factors: their secrets at rest, and whether a session was opened with one."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.sealing import seal, unseal

# Of staff, in seconds: how long since the last page, and since the second factor was shown.
IDLE_AT_MOST = 30 * 60
SESSION_AT_MOST = 12 * 60 * 60

_SEEN_AT = "staff_seen_at"
_NOTED_EVERY = 60
_KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """TOTP secrets and recovery codes are sealed in the database."""

    # "incorrect_code" is said of passkeys, too.
    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _("This cannot be done while you have a second step."),
        "cannot_delete_authenticator": _("Your account needs its second step."),
        "cannot_generate_recovery_codes": _("First set up an authenticator app or a passkey."),
        "incorrect_code": _("That did not match. Please try again."),
        "used_code": _("Each code works once. Wait for the next one."),
        "unverified_email": _("First confirm your email address with the code we sent you."),
    }

    def generate_authenticator_name(self, user: Member, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's signature
        """What a passkey is called until its owner calls it something else."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        if number == 1:
            return gettext("My passkey")
        return gettext("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Who asks, as the browser names it."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Talk London"}

    def build_totp_svg(self, url: str) -> SafeString:
        """To stand in a page, hence without the XML declaration. Made of numbers alone."""
        _declaration, _end, svg = super().build_totp_svg(url).partition("?>")
        shown: SafeString = mark_safe(svg.strip())  # noqa: S308
        return shown

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


def has_second_factor(member: Member) -> bool:
    """A passkey or an authenticator app. Recovery codes alone open nothing."""
    return _factors(member).exists()


def reauthentication_url(member: Member) -> str:
    """Where a member who is signed in shows a factor again, or for the first time."""
    is_app = _factors(member).filter(type=Authenticator.Type.TOTP).exists()
    return reverse("mfa_reauthenticate" if is_app else "mfa_reauthenticate_webauthn")


def is_in_staff_session(request: HttpRequest) -> bool:
    """Whether a factor that the member still has was shown in this very session, not too long ago.

    Notes that the session is in use. allauth itself asks for the factor when people sign in only:
    a session that began before the member had one would go on without.
    """
    shown_at = _factor_shown_at(request)
    now = time.time()
    if shown_at is None or now - shown_at > SESSION_AT_MOST:
        return False
    seen_at = max(shown_at, request.session.get(_SEEN_AT, 0.0))
    if now - seen_at > IDLE_AT_MOST:
        return False
    if now - seen_at > _NOTED_EVERY:
        request.session[_SEEN_AT] = now
    return True


def _factor_shown_at(request: HttpRequest) -> float | None:
    assert isinstance(request.user, Member)  # noqa: S101 - callers have asked
    records = [
        record
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa"
    ]
    if not records:
        return None
    last = records[-1]
    # In one query: every page of admin asks.
    owned = dict(Authenticator.objects.filter(user_id=request.user.pk).values_list("pk", "type"))
    is_complete = last.get("id") in owned and not set(owned.values()).isdisjoint(_KINDS)
    return float(last["at"]) if is_complete else None


def _factors(member: Member) -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(
        user_id=member.pk, type__in=_KINDS
    )
    return found
