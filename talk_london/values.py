"""What values of the environment have to be, and one message for all that are not."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from django.http.request import validate_host
from environs import Env, EnvValidationError, validate
from marshmallow import ValidationError

SECURITY_CONTACT = validate.Regexp(
    r"(https://|mailto:|tel:)\S+\Z", error="Give an address: https://…, mailto:… or tel:…"
)
LONG_KEY = validate.Length(min=50, error="Give at least 50 random characters.")
MANY = validate.Range(min=1)
PROXIES = validate.Range(min=0, max=5)
_HOSTS = validate.ContainsNoneOf(["*", ""], error="Name the hosts; a * lets any host in.")
_HOST_NAMES = validate.Regexp(
    r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\Z|\[[0-9A-Fa-f:]+\]\Z",
    error="Name hosts alone: no https://, no port, no spaces.",
)
_LOCAL_SITE = validate.Regexp(r"http://localhost(:\d{1,5})?\Z", error="Give http://localhost:port.")
_SITE = validate.Regexp(r"https://[A-Za-z0-9.-]+(:\d{1,5})?\Z", error="Give https://host.")


def seal(env: Env) -> None:
    """No value is read after this. Raises EnvValidationError, a line for each fault."""
    try:
        env.seal()
    except EnvValidationError as error:
        messages: dict[str, list[str]] = dict(error.error_messages)  # type: ignore[arg-type]
        lines = [f"  {name}: {' '.join(each)}" for name, each in messages.items()]
        raise EnvValidationError("\n".join(["", *lines]), error.error_messages) from None


def secret_key(value: str) -> str:
    """Random enough that nobody guesses it."""
    LONG_KEY(value)
    if len(set(value)) < 10 or value.startswith("django-insecure"):
        raise ValidationError("Give random characters.")
    return value


def encryption_keys(*, is_local: bool | None) -> Callable[[list[str]], list[str]]:
    def check(value: list[str]) -> list[str]:
        if not value:
            raise ValidationError("Give at least one key.")
        for key in value:
            LONG_KEY(key) if is_local else secret_key(key)
        return value

    return check


def database_url(value: str) -> str:
    wrong = "Give the address of a PostgreSQL database: postgresql://…"
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValidationError(wrong)
    try:
        parsed = dj_database_url.parse(value)
    except ValueError as error:
        raise ValidationError(wrong) from error
    if not parsed.get("NAME"):
        raise ValidationError("The address names no database.")
    return value


def hosts(value: list[str]) -> list[str]:
    if not value:
        raise ValidationError("Name the hosts that this service answers to.")
    _HOSTS(value)
    for each in value:
        _HOST_NAMES(each)
    return value


def site_url(allowed_hosts: list[str] | None) -> Callable[[str], str]:
    """An address that the service answers to itself."""

    def check(value: str) -> str:
        _SITE(value)
        if allowed_hosts and not validate_host(urlsplit(value).hostname or "", allowed_hosts):
            raise ValidationError("Its host is not one of ALLOWED_HOSTS.")
        return value

    return check


def local_address(value: str) -> str:
    if value:
        _LOCAL_SITE(value)
    return value


def email_address(value: str) -> str:
    if "@" not in value or not value.isprintable():
        raise ValidationError("Give an email address, or Name <address>.")
    return value


def email_url(value: str) -> str:
    wrong = "Give the address of a mail server: smtp://… or, with TLS, submission://…"
    if not value.startswith(("smtp://", "submission://")):
        raise ValidationError(wrong)
    try:
        parsed: dict[str, Any] = dj_email_url.parse(value)
    except ValueError as error:
        raise ValidationError(wrong) from error
    if not parsed["EMAIL_HOST"]:
        raise ValidationError(wrong)
    return value
