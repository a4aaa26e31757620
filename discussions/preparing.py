"""Before a consultation opens: what it still lacks, and the step from a draft to published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from discussions.models import Consultation, Discussion
from moderation import elections
from moderation.guidelines import VERSIONS, current_version
from moderation.models import DateChange, ElectionPeriod, Remit
from moderation.timeline import DatesRefusedError, check_not_far

SHORTEST = timedelta(weeks=6)
_DISCUSSIONS_AT_MOST = 200
_NAMED_AT_MOST = 5


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Item:
    """One thing to see to before a consultation is published; only what is missing keeps it."""

    key: str
    label: str | Promise
    state: State
    explanation: str | Promise


class PublishRefusedError(Exception):
    """It cannot be published yet, or has been already. Its text is a sentence for the admin."""

    def __init__(self, missing: Sequence[Item] = ()) -> None:
        labels = [str(each.label) for each in missing]
        super().__init__(
            gettext("Not published. Still missing: %s.") % get_text_list(labels, gettext("and"))
            if labels
            else gettext("It has been published already.")
        )
        self.missing = missing


def checklist(consultation: Consultation, moment: datetime) -> list[Item]:
    discussions = list(
        consultation.discussions.prefetch_related("prompts", "hosts")[:_DISCUSSIONS_AT_MOST]
    )
    return [
        _text(consultation.summary, "question", _("The question"), _QUESTION),
        _text(consultation.why_now, "why_now", _("Why now"), _WHY_NOW),
        _text(consultation.information, "information", _("Information"), _INFORMATION),
        _discussions(discussions),
        _dates(consultation, moment),
        *_election(consultation, moment),
        _hosts(discussions),
        _guidelines(consultation, moment),
        _text(consultation.other_ways, "other_ways", _("Other ways to respond"), _OTHER_WAYS),
    ]


def missing(items: Sequence[Item]) -> list[Item]:
    return [each for each in items if each.state is State.MISSING]


def publish(consultation: Consultation, staff: Member, moment: datetime) -> Consultation:
    """Readers see it from this moment on. One whose opening is past opens now.

    Raises PublishRefusedError, or moderation.elections.FrozenError.
    """
    with transaction.atomic():
        locked: Consultation = Consultation.objects.select_for_update(no_key=True).get(
            pk=consultation.pk
        )
        if locked.published_at is not None:
            raise PublishRefusedError
        elections.check_not_frozen(moment)
        lacking = missing(checklist(locked, moment))
        if lacking:
            raise PublishRefusedError(lacking)
        locked.published_at = moment
        if locked.opens_at is not None:
            locked.opens_at = max(locked.opens_at, moment)
        locked.save(update_fields=["published_at", "opens_at"])
        DateChange.objects.create(
            consultation=locked,
            kind=DateChange.Kind.PUBLISHED,
            opens_after=locked.opens_at,
            closes_after=locked.closes_at,
            reason=gettext("Announced."),
            by=staff,
            at=moment,
        )
    return locked


_Two = tuple[str | Promise, str | Promise]  # what to say when it is there, and when it is not
_QUESTION: _Two = (
    _("People can read what you ask."),
    _("Say what you ask, in two or three sentences."),
)
_WHY_NOW: _Two = (
    _("People can read why you ask now."),
    _("Say what is decided and when, and what people’s answers can still change."),
)
_INFORMATION: _Two = (
    _("People can read what they need to know."),
    _("Give the facts, plans and links that people need before they answer."),
)
_OTHER_WAYS: _Two = (
    _("People can read how else they can answer."),
    _("Say how people can answer by phone, on paper or at a meeting."),
)


def _text(text: str, key: str, label: str | Promise, sentences: _Two) -> Item:
    if text.strip():
        return Item(key, label, State.OK, sentences[0])
    return Item(key, label, State.MISSING, sentences[1])


def _discussions(discussions: Sequence[Discussion]) -> Item:
    label = _("Discussions and their prompts")
    if not discussions:
        return Item("discussions", label, State.MISSING, _("Add at least one discussion."))
    bare = [each.title for each in discussions if not each.prompts.all()]
    if bare:
        told = gettext("Add at least one prompt to %s.") % _named(bare)
        return Item("discussions", label, State.MISSING, told)
    told = ngettext(
        "There is %d discussion, with prompts.",
        "There are %d discussions, each with prompts.",
        len(discussions),
    )
    return Item("discussions", label, State.OK, told % len(discussions))


def _dates(consultation: Consultation, moment: datetime) -> Item:
    moment = consultation.published_at or moment  # of one that is published: as it was then

    def item(state: State, told: str | Promise) -> Item:
        return Item("dates", _("Dates"), state, told)

    opens_at, closes_at = consultation.opens_at, consultation.closes_at
    if opens_at is None or closes_at is None:
        return item(State.MISSING, _("Say when it opens and when it closes."))
    if closes_at <= max(opens_at, moment):
        return item(State.MISSING, _("It would be over already. Give a later day for its closing."))
    try:
        check_not_far(moment, closes_at)
    except DatesRefusedError as refusal:
        return item(State.MISSING, str(refusal))
    opens_now = opens_at <= moment
    is_short = _lasts(max(opens_at, moment), closes_at) < SHORTEST
    if opens_now and is_short:
        return item(
            State.WARNING,
            _("It opens as soon as you publish it, and runs for less than 6 weeks from now."),
        )
    if opens_now:
        return item(State.WARNING, _("Its opening is past: it opens as soon as you publish it."))
    if is_short:
        return item(
            State.WARNING,
            _("It runs for less than 6 weeks. Many people hear of it late, or need time."),
        )
    return item(State.OK, _("It runs for 6 weeks or longer."))


def _lasts(opens_at: datetime, closes_at: datetime) -> timedelta:
    """By the clocks of London: six weeks are six weeks when they change, too."""
    first, last = timezone.localtime(opens_at), timezone.localtime(closes_at)
    return last.replace(tzinfo=None) - first.replace(tzinfo=None)


def _election(consultation: Consultation, moment: datetime) -> Iterator[Item]:
    """Only where one is near: nothing is published within it, and no host answers."""
    label = _("Election period")
    now = elections.period_at(moment)
    if now is not None:
        yield Item("election", label, State.MISSING, str(elections.FrozenError(now)))
        return
    if consultation.opens_at is None or consultation.closes_at is None:
        return
    during = ElectionPeriod.objects.filter(
        starts_at__lt=consultation.closes_at, ends_at__gt=max(consultation.opens_at, moment)
    ).first()
    if during is not None:
        told = gettext("%(name)s falls within these dates: hosts may not answer until %(day)s.") % {
            "name": during.name,
            "day": elections.last_day_in_words(during),
        }
        yield Item("election", label, State.WARNING, told)


def _hosts(discussions: Sequence[Discussion]) -> Item:
    label = _("Hosts")
    alone = [each.title for each in discussions if not each.hosts.all()]
    if alone or not discussions:
        where = gettext("Name somebody who joins in at %s.") % _named(alone)
        told = where if alone else gettext("Name somebody who joins in.")
        return Item("hosts", label, State.MISSING, told)
    return Item("hosts", label, State.OK, _("Each discussion names who joins in."))


def _guidelines(consultation: Consultation, moment: datetime) -> Item:
    label = _("Guidelines, and who upholds them")
    if VERSIONS[current_version()] > timezone.localdate(moment):
        told = _("The community guidelines are not in force yet.")
        return Item("guidelines", label, State.MISSING, told)
    theirs = Remit.objects.filter(
        Q(is_everywhere=True) | Q(consultations=consultation),
        moderator__is_active=True,
        moderator__is_staff=True,
    )
    if not theirs.exists():
        told = _("No moderator has this consultation in their remit. Ask for one.")
        return Item("guidelines", label, State.MISSING, told)
    told = _("The guidelines are in force, and moderators look after it.")
    return Item("guidelines", label, State.OK, told)


def _named(titles: Sequence[str]) -> str:
    shown = [f"“{each}”" for each in titles[:_NAMED_AT_MOST]]
    more = len(titles) - len(shown)
    if more:
        shown.append(ngettext("%d more", "%d more", more) % more)
    return str(get_text_list(shown, gettext("and")))
