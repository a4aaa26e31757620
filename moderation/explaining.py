"""What was decided, in words for the author, the reporter and the sanctioned member.

Pages, mails and copies of data all say it as it is said here. None of it quotes a comment.
"""

from django.utils.translation import gettext as _

from moderation.guidelines import guideline
from moderation.models import Case, Decision, Report, Sanction, Verb


def under(number: int) -> str:
    """Inside a sentence: "guideline 3: No personal details, yours or anyone else’s"."""
    return _("guideline %(number)d: %(title)s") % {
        "number": number,
        "title": guideline(number).title,
    }


def told_to_author(verb: str, number: int | None) -> str:
    match Verb(verb):
        case Verb.HIDE:
            return _("A moderator has hidden your comment under %(guideline)s.") % _which(number)
        case Verb.MASK:
            return _(
                "A moderator has hidden some words of your comment under %(guideline)s. "
                "Everyone can read the rest."
            ) % _which(number)
        case Verb.APPROVE:
            return _("A moderator has read your comment. It is published, for everyone to read.")
        case Verb.RESTORE:
            return _("A moderator has looked again. Your comment is there for everyone to read.")
        case Verb.KEEP:
            return _("A moderator has read your comment. It stays as it is.")


def told_to_reporter(decision: Decision, report: Report) -> str:
    match Verb(decision.verb):
        case Verb.HIDE:
            return _(
                "A moderator has read the comment and hidden it under %(guideline)s. "
                "Other people can no longer read it."
            ) % _which(decision.guideline)
        case Verb.MASK:
            return _(
                "A moderator has read the comment and hidden some of its words under %(guideline)s."
            ) % _which(decision.guideline)
        case Verb.RESTORE:
            return _("A moderator has looked at the comment again, and shows it again.")
        case Verb.APPROVE | Verb.KEEP:
            return _kept(report)


def raised_by(decision: Decision) -> str:
    """Never who: what kind of somebody."""
    return {
        Case.Raiser.READER: _("A reader reported it. We do not tell who."),
        Case.Raiser.CHECK: _("An automatic check pointed it out. A person then decided."),
        Case.Raiser.STAFF: _("A moderator came upon it."),
        Case.Raiser.MODE: _("In this discussion, a moderator reads every comment first."),
    }[Case.Raiser(decision.raised_by)]


def what_was_reported(report: Report) -> str:
    if report.guideline is None:
        return _("That it is against the law")
    return _("That it goes against %(guideline)s") % _which(report.guideline)


def sanction_title(given: Sanction) -> str:
    return {
        Sanction.Kind.WARNING: _("A warning"),
        Sanction.Kind.SLOWED: _("You can post once an hour"),
        Sanction.Kind.SUSPENSION: _("You cannot write for a while"),
    }[Sanction.Kind(given.kind)]


def _which(number: int | None) -> dict[str, str]:
    return {"guideline": under(number) if number else _("the guidelines")}


def _kept(report: Report) -> str:
    if report.guideline is None:
        return _(
            "A moderator has read the comment and kept it. They did not find that the law asks us "
            "to hide it."
        )
    return _(
        "A moderator has read the comment and kept it. They did not find that it goes against "
        "%(guideline)s."
    ) % _which(report.guideline)
