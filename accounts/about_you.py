"""Equality questions: optional, stored apart from the account, and shown as counts only.

The row of a member is named by a keyed hash, so that nobody who reads the table can tell whose
answers they are. Answers are taken back by erasing the row.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.equality_questions import QUESTIONS, Question
from accounts.models import AboutYou, Member
from accounts.sealing import keyed_hashes

LEAST_SHOWN = 10
_PURPOSE = "about you"
_AT_ONCE = 1_000

Answers = dict[str, str]


@dataclass(frozen=True)
class Count:
    """How many gave an answer; None where it is not shown."""

    answer: str
    people: int | None


@dataclass(frozen=True)
class QuestionCounts:
    question: Question
    counts: list[Count]

    @property
    def shown(self) -> list[Count]:
        return [count for count in self.counts if count.people is not None]

    @property
    def hides_some(self) -> bool:
        return len(self.shown) < len(self.counts)


def answers_of(member: Member) -> Answers:
    row = AboutYou.objects.filter(owner__in=_owners(member.pk)).first()
    return dict(row.answers) if row else {}


def store_answers(member: Member, answers: Answers) -> None:
    """Keep these in place of earlier ones. The member has consented to it; none: all is erased."""
    with transaction.atomic():
        erase_answers(member)
        if answers:
            AboutYou.objects.create(
                owner=_owners(member.pk)[0],
                consented_on=timezone.localdate(),
                answers=answers,
            )


def erase_answers(member: Member) -> None:
    AboutYou.objects.filter(owner__in=_owners(member.pk)).delete()


def counts(member_ids: Iterable[int]) -> list[QuestionCounts]:
    """How many of these members gave each answer, with nothing that tells of fewer than 10.

    "No answer" counts as one, because how many people there are is no secret: what they did not
    answer could be worked out otherwise.
    """
    tallies: dict[str, Counter[str]] = {question.key: Counter() for question in QUESTIONS}
    for answers in _answers(iter(member_ids)):
        for question in QUESTIONS:
            tallies[question.key][answers.get(question.key, "")] += 1
    return [_counts(question, tallies[question.key]) for question in QUESTIONS]


def suppressed(people: Sequence[int]) -> list[int | None]:
    """The counts that may be shown; None for the others.

    Those under 10 are not, nor can they be worked out from a known total: what is not shown is
    two counts or more, of 10 people or more, and which of them is under 10 is not told.
    """
    by_size = sorted(range(len(people)), key=lambda place: people[place])
    unseen = [place for place in by_size if people[place] < LEAST_SHOWN]
    for place in by_size[len(unseen) :]:
        is_safe = len(unseen) > 1 and sum(people[each] for each in unseen) >= LEAST_SHOWN
        if not unseen or is_safe:
            break
        unseen.append(place)
    return [None if place in unseen else number for place, number in enumerate(people)]


def _counts(question: Question, tally: Counter[str]) -> QuestionCounts:
    choices = [*question.choices, ("", _("No answer"))]
    shown = suppressed([tally[value] for value, _label in choices])
    rows = zip(choices, shown, strict=True)
    return QuestionCounts(question, [Count(str(label), n) for (_value, label), n in rows])


def _answers(member_ids: Iterator[int]) -> Iterator[Answers]:
    """What each of them said, or nothing, in no order."""
    while some := list(islice(member_ids, _AT_ONCE)):
        owners = [owner for member_id in some for owner in _owners(member_id)]
        rows = AboutYou.objects.filter(owner__in=owners).values_list("answers", flat=True)
        found = list(rows)
        yield from found
        yield from ({} for _each in range(len(some) - len(found)))


def _owners(member_id: int) -> list[str]:
    """The name of a member's row, by the present key first."""
    return keyed_hashes(_PURPOSE, str(member_id))
