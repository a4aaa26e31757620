"""Why a moderator may not decide something, in a sentence for them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.appeals import AppealDecidedError, OwnDecisionError
from moderation.decisions import (
    AlreadyDecidedError,
    DecisionRefusedError,
    HostsWaitError,
    NotPossibleError,
    OutsideRemitError,
    OverruledError,
    OwnReportError,
    OwnWordsError,
)
from moderation.models import Case, Decision


def sentence(refusal: DecisionRefusedError, latest_read: Any = None) -> str:  # noqa: ANN401
    """`latest_read` is the id of the last decision that the moderator knew of."""
    if isinstance(refusal, AlreadyDecidedError):
        return _changed_meanwhile(refusal.case, latest_read)
    if isinstance(refusal, HostsWaitError):
        return str(refusal)
    return str(_SENTENCES.get(type(refusal), gettext_lazy("You may not decide this.")))


_SENTENCES = {
    OwnWordsError: gettext_lazy(
        "The comment is yours, or answers yours: somebody else has to decide this."
    ),
    OwnReportError: gettext_lazy(
        "You reported it, or appealed yourself: somebody else has to decide this."
    ),
    OverruledError: gettext_lazy(
        "Somebody else overturned your decision about it: it is not yours to undo."
    ),
    OutsideRemitError: gettext_lazy("It is in a consultation that you do not moderate."),
    OwnDecisionError: gettext_lazy("You decided this yourself: somebody else has to look again."),
    AppealDecidedError: gettext_lazy("Somebody else has decided this appeal meanwhile."),
    NotPossibleError: gettext_lazy("This cannot be done to the comment as it stands now."),
}


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
