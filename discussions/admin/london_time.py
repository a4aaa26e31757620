"""Moments as staff type them: a day and a clock's time in London, kept as the exact instant."""

from datetime import UTC, date, datetime, time

from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from discussions.templatetags.talk import day as in_words


class NoSuchTimeError(ValueError):
    """The clocks jump over it. Its text is a sentence for whoever typed it."""


def london_moment(on: date, clock: time) -> datetime:
    """In UTC. Of an hour that comes twice, when the clocks go back, the first one is meant.

    Raises NoSuchTimeError.
    """
    london, typed = get_default_timezone(), datetime.combine(on, clock)
    try:
        moment = typed.replace(tzinfo=london, fold=0).astimezone(UTC)
    except OverflowError as refusal:  # at the ends of the calendar
        raise NoSuchTimeError(_("Choose another day.")) from refusal
    if moment.astimezone(london).replace(tzinfo=None) != typed:
        told = _("There is no %(clock)s on %(day)s: London’s clocks go forward over it.")
        raise NoSuchTimeError(told % {"clock": f"{clock:%H:%M}", "day": in_words(on)})
    return moment


def comes_twice(on: date, clock: time) -> bool:
    typed = datetime.combine(on, clock, get_default_timezone())
    return typed.astimezone(UTC) < typed.replace(fold=1).astimezone(UTC)
