"""The demo's sign-ins: known to everyone, so made and let in on a local machine only."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings

from accounts.models import Member
from accounts.sealing import seal, unseal

EMAIL_DOMAIN = "demo.talk-london.example"
PASSWORD = "talk-london-demo"  # noqa: S105 - printed at every local start; refused elsewhere


@dataclass(frozen=True)
class SignIn:
    role: str
    email: str
    password: str
    display_name: str


def _sign_in(role: str, display_name: str) -> SignIn:
    return SignIn(role, f"{role}@{EMAIL_DOMAIN}", PASSWORD, display_name)


SIGN_INS = (
    _sign_in("member", "Canal Street Cyclist"),
    _sign_in("host", "Bronwen"),
    _sign_in("moderator", "Moderator on duty"),
    _sign_in("senior", "Senior moderator"),
    _sign_in("admin", "Consultation desk"),
    _sign_in("deputy", "Second desk"),
    _sign_in("analyst", "Analyst"),
)

_STAFF = ("moderator", "senior", "admin", "deputy", "analyst")


class NotLocalError(RuntimeError):
    """Demo sign-ins were asked for outside local use."""


def make_sign_ins() -> dict[str, Member]:
    """The demo's members by role, made where missing.

    Raises NotLocalError outside local use.
    """
    if not settings.LOCAL:
        raise NotLocalError("The demo's sign-ins are made on a local machine only.")
    return {each.role: _member(each) for each in SIGN_INS}


def second_step_codes() -> Iterator[tuple[str, str]]:
    """What an authenticator app of the demo's staff would show at this moment, by role.

    Raises NotLocalError outside local use.
    """
    if not settings.LOCAL:
        raise NotLocalError("The demo's codes are shown on a local machine only.")
    counter = list(totp.yield_hotp_counters_from_time())[settings.MFA_TOTP_TOLERANCE]
    roles = {sign_in.email: sign_in.role for sign_in in SIGN_INS}
    factors = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__email__in=roles)
    for factor in factors.select_related("user").order_by("user__pk"):
        value = totp.hotp_value(unseal(factor.data["secret"]), counter)
        yield roles[factor.user.email], totp.format_hotp_value(value)


def _member(sign_in: SignIn) -> Member:
    member = Member.objects.filter(email=sign_in.email).first() or _new_member(sign_in)
    factors = Authenticator.objects.filter(user_id=member.pk, type=Authenticator.Type.TOTP)
    if member.is_staff and not factors.exists():
        secret = seal(totp.generate_totp_secret())
        Authenticator.objects.create(
            user=member, type=Authenticator.Type.TOTP, data={"secret": secret}
        )
    return member


def _new_member(sign_in: SignIn) -> Member:
    member = Member.objects.create_user(
        sign_in.email,
        sign_in.password,
        display_name=sign_in.display_name,
        declared_16_or_over=True,
        is_staff=sign_in.role in _STAFF,
        is_superuser=sign_in.role == "admin",
    )
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member
