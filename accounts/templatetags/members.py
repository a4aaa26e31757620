"""How the pages of an account put things: fields, secrets to copy, browsers by name."""

import re
from typing import Any, NamedTuple

from django import template
from django.forms import BoundField
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()


class Place(NamedTuple):
    """A part of an account, as the list of them shows it."""

    name: Any
    url: str
    is_here: bool


@register.simple_tag(takes_context=True)
def account_places(context: RequestContext) -> list[Place]:
    """The parts of an account that there are, in order."""
    shown = _name_of_page(context)
    places = [
        (main, Place(name, reverse(main), shown is not None and shown.startswith((main, *others))))
        for name, main, *others in _PLACES
        if _is_there(main)
    ]
    return [place for main, place in places if place.is_here or main not in _FOR_SOME]


# The name, its main route, and what the names of the other routes begin with.
_PLACES = (
    (gettext_lazy("Overview"), "account_home"),
    (gettext_lazy("Your comments"), "account_comments", "statement"),
    (gettext_lazy("Your reports"), "account_reports"),
    (gettext_lazy("Warnings and limits"), "account_standing"),
    (gettext_lazy("Display name"), "account_name"),
    (gettext_lazy("Email address"), "account_email"),
    (gettext_lazy("Password"), "account_change_password", "account_set_password"),
    (gettext_lazy("Passkeys and second step"), "mfa_index", "mfa_"),
    (gettext_lazy("Where you are signed in"), "usersessions_list"),
    (gettext_lazy("Emails from us"), "account_notifications"),
    (gettext_lazy("About you"), "account_about_you"),
    (gettext_lazy("Your data"), "account_data"),
    (gettext_lazy("Close your account"), "account_close"),
)
# Most members have nothing there. The overview leads to them.
_FOR_SOME = {"account_reports", "account_standing"}


def _name_of_page(context: RequestContext) -> str | None:
    match = getattr(context.get("request"), "resolver_match", None)
    return match.url_name if match else None


def _is_there(route: str) -> bool:
    try:
        reverse(route)
    except NoReverseMatch:
        return False
    return True


@register.simple_tag
def write_in(
    field: BoundField, hint: str = "", *, is_code: bool = False, is_digits: bool = False
) -> SafeString:
    """The box of a field, tied to its hint and to what is wrong; the latter has the focus.

    allauth's placeholders repeat the label, so there are none.
    """
    field.help_text = ""  # Django would say that it describes the box, and it is not there
    described = [f"{field.auto_id}_{part}" for part in _described_by(field, hint)]
    return field.as_widget(
        attrs={
            "placeholder": False,
            "autofocus": bool(field.errors),
            "aria-describedby": " ".join(described) or False,
            "aria-invalid": "true" if field.errors else False,
        }
        | (_OF_CODES if is_code else {})
        | ({"inputmode": "numeric"} if is_digits else {})
    )


_OF_CODES = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


def _described_by(field: BoundField, hint: str) -> list[str]:
    return (["helptext"] if hint else []) + (["error"] if field.errors else [])


@register.filter
def in_fours(secret: str) -> str:
    """Easier to read and to type: "ABCD EFGH"."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@register.filter
def browser(user_agent: str) -> str:
    """As people call it: "Firefox on Windows"."""
    program = _first(_PROGRAMS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if program and system:
        return _("%(browser)s on %(system)s") % {"browser": program, "system": system}
    return program or system or _("A browser we do not know")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, user_agent)), "")


# In this order: most pretend to be some that come after them.
_PROGRAMS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPad", "iPad"),
    (r"iPhone", "iPhone"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"CrOS", "ChromeOS"),
    (r"Linux", "Linux"),
)
