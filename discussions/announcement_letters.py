"""What followers of a consultation are told, made when it is sent: nothing that is no longer so."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mail import Letter
from accounts.mail.links import site_url, unsubscribe_url
from accounts.models import Mail
from discussions.dates import answer_due
from discussions.following import NEWS
from discussions.markup import excerpt
from discussions.models import Announcement, Consultation
from discussions.rich_text import as_text
from discussions.templatetags.talk import exactly
from moderation.models import DateChange
from moderation.timeline import Phase

_TITLE = 120  # characters of a title in a subject line
_BEGINNING = 400  # characters
_Kind = Announcement.Kind


@dataclass(frozen=True)
class _Told:
    """A subject, and what the template `announcement_<kind>.txt` knows beside the usual."""

    subject: str
    anchor: str = ""
    known: dict[str, Any] = field(default_factory=dict)


def announcement_letter(mail: Mail) -> Letter | None:
    """None: who it is for does not follow any more, or it is not so any more."""
    member, announcement = mail.member, _announcement(mail)
    if member is None or not member.is_active or announcement is None:
        return None
    told = _TELL[_Kind(announcement.kind)](announcement, timezone.now())
    if told is None:
        return None
    consultation = announcement.consultation
    url = unsubscribe_url(member, NEWS, str(consultation.pk))
    known = {
        "consultation": consultation,
        "announcement": announcement,
        "link": f"{site_url()}{consultation.get_absolute_url()}{told.anchor}",
        "unsubscribe_url": url,
        "change": announcement.change,
        **told.known,
    }
    text = render_to_string(f"discussions/mail/announcement_{announcement.kind}.txt", known)
    return Letter(told.subject, re.sub(r"\n{3,}", "\n\n", text), url)


def _announcement(mail: Mail) -> Announcement | None:
    return (
        Announcement.objects.filter(
            pk=mail.thing.removeprefix("announcement:"),
            consultation__published_at__isnull=False,
            consultation__followers__member=mail.member_id,
        )
        .select_related("consultation", "change__discussion", "update")
        .first()
    )


def _opened(announcement: Announcement, now: datetime) -> _Told | None:
    consultation = announcement.consultation
    if consultation.phase(now) is not Phase.OPEN:
        return None
    again = announcement.change and announcement.change.kind == DateChange.Kind.REOPENED
    subject = _("Open again: “%(title)s”") if again else _("Open now: “%(title)s”")
    return _Told(_subject(subject, consultation), known={"is_again": again})


def _closed(announcement: Announcement, now: datetime) -> _Told | None:
    consultation = announcement.consultation
    if consultation.phase(now) is not Phase.CLOSED:
        return None
    due = None if consultation.has_outcome(now) else answer_due(consultation)
    subject = _subject(_("Closed: “%(title)s”, and what happens next"), consultation)
    return _Told(subject, known={"due": due})


def _dates(announcement: Announcement, _now: datetime) -> _Told | None:
    change = announcement.change
    if change is None or _is_overtaken(change):
        return None
    subject = _subject(_("New dates: “%(title)s”"), announcement.consultation)
    return _Told(subject, known={"moves": _moves(change)})


def _update(announcement: Announcement, _now: datetime) -> _Told | None:
    update = announcement.update
    if update is None or update.published_at is None:
        return None
    known = {"update": update, "beginning": excerpt(as_text(update.text), _BEGINNING)}
    subject = _subject(_("News of “%(title)s”"), announcement.consultation)
    return _Told(subject, f"#update-{update.pk}", known)


def _outcome(announcement: Announcement, now: datetime) -> _Told | None:
    consultation = announcement.consultation
    if not consultation.has_outcome(now):
        return None
    beginning = excerpt(consultation.outcome_introduction, _BEGINNING)
    subject = _subject(_("What came of “%(title)s”"), consultation)
    return _Told(subject, "#outcome", {"beginning": beginning})


_TELL: dict[_Kind, Callable[[Announcement, datetime], _Told | None]] = {
    _Kind.OPENED: _opened,
    _Kind.CLOSED: _closed,
    _Kind.DATES: _dates,
    _Kind.UPDATE: _update,
    _Kind.OUTCOME: _outcome,
}


def _is_overtaken(change: DateChange) -> bool:
    """Whether an end that it moved was moved elsewhere since: that is told by itself."""
    later = DateChange.objects.filter(
        consultation=change.consultation_id, discussion=change.discussion_id, pk__gt=change.pk
    )
    other = Q(pk__in=())
    if change.opens_after != change.opens_before:
        other |= ~Q(opens_after=change.opens_after)
    if change.closes_after != change.closes_before:
        other |= ~Q(closes_after=change.closes_after)
    return bool(later.filter(other).exists())


def _moves(change: DateChange) -> list[str]:
    """From when to when, for each end that moved."""
    opens = _move(change.opens_before, change.opens_after, _OPENS)
    closes = _move(change.closes_before, change.closes_after, _CLOSES)
    return [*opens, *closes]


_OPENS = (gettext_lazy("Opens: %(after)s"), gettext_lazy("Opens: %(after)s (it was %(before)s)"))
_CLOSES = (
    gettext_lazy("Closes: %(after)s"),
    gettext_lazy("Closes: %(after)s (it was %(before)s)"),
)


def _move(
    before: datetime | None, after: datetime | None, said: tuple[Promise, Promise]
) -> list[str]:
    if after is None or after == before:
        return []
    new, moved = said
    if before is None:
        return [str(new) % {"after": exactly(after)}]
    return [str(moved) % {"after": exactly(after), "before": exactly(before)}]


def _subject(pattern: str, consultation: Consultation) -> str:
    return pattern % {"title": excerpt(consultation.title, _TITLE)}
