"""Readers' reports: each has a reference, under which its reader sees what became of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Member
from moderation import cases, ledger
from moderation.models import Case, Decision, Report, Verb

_KEPT = (Verb.APPROVE, Verb.KEEP, Verb.RESTORE)


@dataclass(frozen=True)
class NewReport:
    """What the reader says; without a guideline it is against the law."""

    form_key: uuid.UUID
    guideline: int | None = None
    is_illegal: bool = False
    explanation: str = ""


def file_report(
    comment_id: int,
    consultation_id: int,
    new: NewReport,
    reporter: Member | None,
    moment: datetime,
    text_changed_at: datetime | None = None,
) -> Report:
    """Store a report in its comment's case. Again, by form or by member: the first one.

    In the caller's transaction. What was decided already about the same text and the same
    guideline is its answer at once: many who report together keep nobody busy twice.
    """
    earlier = Report.objects.filter(form_key=new.form_key).first()
    if earlier is None and reporter is not None:
        earlier = Report.objects.filter(
            case__comment=comment_id, reporter=reporter, decision=None
        ).first()
    if earlier is not None:
        return earlier
    decision = _settled_by(comment_id, new, text_changed_at)
    if decision is None:
        severity = _severity(comment_id, new)
        case = cases.open_case(comment_id, consultation_id, Case.Raiser.READER, severity, moment)
    else:
        case = decision.case
    report = Report.objects.create(
        case=case,
        form_key=new.form_key,
        reporter=reporter,
        guideline=new.guideline,
        is_illegal=new.is_illegal,
        explanation=new.explanation,
        reported_at=moment,
        decision=decision,
    )
    what = "illegal" if new.is_illegal else ""
    ledger.record(ledger.Event.REPORTED, case, what=what, guideline=new.guideline)
    return report


def report_with(reference: str) -> Report | None:
    """However it was typed: in small letters, without dashes, with spaces."""
    letters = "".join(each for each in reference.upper() if each not in " -–—")
    dashed = "-".join((letters[:4], letters[4:8], letters[8:]))
    return (
        Report.objects.filter(reference=dashed)
        .select_related("case__comment__discussion__consultation", "decision__entry")
        .first()
    )


def _severity(comment_id: int, new: NewReport) -> Case.Severity:
    """That it is against the law was weighed before: it is looked at again, but not within the
    hour, else a few readers keep everybody from what is urgent."""
    severity = cases.severity_of_report(new.guideline, is_illegal=new.is_illegal)
    weighed = Report.objects.filter(case__comment=comment_id, is_illegal=True)
    if new.is_illegal and weighed.exclude(decision=None).exists():
        return Case.Severity.SERIOUS
    return severity


def _settled_by(
    comment_id: int, new: NewReport, text_changed_at: datetime | None
) -> Decision | None:
    """The decision that kept this text under this guideline, if that is how things stand."""
    case = Case.objects.filter(comment=comment_id, state=Case.State.DECIDED).first()
    if case is None or new.is_illegal:
        return None
    latest = case.decisions.select_related("entry").first()
    if latest is None or latest.verb not in _KEPT:
        return None
    if text_changed_at is not None and text_changed_at > latest.entry.at:
        return None
    was_weighed = Report.objects.filter(case=case, guideline=new.guideline).exclude(decision=None)
    return latest if latest.guideline == new.guideline or was_weighed.exists() else None
