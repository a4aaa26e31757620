"""The log of what moderation did: writing an entry, and finding the first one that is broken.

The database chains the entries (migration 0003). Here they are checked by the same rule, written
a second time on purpose.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

from django.db import connection

from moderation.models import Case, Decision, LedgerEntry
from moderation.models.ledger import START

Event = LedgerEntry.Event
_SEPARATOR = "\x1f"
_BATCH = 2_000

_INSERT = """
INSERT INTO moderation_ledgerentry
       (event, consultation, case_number, what, guideline, digest, number, at, previous_hash, hash)
VALUES (%(event)s, %(consultation)s, %(case)s, %(what)s, %(guideline)s, %(digest)s,
        0, now(), '', '')
RETURNING number
"""


@dataclass(frozen=True)
class Broken:
    """The first entry that is not as it was written, and how one can tell."""

    number: int
    why: str


def record(
    event: LedgerEntry.Event,
    case: Case | None = None,
    *,
    consultation: str = "",
    what: str = "",
    guideline: int | None = None,
    digest: str = "",
) -> LedgerEntry:
    """Add an entry, in the caller's transaction: last of all, for others wait from then on.

    `consultation` is the slug, for what has no case.
    """
    values = {
        "event": event.value,
        "consultation": case.consultation.slug if case else consultation,
        "case": case.pk if case else None,
        "what": what,
        "guideline": guideline,
        "digest": digest,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        number = cursor.fetchone()[0]
    entry: LedgerEntry = LedgerEntry.objects.get(pk=number)
    return entry


def digest_of(decision: Decision) -> str:
    """Of all that a decision says. It does not contain the entry, which contains the digest."""
    parts = (
        decision.salt,
        decision.case_id,
        decision.verb,
        decision.guideline or "",
        decision.guidelines_version,
        decision.raised_by,
        decision.reason,
        decision.note,
        decision.moderator_id,
        decision.status_before,
        decision.status_after,
    )
    return _hash(str(part) for part in parts)


def first_broken() -> Broken | None:
    """Reads the whole log, in the order in which it was written."""
    previous = START
    entries = LedgerEntry.objects.order_by("number").iterator(_BATCH)
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            return Broken(number, f"It is missing: entry {entry.number} follows.")
        if entry.previous_hash != previous:
            return Broken(number, "It does not carry the hash of the entry before it.")
        if entry.hash != hash_of(entry):
            return Broken(number, "Its hash is not that of what it says.")
        previous = entry.hash
    return _first_broken_decision()


def hash_of(entry: LedgerEntry) -> str:
    parts = (
        entry.previous_hash,
        str(entry.number),
        moment_in_hash(entry),
        entry.event,
        entry.consultation,
        "" if entry.case_number is None else str(entry.case_number),
        entry.what,
        "" if entry.guideline is None else str(entry.guideline),
        entry.digest,
    )
    return _hash(parts)


def moment_in_hash(entry: LedgerEntry) -> str:
    """As the hash has it: in UTC, to the microsecond."""
    return entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _first_broken_decision() -> Broken | None:
    decided = LedgerEntry.objects.filter(event=Event.DECIDED).select_related("decision")
    for entry in decided.order_by("number").iterator(_BATCH):
        decision = getattr(entry, "decision", None)
        if decision is None:
            return Broken(entry.number, "Its decision is missing.")
        if digest_of(decision) != entry.digest:
            return Broken(entry.number, "Its decision says something else than was decided.")
    return None


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).hexdigest()
