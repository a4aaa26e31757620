"""What screening means for a comment: its writer is asked, a person is asked, or neither."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from accounts.statements import one_row
from discussions.models import Comment, Discussion, Participant
from moderation import cases
from moderation.models import Case
from moderation.screening import Advice, Finding, Kind, Looked, screen

_LIVE_CASES = """
        SELECT name FROM moderation_livecase
         WHERE starts_on <= {day} AND (ends_on IS NULL OR ends_on >= {day})
         ORDER BY name LIMIT 500"""
_WORTH_COMPARING = 40  # letters and digits: many people say "I agree"
_SIGN_BIT = 1 << 63


class AskFirstError(Exception):
    """The writer has not been asked yet about what was found in their text."""

    def __init__(self, body: str, findings: Sequence[Finding]) -> None:
        super().__init__(len(findings))
        self.body = body
        self.findings = findings


class Background(NamedTuple):
    """What screening goes by besides the text: the names that no text is published with on this
    day, and whether somebody, the writer or another, has said these words in this consultation."""

    live_cases: list[str]
    was_said: bool


_LIVE_ON = f"SELECT ARRAY({_LIVE_CASES.format(day='%(day)s')})"
# The columns of Background, in a statement that asks for more as well. By the database's clock.
BACKGROUND = f"""
    ARRAY({_LIVE_CASES.format(day="(clock_timestamp() AT TIME ZONE %(time_zone)s)::date")}),
    EXISTS(
        SELECT 1
          FROM discussions_comment said
          JOIN discussions_discussion there ON there.id = said.discussion_id
         WHERE said.text_key = %(text_key)s AND there.consultation_id = %(consultation)s
           AND said.status <> 'withdrawn' AND said.id IS DISTINCT FROM %(except_for)s
    )"""  # noqa: S608 - of constants alone


def asked_with(
    discussion: Discussion, body: str, except_for: int | None = None
) -> dict[str, str | int | None]:
    """The values in BACKGROUND, of a text that is to stand in this discussion."""
    return {
        "time_zone": settings.TIME_ZONE,
        "text_key": text_key(body),
        "consultation": discussion.consultation_id,
        "except_for": except_for,
    }


def screened(
    looked: Looked, author: Participant, confirmed: frozenset[str], background: Background
) -> list[Finding]:
    """The findings. Raises AskFirstError unless the writer confirmed (`mark`) each asked one.

    Hosts are asked, too, but answer for themselves: what they post needs nobody else.
    """
    body = looked.text
    found = looked.findings(background.live_cases)
    asked = [each for each in found if each.kind.advice is Advice.ASK]
    if any(mark(each, body) not in confirmed for each in asked):
        raise AskFirstError(body, asked)
    if author.is_host:
        return []
    if background.was_said:
        found.append(Finding(Kind.REPEATED, 0, len(body)))
    return found


def background_of(discussion: Discussion, body: str) -> Background:
    row = one_row(f"SELECT {BACKGROUND}", asked_with(discussion, body))
    assert row is not None  # noqa: S101 - for the type checker
    return Background(*row)


def asked_about(body: str, moment: datetime) -> list[Finding]:
    """What its writer is asked about first, if that is not decided where it is entered."""
    return [each for each in screen(body, live_cases(moment)) if each.kind.advice is Advice.ASK]


def mark(finding: Finding, body: str) -> str:
    """Stands for these words, found for this reason, wherever they stand in the text."""
    words = body[finding.start : finding.end]
    return hashlib.sha256(f"{finding.kind}:{words}".encode()).hexdigest()[:16]


def is_urgent(body: str) -> bool:
    """Whether somebody may be in danger: whoever wrote it is shown where to go, once more."""
    return any(each.kind is Kind.INCIDENT and each.tier == 1 for each in screen(body))


def first_status(
    discussion: Discussion, author: Participant, findings: Sequence[Finding]
) -> Comment.Status:
    """Of a text that is new, by what `screened` found in it."""
    waits = discussion.holds_first and not author.is_host
    if waits or any(each.kind.advice is Advice.HOLD for each in findings):
        return Comment.Status.HELD
    return Comment.Status.PUBLISHED


def open_case_if_needed(comment: Comment, findings: Sequence[Finding], moment: datetime) -> None:
    """In the transaction that stores the comment, which locks its discussion."""
    if not findings and comment.status != Comment.Status.HELD:
        return
    case = cases.open_case(
        comment.pk,
        comment.discussion.consultation_id,
        Case.Raiser.CHECK if findings else Case.Raiser.MODE,
        cases.severity_of(findings),
        moment,
    )
    cases.store_findings(case, findings)


def text_key(body: str) -> int | None:
    """The same for texts of the same letters and digits; None for one too short to compare."""
    letters = "".join(filter(str.isalnum, body.casefold()))
    if len(letters) < _WORTH_COMPARING:
        return None
    number = int.from_bytes(hashlib.sha256(letters.encode()).digest()[:8])
    return number - 2 * (number & _SIGN_BIT)


def live_cases(moment: datetime) -> list[str]:
    """The names that no text is published with on this day, as staff listed them."""
    row = one_row(_LIVE_ON, {"day": timezone.localdate(moment)})
    return list(row[0]) if row else []
