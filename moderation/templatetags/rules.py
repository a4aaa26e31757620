"""How pages put the guidelines, and what a member finds about themselves."""

from collections.abc import Sequence
from datetime import timedelta

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Member
from moderation import explaining, guidelines
from moderation.figures import Figures
from moderation.guidelines import Guideline
from moderation.models import Report, Sanction, Verb

register = template.Library()


@register.filter
def guideline(number: int) -> Guideline:
    return guidelines.guideline(number)


@register.filter
def under(number: int) -> str:
    """Inside a sentence: "guideline 3: No personal details, yours or anyone else’s"."""
    return explaining.under(number)


@register.simple_tag
def all_guidelines() -> Sequence[Guideline]:
    return guidelines.GUIDELINES


@register.simple_tag
def has_reports(member: Member) -> bool:
    return Report.objects.filter(reporter=member).exists()


@register.simple_tag
def has_sanctions(member: Member) -> bool:
    return Sanction.objects.filter(member=member).exists()


# As everyone reads them; moderators have shorter words.
_DECISIONS = {
    Verb.KEEP: gettext_lazy("Kept as it was"),
    Verb.APPROVE: gettext_lazy("Published after a check"),
    Verb.MASK: gettext_lazy("Some words hidden"),
    Verb.HIDE: gettext_lazy("Hidden"),
    Verb.RESTORE: gettext_lazy("Shown again"),
}
_SANCTIONS = {
    Sanction.Kind.WARNING: gettext_lazy("Warned"),
    Sanction.Kind.SLOWED: gettext_lazy("Slowed down for a time"),
    Sanction.Kind.SUSPENSION: gettext_lazy("Suspended for a time"),
}


@register.filter
def decisions(figures: Figures) -> list[tuple[str | Promise, int]]:
    return [(name, figures.decisions[verb]) for verb, name in _DECISIONS.items()]


@register.filter
def sanctions(figures: Figures) -> list[tuple[str | Promise, int]]:
    return [(name, figures.sanctions[kind]) for kind, name in _SANCTIONS.items()]


@register.filter(name="guidelines")
def by_guideline(figures: Figures) -> list[tuple[Guideline, int]]:
    return [(each, figures.by_guideline[each.number]) for each in guidelines.GUIDELINES]


@register.filter
def lasted(time: timedelta | None) -> str:
    """The two largest units: "3 hours 20 minutes"."""
    if time is None:
        return _("None yet")
    minutes = round(time.total_seconds() / 60)
    days, hours, minutes = minutes // 1_440, minutes // 60 % 24, minutes % 60
    parts = [
        ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else "",
        ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes} if minutes else "",
    ]
    return " ".join([part for part in parts if part][:2]) or _("Less than a minute")
