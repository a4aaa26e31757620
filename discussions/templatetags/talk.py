"""How pages put things: moments, dates, names, and comments in their threads."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Any
from zlib import crc32

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import markup, rich_text
from discussions.models import Source
from discussions.shown import ShownComment, ShownSource
from discussions.threads import Node
from moderation.timeline import Phase, Window

register = template.Library()

_HUES = 12
_MINUTES_KEPT = 512
_MINUTE, _HOUR, _DAY, _MONTH, _YEAR = 60, 3_600, 86_400, 2_629_800, 31_557_600


@register.filter
def html_of(comment: ShownComment) -> SafeString:
    """The stored HTML, which discussions.markup has made from the text."""
    return mark_safe(comment.body_html)  # noqa: S308


@register.filter
def paragraphs(text: str) -> SafeString:
    """A text by staff as paragraphs with links."""
    return mark_safe(markup.plain_html(text))  # noqa: S308 - escapes


@register.filter
def rich(source: str) -> SafeString:
    """A text by staff with headings, lists and links."""
    return rich_text.shown(source)


@register.filter
def folded_paragraphs(text: str) -> SafeString:
    """The same, with all but the first paragraph behind a switch."""
    return mark_safe(markup.body_html(text))  # noqa: S308 - escapes


@register.filter
def is_folded(html: str) -> bool:
    return markup.is_folded(html)


@register.filter
def excerpt(text: str, length: int = 160) -> str:
    return markup.excerpt(text, length)


@register.filter
def commas(number: int) -> str:
    return f"{number:,}"


@register.filter
def structured(data: dict[str, Any]) -> SafeString:
    """schema.org data for search engines: a data block, which no browser runs."""
    inert = json.dumps(data, ensure_ascii=False).translate(_NOT_IN_A_SCRIPT)
    return mark_safe(f'<script type="application/ld+json">{inert}</script>')  # noqa: S308


_NOT_IN_A_SCRIPT = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


@register.filter
def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago: the largest unit alone, as people say it."""
    return age_of(((now or timezone.now()) - moment).total_seconds())


def age_of(seconds: float) -> str:
    """As `age`, of what is so old."""
    if seconds < _MINUTE:
        return _("just now")
    unit = next(each for each in _AGES if seconds >= each)
    return _ago(unit, int(seconds // unit))


@lru_cache(maxsize=512)
def _ago(unit: int, number: int) -> str:
    return _AGES[unit](number)


_AGES: dict[int, Callable[[int], str]] = {
    _YEAR: lambda n: ngettext("%(n)s year ago", "%(n)s years ago", n) % {"n": n},
    _MONTH: lambda n: ngettext("%(n)s month ago", "%(n)s months ago", n) % {"n": n},
    _DAY: lambda n: ngettext("%(n)s day ago", "%(n)s days ago", n) % {"n": n},
    _HOUR: lambda n: ngettext("%(n)s hour ago", "%(n)s hours ago", n) % {"n": n},
    _MINUTE: lambda n: ngettext("%(n)s minute ago", "%(n)s minutes ago", n) % {"n": n},
}


@register.filter
def until(moment: datetime, now: datetime | None = None) -> str:
    """How soon: "in 9 days", "in 3 hours"."""
    seconds = int((moment - (now or timezone.now())).total_seconds())
    if seconds >= 2 * _DAY:
        days = (timezone.localdate(moment) - timezone.localdate(now)).days
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    if seconds >= _HOUR:
        hours = seconds // _HOUR
        return ngettext("in %(n)s hour", "in %(n)s hours", hours) % {"n": hours}
    minutes = max(seconds // _MINUTE, 1)
    return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}


@register.filter
def at_most(time: timedelta) -> str:
    """A span in the largest unit that is told, rounded up: "an hour", "5 hours", "2 days"."""
    hours = max(ceil(time.total_seconds() / _HOUR), 1)
    if hours == 1:
        return _("an hour")
    if hours < 24:
        return _("%(n)s hours") % {"n": hours}
    number = ceil(hours / 24)
    return ngettext("a day", "%(n)s days", number) % {"n": number}


@register.filter
def exactly(moment: datetime | None) -> str:
    """In London time: "12 February 2025, 11:59pm"; of no moment, nothing."""
    return _exactly(moment.replace(second=0, microsecond=0)) if moment else ""


@lru_cache(maxsize=_MINUTES_KEPT)
def _exactly(minute: datetime) -> str:
    local = timezone.localtime(minute)
    return f"{day(local)}, {_clock(local)}"


@register.filter
def day(when: datetime | date) -> str:
    local = timezone.localtime(when) if isinstance(when, datetime) else when
    return f"{local.day} {_month(local)} {local.year}"


@register.filter
def day_and_clock(moment: datetime) -> str:
    """As `exactly`, without a year that goes without saying."""
    local = timezone.localtime(moment)
    if local.year != timezone.localtime().year:
        return exactly(moment)
    return f"{local.day} {_month(local)}, {_clock(local)}"


@register.filter
def said(source: Source | ShownSource) -> str:
    """Where words from elsewhere come from: "Said at a meeting, Brixton Library, 12 May 2026"."""
    parts = [Source.Kind(source.kind).label, source.place, day(source.on) if source.on else ""]
    return ", ".join(str(part) for part in parts if part)


@register.filter
def days(window: Window) -> str:
    """From the first day to the last, in London: "18 December 2024 – 12 February 2025". One that
    opens and closes on the same day has that one."""
    ends = [day(each) for each in (window.opens_at, window.closes_at) if each is not None]
    return " – ".join(dict.fromkeys(ends))


@register.filter
def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


@register.filter
def phase_name(phase: Phase) -> str:
    return {
        Phase.DRAFT: _("Draft"),
        Phase.UPCOMING: _("Coming up"),
        Phase.OPEN: _("Open"),
        Phase.CLOSED: _("Closed"),
    }[phase]


@register.filter
def focused(field: BoundField) -> SafeString:
    """The field, with the focus when the page opens."""
    return field.as_widget(attrs={"autofocus": True})


@register.simple_tag
def face(name: str) -> SafeString:
    """Initials on a colour that stays with the name. Decoration: the name stands beside it."""
    words = [word for word in name.split() if word[0].isalnum()] or [name]
    initials = "".join(word[0] for word in words[:2]) if len(words) > 1 else words[0][:2]
    hue = crc32(name.casefold().encode()) % _HUES
    return format_html(
        '<span class="face face--{}" aria-hidden="true">{}</span>', hue, initials.upper()
    )


@register.filter
def nested(nodes: Sequence[Node]) -> Iterator[tuple[SafeString, Node, SafeString]]:
    """Each node with the tags that open and close its place in nested lists."""
    return ((SafeString(before), node, SafeString(after)) for before, node, after in placed(nodes))


def placed(nodes: Sequence[Node]) -> Iterator[tuple[str, Node, str]]:
    """As `nested`, for HTML that is put together elsewhere."""
    level, last = -1, len(nodes) - 1
    for index, node in enumerate(nodes):
        following = nodes[index + 1].level if index < last else -1
        opening = "<ol class=replies><li>" * (node.level - level) if node.level > level else "<li>"
        closing = (
            "" if following > node.level else "</li>" + "</ol></li>" * (node.level - following)
        )
        if following < 0:
            closing = closing.removesuffix("</li>")
        level = node.level
        yield opening, node, closing


def _clock(local: datetime) -> str:
    """Where the clock shows an hour twice, in autumn, with which of them it is."""
    shown = f"{local:%I:%M%p}".lstrip("0").lower().replace(":00", "")
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{shown} {local:%Z}" if comes_twice else shown


def _month(when: date) -> str:
    return date_format(when, "F")
