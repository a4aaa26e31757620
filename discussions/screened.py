"""What screening means for a comment: its writer is asked, a person is asked, or neither."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from discussions.models import Comment, Discussion, Participant
from moderation import cases
from moderation.models import Case, LiveCase
from moderation.screening import Advice, Finding, Kind, screen

_LIVE_CASES_AT_MOST = 500
_WORTH_COMPARING = 40  # letters and digits: many people say "I agree"
_SIGN_BIT = 1 << 63


class AskFirstError(Exception):
    """The writer has not been asked yet about what was found in their text."""

    def __init__(self, body: str, findings: Sequence[Finding]) -> None:
        super().__init__(len(findings))
        self.body = body
        self.findings = findings


def screened(
    discussion: Discussion,
    author: Participant,
    body: str,
    confirmed: frozenset[str],
    moment: datetime,
    except_for: int | None = None,
) -> list[Finding]:
    """The findings. Raises AskFirstError unless the writer confirmed (`mark`) each asked one.

    Hosts are asked, too, but answer for themselves: what they post needs nobody else.
    """
    found = screen(body, live_cases(moment))
    asked = [each for each in found if each.kind.advice is Advice.ASK]
    if any(mark(each, body) not in confirmed for each in asked):
        raise AskFirstError(body, asked)
    if author.is_host:
        return []
    if was_said_before(discussion, body, except_for):
        found.append(Finding(Kind.REPEATED, 0, len(body)))
    return found


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


def was_said_before(discussion: Discussion, body: str, except_for: int | None = None) -> bool:
    """Whether somebody, the writer or another, has said these words in this consultation."""
    key = text_key(body)
    if key is None:
        return False
    same = Comment.objects.filter(
        text_key=key, discussion__consultation=discussion.consultation_id
    ).exclude(status=Comment.Status.WITHDRAWN)
    if except_for is not None:
        same = same.exclude(pk=except_for)
    return bool(same.exists())


def text_key(body: str) -> int | None:
    """The same for texts of the same letters and digits; None for one too short to compare."""
    letters = "".join(each for each in body.casefold() if each.isalnum())
    if len(letters) < _WORTH_COMPARING:
        return None
    number = int.from_bytes(hashlib.sha256(letters.encode()).digest()[:8])
    return number - 2 * (number & _SIGN_BIT)


def live_cases(moment: datetime) -> list[str]:
    """The names that no text is published with on this day, as staff listed them."""
    day = timezone.localdate(moment)
    live = LiveCase.objects.filter(starts_on__lte=day).exclude(ends_on__lt=day)
    return list(live.values_list("name", flat=True)[:_LIVE_CASES_AT_MOST])
