"""What moderation keeps."""

from moderation.models.cases import (
    EXPLANATION_LENGTH,
    Case,
    CaseFinding,
    Report,
)
from moderation.models.decisions import (
    REASON_LENGTH,
    WORDS_LENGTH,
    Appeal,
    Decision,
    ReasonTemplate,
    Sanction,
    SealedOriginal,
    Verb,
)
from moderation.models.ledger import LedgerEntry
from moderation.models.limits import LimitCount
from moderation.models.staff import LiveCase, Remit
from moderation.models.timeline import DATE_REASON_LENGTH, DateChange, ElectionPeriod

__all__ = [
    "DATE_REASON_LENGTH",
    "EXPLANATION_LENGTH",
    "REASON_LENGTH",
    "WORDS_LENGTH",
    "Appeal",
    "Case",
    "CaseFinding",
    "DateChange",
    "Decision",
    "ElectionPeriod",
    "LedgerEntry",
    "LimitCount",
    "LiveCase",
    "ReasonTemplate",
    "Remit",
    "Report",
    "Sanction",
    "SealedOriginal",
    "Verb",
]
