"""Who a consultation has heard from, and who not: members' answers about themselves, beside London.

Once it is closed, the counts are those of accounts.about_you: nothing that tells of fewer than 10.
While people still join in, one more of them could be told by what changes. So until then only
boroughs are told, of whole fifties of members in the order in which they came, each number
rounded to the nearest 10, and made anew once a day: no change of it is the work of one person.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.core.cache import cache
from django.utils import timezone

from accounts import about_you
from accounts.about_you import QuestionCounts
from accounts.equality_questions import QUESTIONS
from discussions import london
from discussions.figures import hundredths
from discussions.models import Consultation
from discussions.responses import members_who_responded
from moderation.timeline import Phase

STEP, ROUNDED_TO = 50, 10
FAR_BELOW = 0.5  # of a group's share of London
_A_DAY = 86_400
BOROUGH, ETHNIC_GROUP = "borough", "ethnic_group"


@dataclass(frozen=True)
class Borough:
    """`people` is None where it is not shown."""

    name: str
    residents: int
    people: int | None

    @property
    def per_10_000(self) -> float | None:
        if self.people is None:
            return None
        return round(self.people / self.residents * 10_000, 2)


@dataclass(frozen=True)
class Gap:
    """A group whose share of those who answered is far below its share of London."""

    question: str
    group: str
    here: float
    in_london: float


@dataclass(frozen=True)
class Reach:
    """`members` is how many the counts are of; `is_coarse` while people still join in."""

    is_coarse: bool
    members: int
    boroughs: list[Borough]
    gaps: list[Gap]

    @property
    def shown(self) -> list[Borough]:
        found = [each for each in self.boroughs if each.people is not None]
        return sorted(found, key=lambda each: each.per_10_000 or 0, reverse=True)

    @property
    def not_shown(self) -> list[Borough]:
        return [each for each in self.boroughs if each.people is None]


def reach(consultation: Consultation, moment: datetime) -> Reach:
    if consultation.phase(moment) is Phase.CLOSED:
        members = list(members_who_responded(consultation))
        counts = about_you.counts(members)
        return Reach(False, len(members), _boroughs(_said(counts)), _gaps(counts))  # noqa: FBT003
    members_counted, said = _coarse(consultation, moment)
    boroughs = _boroughs(said)
    return Reach(True, members_counted, boroughs, _gaps_of_boroughs(said))  # noqa: FBT003


def _coarse(consultation: Consultation, moment: datetime) -> tuple[int, dict[str, int]]:
    key = f"reach:{consultation.pk}:{timezone.localdate(moment)}"
    kept: tuple[int, dict[str, int]] | None = cache.get(key)
    if kept is not None:
        return kept
    responded = consultation.participants.filter(
        contributions__gt=0, organisation="", member__isnull=False
    )
    whole = responded.count() // STEP * STEP
    ids = list(islice(responded.order_by("pk").values_list("member_id", flat=True), whole))
    said = _said(about_you.counts(ids)) if whole else {}
    rounded = {name: _rounded(people) for name, people in said.items()}
    cache.set(key, (whole, rounded), _A_DAY)
    return whole, rounded


def _rounded(people: int) -> int:
    return (people + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def _said(counts: list[QuestionCounts]) -> dict[str, int]:
    """How many live in each borough that is shown. Boroughs are stored as they are shown."""
    (boroughs,) = [each for each in counts if each.question.key == BOROUGH]
    return {each.answer: each.people for each in boroughs.counts if each.people is not None}


def _boroughs(said: dict[str, int]) -> list[Borough]:
    return [
        Borough(name, residents, said.get(name)) for name, residents in london.RESIDENTS.items()
    ]


def _gaps(counts: list[QuestionCounts]) -> list[Gap]:
    gaps = _gaps_of_boroughs(_said(counts))
    for each in counts:
        answers = [value for value, _label in each.question.choices]
        told = zip(answers, each.counts, strict=False)  # the last count is of no answer
        shown = {value: count.people for value, count in told if count.people is not None}
        labels = {value: str(label) for value, label in each.question.choices}
        text = str(each.question.text)
        answered = sum(people for value, people in shown.items() if value != "not_said")
        if each.question.key == ETHNIC_GROUP:
            gaps += _gaps_of_ethnic_groups(text, shown, answered)
        for value, people in shown.items():
            in_london = london.share(each.question.key, value)
            if in_london is not None:
                gaps += _gap(text, labels[value], people, answered, in_london)
    return gaps


def _gaps_of_boroughs(said: dict[str, int]) -> list[Gap]:
    question = next(each for each in QUESTIONS if each.key == BOROUGH)
    here = {name: people for name, people in said.items() if name in london.RESIDENTS}
    total = sum(london.RESIDENTS.values())
    gaps = []
    for name, people in here.items():
        in_london = hundredths(london.RESIDENTS[name], total)
        gaps += _gap(str(question.text), name, people, sum(here.values()), in_london)
    return gaps


def _gaps_of_ethnic_groups(question: str, shown: dict[str, int], answered: int) -> list[Gap]:
    """Of groups whose answers are all shown: the others cannot be added up."""
    gaps = []
    for name, answers, in_london in london.shares_of_ethnic_groups():
        if answers <= shown.keys():
            people = sum(shown[each] for each in answers)
            gaps += _gap(question, name, people, answered, in_london)
    return gaps


def _gap(question: str, group: str, people: int, answered: int, in_london: float) -> list[Gap]:
    here = hundredths(people, answered)
    return [Gap(question, group, here, in_london)] if here < in_london * FAR_BELOW else []
