"""The community guidelines: their numbers and titles. What they say stands on their page.

A version is a page of its own (templates/moderation/guidelines/<version>.html), and stays. Raise
the version in accounts.agreements when the words change in substance; decisions carry theirs.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.agreements import CURRENT_VERSIONS, Document

# Each with the day from which it holds.
VERSIONS = {"1": date(2026, 11, 22)}


@dataclass(frozen=True)
class Guideline:
    """`short` says it where people write."""

    number: int
    title: str | Promise
    short: str | Promise


GUIDELINES = (
    Guideline(1, _("Treat people with respect"), _("Argue with views, not with people.")),
    Guideline(2, _("No hate, threats or harassment"), _("No hate, threats or harassment.")),
    Guideline(
        3,
        _("No personal details, yours or anyone else’s"),
        _("No names, numbers or addresses of private people. Yours neither."),
    ),
    Guideline(
        4, _("Please do not report incidents here"), _("To report a crime, call 101 or 999.")
    ),
    Guideline(
        5, _("Leave live court cases to the court"), _("Leave live court cases to the court.")
    ),
    Guideline(6, _("Stay on the question"), _("Stay on the question.")),
    Guideline(
        7,
        _("No advertising, copying or campaigns in disguise"),
        _("Use your own words. No advertising."),
    ),
    Guideline(8, _("Be yourself"), _("Any name is fine, but do not pose as somebody else.")),
    Guideline(
        9,
        _("No party politics in an election period"),
        _("No party politics before an election."),
    ),
)
_BY_NUMBER = {each.number: each for each in GUIDELINES}


def current_version() -> str:
    return CURRENT_VERSIONS[Document.GUIDELINES]


def guideline(number: int) -> Guideline:
    return _BY_NUMBER[number]


def numbered(number: int) -> str:
    """As people refer to it: "3. No personal details, yours or anyone else’s"."""
    return f"{number}. {_BY_NUMBER[number].title}"


def guideline_choices() -> list[tuple[int, str]]:
    """For forms."""
    return [(each.number, numbered(each.number)) for each in GUIDELINES]
