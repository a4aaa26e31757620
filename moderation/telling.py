"""Telling people what moderation did: a mail each, queued with it, made when it is sent."""

from accounts.mail import queue_mail
from accounts.models import Member
from moderation.models import Appeal, Decision, Report, Sanction, Verb

STATEMENT, OUTCOME, APPEAL_OUTCOME, SANCTION = (
    "moderation/mail/statement",
    "moderation/mail/report_outcome",
    "moderation/mail/appeal_outcome",
    "moderation/mail/sanction",
)
_MOST = 1_000  # reporters told of one decision; the others see it under their reference


def tell_author(decision: Decision, author: Member | None) -> None:
    """Unless nothing changed for them: a reader's report that led to nothing is not their worry."""
    changed = decision.status_before != decision.status_after or decision.verb == Verb.MASK
    if author is not None and changed:
        queue_mail(STATEMENT, thing=f"decision:{decision.pk}", member=author)


def tell_reporters(decision: Decision) -> None:
    """Whoever has reported the comment, of every decision about it. Who was signed out has a
    reference."""
    reports = Report.objects.filter(case=decision.case_id).exclude(reporter=None)
    for report in reports.select_related("reporter").order_by("pk")[:_MOST]:
        thing = f"report:{report.pk}:decision:{decision.pk}"
        queue_mail(OUTCOME, thing=thing, member=report.reporter)


def tell_appellant(appeal: Appeal) -> None:
    if appeal.appellant is not None:
        queue_mail(APPEAL_OUTCOME, thing=f"appeal:{appeal.pk}", member=appeal.appellant)


def tell_member(given: Sanction) -> None:
    """That they are limited; once it ends early, that too."""
    what = "ended" if given.ended_at else "given"
    queue_mail(SANCTION, thing=f"sanction:{given.pk}:{what}", member=given.member)
