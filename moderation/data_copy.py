"""What moderation keeps about a member, for their copy of their data.

Not who reported a comment, nor what moderators noted among themselves.
"""

from collections.abc import Iterator

from django.urls import reverse

from accounts.data_copy import Content, iso
from accounts.models import Member
from moderation import explaining
from moderation.guidelines import numbered
from moderation.models import Appeal, Decision, Report, Sanction

_BATCH = 500


def about(member: Member) -> Content:
    return {
        "reports you made": list(_reports(member)),
        "decisions about your comments": list(_decisions(member)),
        "your appeals": list(_appeals(member)),
        "warnings and limits": list(_sanctions(member)),
    }


def _reports(member: Member) -> Iterator[Content]:
    reports = Report.objects.filter(reporter=member).select_related("case", "decision")
    for each in reports.order_by("pk").iterator(_BATCH):
        yield {
            "reference": each.reference,
            "comment": reverse("comment", args=[each.case.comment_id]),
            "when": iso(each.reported_at),
            "what you reported": explaining.what_was_reported(each),
            "your words": each.explanation,
            "what was decided": explaining.told_to_reporter(each.decision, each)
            if each.decision
            else None,
        }


def _decisions(member: Member) -> Iterator[Content]:
    decisions = Decision.objects.filter(case__comment__author__member=member)
    for each in decisions.select_related("case", "entry").order_by("pk").iterator(_BATCH):
        yield {
            "comment": reverse("comment", args=[each.case.comment_id]),
            "when": iso(each.entry.at),
            "what was decided": explaining.told_to_author(each.verb, each.guideline),
            "guideline": numbered(each.guideline) if each.guideline else None,
            "version of the guidelines": each.guidelines_version,
            "how it came to us": explaining.raised_by(each),
            "reason": each.reason,
        }


def _appeals(member: Member) -> Iterator[Content]:
    appeals = Appeal.objects.filter(appellant=member)
    for each in appeals.order_by("pk").iterator(_BATCH):
        yield {
            "made": iso(each.made_at),
            "your words": each.words,
            "outcome": str(each.get_outcome_display()) or None,
            "answer": each.answer,
            "answered": iso(each.decided_at),
        }


def _sanctions(member: Member) -> Iterator[Content]:
    sanctions = Sanction.objects.filter(member=member)
    for each in sanctions.order_by("pk").iterator(_BATCH):
        yield {
            "what": explaining.sanction_title(each),
            "guideline": numbered(each.guideline),
            "reason": each.reason,
            "from": iso(each.starts_at),
            "until": iso(each.ends_at),
            "ended early": iso(each.ended_at),
        }
