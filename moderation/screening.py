"""What a text needs before it is shown: text in, findings out. Pure: it asks nothing of anybody.

It rejects nothing, and a viewpoint is no finding. What it finds is shown to the writer, or to a
moderator, who decides.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.checks import contacts, numbers, plates
from moderation.checks.addresses import addresses
from moderation.checks.incidents import incidents
from moderation.checks.live_cases import live_cases as names_of
from moderation.checks.reading import Mark, Reading
from moderation.checks.slurs import slurs
from moderation.checks.threats import threats


class Advice(StrEnum):
    """What to do about a finding: ask the writer first, hold the text for a person, or note it."""

    ASK = "ask"
    HOLD = "hold"
    NOTE = "note"


class Kind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    NATIONAL_INSURANCE = "national_insurance"
    NHS_NUMBER = "nhs_number"
    CARD = "card"
    NUMBER_PLATE = "number_plate"
    COLLAR_NUMBER = "collar_number"
    INCIDENT = "incident"
    LIVE_CASE = "live_case"
    THREAT = "threat"
    SLUR = "slur"
    REPEATED = "repeated"

    @property
    def label(self) -> str | Promise:
        """As the writer and the moderator read it."""
        return _LABELS[self]

    @property
    def advice(self) -> Advice:
        return _ADVICE.get(self, Advice.ASK)

    @property
    def guideline(self) -> int:
        """The number of the guideline that it is about."""
        return _GUIDELINES.get(self, 3)


_LABELS = {
    Kind.PHONE: _("a phone number"),
    Kind.EMAIL: _("an email address"),
    Kind.ADDRESS: _("an address"),
    Kind.NATIONAL_INSURANCE: _("a National Insurance number"),
    Kind.NHS_NUMBER: _("an NHS number"),
    Kind.CARD: _("a card number"),
    Kind.NUMBER_PLATE: _("a number plate"),
    Kind.COLLAR_NUMBER: _("an officer’s shoulder number"),
    Kind.INCIDENT: _("a crime, or somebody in danger"),
    Kind.LIVE_CASE: _("a live court case"),
    Kind.THREAT: _("a threat"),
    Kind.SLUR: _("a word that attacks people for who they are"),
    Kind.REPEATED: _("a text that was posted before"),
}
_ADVICE = {
    Kind.LIVE_CASE: Advice.HOLD,
    Kind.THREAT: Advice.HOLD,
    Kind.SLUR: Advice.HOLD,
    Kind.REPEATED: Advice.NOTE,
}
_GUIDELINES = {
    Kind.INCIDENT: 4,
    Kind.LIVE_CASE: 5,
    Kind.THREAT: 2,
    Kind.SLUR: 2,
    Kind.REPEATED: 7,
}


@dataclass(frozen=True)
class Finding:
    """Something in a text, from `start` up to, not including, `end` (characters).

    `tier` is 1 for what cannot wait, such as a threat to somebody's life, 2 for the rest.
    """

    kind: Kind
    start: int
    end: int
    tier: int = 2


class Looked:
    """A text that was looked at, for all but the live cases: they are known under a lock only, and
    nobody should wait for the rest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._reading = Reading(text)
        self._marks = [(kind, mark) for kind, check in _CHECKS for mark in check(self._reading)]

    def findings(self, live_cases: Sequence[str] = ()) -> list[Finding]:
        """In the order of the text; of each other's words, the graver one alone.

        `live_cases` are the names that staff listed for this day. REPEATED is found by
        discussions.posting, which knows what was posted before.
        """
        marks = self._marks
        if live_cases:
            named = names_of(self._reading, live_cases)
            marks = [*marks, *((Kind.LIVE_CASE, mark) for mark in named)]
        span = self._reading.span
        return _without_overlaps(
            [Finding(kind, *span(mark.start, mark.end), mark.tier) for kind, mark in marks]
        )


def screen(text: str, live_cases: Sequence[str] = ()) -> list[Finding]:
    return Looked(text).findings(live_cases)


_CHECKS: tuple[tuple[Kind, Callable[[Reading], Iterable[Mark]]], ...] = (
    (Kind.PHONE, contacts.phones),
    (Kind.EMAIL, contacts.emails),
    (Kind.ADDRESS, addresses),
    (Kind.NATIONAL_INSURANCE, numbers.national_insurance),
    (Kind.NHS_NUMBER, numbers.nhs_numbers),
    (Kind.CARD, numbers.cards),
    (Kind.NUMBER_PLATE, plates.number_plates),
    (Kind.COLLAR_NUMBER, plates.collar_numbers),
    (Kind.INCIDENT, incidents),
    (Kind.THREAT, threats),
    (Kind.SLUR, slurs),
)


def _without_overlaps(findings: list[Finding]) -> list[Finding]:
    kept: list[tuple[int, int, Finding]] = []
    for finding in sorted(findings, key=_gravity):
        at = bisect(kept, (finding.start,))
        is_free = at == 0 or kept[at - 1][1] <= finding.start
        if is_free and (at == len(kept) or finding.end <= kept[at][0]):
            kept.insert(at, (finding.start, finding.end, finding))
    return [finding for _start, _end, finding in kept]


def _gravity(finding: Finding) -> tuple[int, bool, int, int]:
    is_asked = finding.kind.advice is not Advice.HOLD
    return finding.tier, is_asked, finding.start - finding.end, finding.start
