"""Why a moderator may not decide something, in a sentence for them."""

from typing import Any

from django.utils.translation import gettext as _

from moderation.appeals import AppealDecidedError, OwnDecisionError
from moderation.decisions import (
    AlreadyDecidedError,
    DecisionRefusedError,
    NotPossibleError,
    OutsideRemitError,
    OwnWordsError,
)
from moderation.models import Case, Decision


def sentence(refusal: DecisionRefusedError, latest_read: Any = None) -> str:  # noqa: ANN401
    """`latest_read` is the id of the last decision that the moderator knew of."""
    match refusal:
        case AlreadyDecidedError():
            return _changed_meanwhile(refusal.case, latest_read)
        case OwnWordsError():
            return _("The comment is yours, or answers yours: somebody else has to decide this.")
        case OutsideRemitError():
            return _("It is in a consultation that you do not moderate.")
        case OwnDecisionError():
            return _("You decided this yourself: somebody else has to look again.")
        case AppealDecidedError():
            return _("Somebody else has decided this appeal meanwhile.")
        case NotPossibleError():
            return _("This cannot be done to the comment as it stands now.")
    return _("You may not decide this.")


def latest_decision(case: Case) -> Decision | None:
    return case.decisions.select_related("moderator", "entry").first()


def _changed_meanwhile(case: Case, latest_read: Any) -> str:  # noqa: ANN401
    latest = latest_decision(case)
    if latest is None or latest.pk == latest_read:
        return _("The author changed the text after you opened this page. Please read it again.")
    if case.is_waiting:
        return _("It changed after you opened this page, and waits again. Please read it again.")
    told = _("%(who)s decided this after you opened the page: %(what)s.")
    return told % {"who": latest.moderator, "what": latest.get_verb_display()}
