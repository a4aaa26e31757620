"""Opening, closing, extending, reopening and moving a consultation: each one transaction.

The consultation is locked first, as whoever writes in it does, and the moment comes from the
database's clock after that: whoever posted before has committed, whoever posts later is refused.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TypeGuard

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.characters import shows_something
from accounts.models import Member
from discussions.announcing import announce
from discussions.models import Announcement, Consultation, Discussion
from discussions.posting import database_moment, lock
from discussions.records import queue_record
from moderation.elections import check_not_frozen
from moderation.models import DATE_REASON_LENGTH, DateChange
from moderation.timeline import (
    DatesRefusedError,
    Verb,
    Window,
    changed,
    possible_verbs,
    rescheduled,
)

ANSWER_WITHIN = timedelta(weeks=12)
TELL_FOR = timedelta(days=2)  # an opening or a closing that is older is no news
_Told = Announcement.Kind


def open_now(consultation: Consultation, staff: Member, reason: str) -> DateChange:
    """Raises DatesRefusedError or FrozenError, as all of these do."""
    return _change(consultation, Verb.OPEN_NOW, staff, reason)


def close_now(consultation: Consultation, staff: Member, reason: str) -> DateChange:
    """Also in an election period."""
    return _change(consultation, Verb.CLOSE_NOW, staff, reason)


def extend(
    consultation: Consultation, staff: Member, reason: str, closes_at: datetime
) -> DateChange:
    return _change(consultation, Verb.EXTEND, staff, reason, closes_at=closes_at)


def move(
    consultation: Consultation,
    staff: Member,
    reason: str,
    opens_at: datetime,
    closes_at: datetime,
) -> DateChange:
    return _change(consultation, Verb.MOVE, staff, reason, opens_at=opens_at, closes_at=closes_at)


def reopen(
    consultation: Consultation,
    staff: Member,
    reason: str,
    closes_at: datetime,
    *,
    confirmed_by: Member,
) -> DateChange:
    """Asked for by one and confirmed by another (discussions.proposals)."""
    return _change(
        consultation, Verb.REOPEN, staff, reason, closes_at=closes_at, confirmed_by=confirmed_by
    )


def set_own_dates(
    discussion: Discussion,
    staff: Member,
    reason: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> DateChange:
    """Of one discussion; None: with the consultation. Raises DatesRefusedError or FrozenError."""
    reason = _checked(reason)
    with transaction.atomic():
        locked = lock(discussion.pk)
        consultation, moment = locked.consultation, database_moment()
        _check_not_archived(consultation)
        check_not_frozen(moment)
        before = Window(locked.opens_at, locked.closes_at)
        wanted = Window(opens_at, closes_at)
        after = rescheduled(before, consultation.window, moment, wanted)
        locked.opens_at, locked.closes_at = after.opens_at, after.closes_at
        locked.save(update_fields=["opens_at", "closes_at"])
        change = _noted(consultation, Verb.MOVE, before, after, staff, reason, moment, locked)
        _tell_of_change(consultation, Verb.MOVE, change, moment)
    return change


def possible_changes(consultation: Consultation, moment: datetime) -> tuple[Verb, ...]:
    """What can be done to its dates now: draws the forms; the verbs ask again."""
    if consultation.archived_at is not None:
        return ()
    return possible_verbs(consultation.window, moment)


def check_possible(
    consultation: Consultation,
    verb: Verb,
    moment: datetime,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Window:
    """What the dates would be. Raises DatesRefusedError or FrozenError."""
    _check_not_archived(consultation)
    if verb is not Verb.CLOSE_NOW:
        check_not_frozen(moment)
    return changed(consultation.window, verb, moment, opens_at=opens_at, closes_at=closes_at)


def lock_consultation(pk: int) -> Consultation:
    """In the caller's transaction. Before anything of it is locked (discussions.posting)."""
    locked: Consultation = Consultation.objects.select_for_update(no_key=True).get(pk=pk)
    return locked


def tell_what_happened(moment: datetime) -> None:
    """Announce what opened or closed because its time came, and have a record made of what closed.
    Again: nothing more happens."""
    since = moment - TELL_FOR
    recent = Consultation.objects.filter(archived_at=None).filter(
        Q(opens_at__gt=since, opens_at__lte=moment, published_at__lte=F("opens_at"))
        | Q(closes_at__gt=since, closes_at__lte=moment, published_at__lt=F("closes_at"))
    )
    for pk in list(recent.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            _tell_of(lock_consultation(pk), moment)


def answer_due(consultation: Consultation) -> date | None:
    """The day by which City Hall answers; None while it is not known when it closes."""
    if consultation.answer_due_on is not None:
        return consultation.answer_due_on
    if consultation.closes_at is None:
        return None
    try:
        return localdate(consultation.closes_at) + ANSWER_WITHIN
    except OverflowError:  # set before there was a limit (moderation.timeline)
        return date.max


def _change(
    consultation: Consultation,
    verb: Verb,
    staff: Member,
    reason: str,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    confirmed_by: Member | None = None,
) -> DateChange:
    reason = _checked(reason)
    with transaction.atomic():
        locked = lock_consultation(consultation.pk)
        moment = database_moment()
        before = locked.window
        after = check_possible(locked, verb, moment, opens_at=opens_at, closes_at=closes_at)
        _set_window(locked, before, after)
        change = _noted(
            locked, verb, before, after, staff, reason, moment, confirmed_by=confirmed_by
        )
        _tell_of_change(locked, verb, change, moment)
    consultation.opens_at, consultation.closes_at = after.opens_at, after.closes_at
    return change


def _noted(
    consultation: Consultation,
    verb: Verb,
    before: Window,
    after: Window,
    staff: Member,
    reason: str,
    moment: datetime,
    discussion: Discussion | None = None,
    confirmed_by: Member | None = None,
) -> DateChange:
    return DateChange.objects.create(
        consultation=consultation,
        discussion=discussion,
        kind=verb.value,
        opens_before=before.opens_at,
        closes_before=before.closes_at,
        opens_after=after.opens_at,
        closes_after=after.closes_at,
        reason=reason,
        by=staff,
        confirmed_by=confirmed_by,
        at=moment,
    )


def _check_not_archived(consultation: Consultation) -> None:
    if consultation.archived_at is not None:
        raise DatesRefusedError(_("It is archived: its dates stay as they are."))


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not shows_something(reason):
        raise DatesRefusedError(_("Say why: readers see the reason beside the new dates."))
    if len(reason) > DATE_REASON_LENGTH:
        raise DatesRefusedError(
            _("The reason has at most %(n)s characters.") % {"n": DATE_REASON_LENGTH}
        )
    return reason


def _set_window(consultation: Consultation, before: Window, after: Window) -> None:
    """Discussions that ended or began with it do so still; others keep dates of their own."""
    consultation.opens_at, consultation.closes_at = after.opens_at, after.closes_at
    consultation.save(update_fields=["opens_at", "closes_at"])
    theirs = Discussion.objects.filter(consultation=consultation)
    theirs.filter(opens_at=before.opens_at, closes_at=before.closes_at).update(
        opens_at=after.opens_at, closes_at=after.closes_at
    )
    if after.closes_at != before.closes_at:
        ended_with_it = theirs.filter(closes_at=before.closes_at)
        # One that begins later than the new end stays closed anyway.
        ended_with_it.filter(Q(opens_at=None) | Q(opens_at__lt=after.closes_at)).update(
            closes_at=after.closes_at
        )
    if after.opens_at != before.opens_at:
        began_with_it = theirs.filter(opens_at=before.opens_at)
        began_with_it.filter(Q(closes_at=None) | Q(closes_at__gt=after.opens_at)).update(
            opens_at=after.opens_at
        )


def _tell_of_change(
    consultation: Consultation, verb: Verb, change: DateChange, moment: datetime
) -> None:
    match verb:
        case Verb.EXTEND | Verb.MOVE:
            key = f"change:{change.pk}"
            announce(consultation, _Told.DATES, moment, key=key, change=change)
        case Verb.OPEN_NOW | Verb.REOPEN:
            announce(consultation, _Told.OPENED, moment, key=_key(moment), change=change)
        case Verb.CLOSE_NOW:
            announce(consultation, _Told.CLOSED, moment, key=_key(moment), change=change)
            queue_record(consultation)


def _tell_of(consultation: Consultation, moment: datetime) -> None:
    """As it is once it is locked: its dates may have been changed meanwhile."""
    published_at, window = consultation.published_at, consultation.window
    if published_at is None:
        return
    if _is_news(window.opens_at, moment) and published_at <= window.opens_at:
        _announce_once(consultation, _Told.OPENED, window.opens_at, moment)
    if _is_news(window.closes_at, moment) and published_at < window.closes_at:
        _announce_once(consultation, _Told.CLOSED, window.closes_at, moment)
        queue_record(consultation)


def _announce_once(
    consultation: Consultation, kind: Announcement.Kind, at: datetime, moment: datetime
) -> None:
    known = Announcement.objects.filter(consultation=consultation, kind=kind, key=_key(at))
    if not known.exists():
        announce(consultation, kind, moment, key=_key(at))


def _is_news(at: datetime | None, moment: datetime) -> TypeGuard[datetime]:
    return at is not None and moment - TELL_FOR < at <= moment


def _key(at: datetime) -> str:
    """The same whether staff made it happen or its time came, so that it is told once."""
    return at.astimezone(UTC).isoformat()
