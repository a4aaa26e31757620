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

__all__ = [
    "EXPLANATION_LENGTH",
    "REASON_LENGTH",
    "WORDS_LENGTH",
    "Appeal",
    "Case",
    "CaseFinding",
    "Decision",
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
