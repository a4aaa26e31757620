"""The mails that moderation sends, each made when it is sent: nothing that was decided anew since.

None quotes a comment: it may be hidden, and a mail is read over shoulders.
"""

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mail import Letter, register
from accounts.mail.links import site_url
from accounts.models import Mail
from moderation import explaining, telling
from moderation.appeals import DUE_WITHIN, OPEN_FOR, changing
from moderation.models import Appeal, Decision, Report, Sanction, Verb

_SUBJECTS = {
    Verb.HIDE: gettext_lazy("Your comment is hidden: why, and what you can do"),
    Verb.MASK: gettext_lazy("Some words of your comment are hidden: why, and what you can do"),
    Verb.APPROVE: gettext_lazy("Your comment is published"),
    Verb.RESTORE: gettext_lazy("Your comment is there for everyone to read"),
    Verb.KEEP: gettext_lazy("Your comment stays as it is"),
}


def register_letters() -> None:
    register(telling.STATEMENT, statement_letter)
    register(telling.OUTCOME, outcome_letter)
    register(telling.APPEAL_OUTCOME, appeal_letter)
    register(telling.SANCTION, sanction_letter)


def statement_letter(mail: Mail) -> Letter | None:
    """To the author. Nothing once it was decided again, or the comment was withdrawn."""
    (pk,) = _numbers(mail)
    decision = _latest(Decision.objects.filter(pk=pk, case__comment__author__member=mail.member))
    if decision is None or decision.case.comment.status != decision.status_after:
        return None
    known = {
        "decision": decision,
        "told": explaining.told_to_author(decision.verb, decision.guideline),
        "raised_by": explaining.raised_by(decision),
        "place": decision.case.comment.discussion.title,
        "days": DUE_WITHIN.days,
        "months": OPEN_FOR.days // 30,
        "guideline_link": _guideline_link(decision.guidelines_version, decision.guideline),
        "link": _link("statement", decision.pk),
    }
    return _letter(mail, str(_SUBJECTS[Verb(decision.verb)]), known)


def outcome_letter(mail: Mail) -> Letter | None:
    """To the reporter. Nothing once it was decided again: there is a mail about that one."""
    report_pk, decision_pk = _numbers(mail)
    report = Report.objects.filter(pk=report_pk, reporter=mail.member).first()
    decision = _latest(Decision.objects.filter(pk=decision_pk))
    if report is None or decision is None:
        return None
    known = {
        "report": report,
        "what": explaining.what_was_reported(report),
        "told": explaining.told_to_reporter(decision, report),
        "place": decision.case.comment.discussion.title,
        "is_kept": decision.verb in (Verb.KEEP, Verb.APPROVE, Verb.RESTORE),
        "days": DUE_WITHIN.days,
        "link": _link("report_outcome", report.reference),
    }
    return _letter(mail, _("What became of your report"), known)


def appeal_letter(mail: Mail) -> Letter | None:
    (pk,) = _numbers(mail)
    appeal = (
        Appeal.objects.filter(pk=pk, appellant=mail.member)
        .exclude(outcome="")
        .select_related("report", "decision")
        .first()
    )
    if appeal is None:
        return None
    is_changed = appeal.outcome == Appeal.Outcome.OVERTURNED
    known = {"appeal": appeal, "is_changed": is_changed, "link": _where_appeal_is_told(appeal)}
    return _letter(mail, _("The answer to your appeal"), known)


def sanction_letter(mail: Mail) -> Letter | None:
    _thing, pk, what = mail.thing.split(":")
    given = Sanction.objects.filter(pk=pk, member=mail.member).first()
    has_ended = what == "ended"
    if given is None or (given.ended_at is not None) != has_ended:
        return None
    known = {
        "given": given,
        "has_ended": has_ended,
        "days": DUE_WITHIN.days,
        "guideline_link": _guideline_link(given.guidelines_version, given.guideline),
        "link": _link("account_standing"),
    }
    subject = _("A limit on your account has ended") if has_ended else _sanction_subject(given)
    return _letter(mail, subject, known)


def _sanction_subject(given: Sanction) -> str:
    if given.kind == Sanction.Kind.WARNING:
        return _("A warning about the community guidelines")
    return _("Your account on Talk London is limited for a while")


def _numbers(mail: Mail) -> list[int]:
    """ "report:7:decision:3" is about 7 and 3."""
    return [int(part) for part in mail.thing.split(":") if part.isdigit()]


def _latest(found: QuerySet[Decision]) -> Decision | None:
    decision: Decision | None = found.select_related("case__comment__discussion").first()
    if decision is None:
        return None
    decisions = decision.case.decisions.all()
    # That something was kept since then changes nothing for its author.
    stands = decisions if decision.verb == Verb.KEEP else changing(decision.case_id)
    return decision if stands.first() == decision else None


def _where_appeal_is_told(appeal: Appeal) -> str:
    if appeal.report is not None:
        return _link("report_outcome", appeal.report.reference)
    if appeal.decision is not None:
        return _link("statement", appeal.decision.pk)
    return _link("account_standing")


def _guideline_link(version: str, number: int | None) -> str:
    return f"{_link('guidelines_version', version)}#guideline-{number}" if number else ""


def _link(route: str, *args: object) -> str:
    return f"{site_url()}{reverse(route, args=args)}"


def _letter(mail: Mail, subject: str, known: dict[str, Any]) -> Letter:
    known |= {"member": mail.member, "site_url": site_url()}
    return Letter(subject, render_to_string(f"{mail.kind}_message.txt", known))
