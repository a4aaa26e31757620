"""What moderation did, for everyone: figures, and the log itself without anybody's data."""

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from discussions.exchange.cells import CSV_TYPE, Cell, csv_lines
from discussions.models import Consultation
from moderation import figures
from moderation.figures import EVERYWHERE, Figures
from moderation.ledger import moment_in_hash
from moderation.models import LedgerEntry

_LISTED_AT_MOST = 200
_BATCH = 2_000
COLUMNS = (
    "number",
    "at",
    "event",
    "consultation",
    "case",
    "what",
    "guideline",
    "digest",
    "previous_hash",
    "hash",
)


@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    found = figures.figures()
    published = Consultation.objects.published().order_by("-opens_at", "-pk")[:_LISTED_AT_MOST]
    context = {
        "everywhere": found[EVERYWHERE],
        "consultations": [
            (each, found.get(each.slug, Figures())) for each in published if each.slug in found
        ],
        "newest": figures.newest_entry(),
    }
    return render(request, "discussions/moderation.html", context)


@require_safe
def moderation_log(request: HttpRequest) -> HttpResponseBase:
    """As a table. Of a consultation that is no longer public, not even the name."""
    response = StreamingHttpResponse(csv_lines(_rows()), content_type=CSV_TYPE)
    response["Content-Disposition"] = 'attachment; filename="talk-london-moderation.csv"'
    return response


def _rows() -> Iterator[Sequence[Cell]]:
    public = set(Consultation.objects.published().values_list("slug", flat=True))
    yield COLUMNS
    after = 0
    while batch := list(LedgerEntry.objects.filter(number__gt=after).order_by("number")[:_BATCH]):
        for entry in batch:
            yield _row(entry, public)
        after = batch[-1].number


def _row(entry: LedgerEntry, public: set[str]) -> list[Cell]:
    return [
        entry.number,
        moment_in_hash(entry),
        entry.event,
        entry.consultation if entry.consultation in public else "",
        "" if entry.case_number is None else entry.case_number,
        entry.what,
        "" if entry.guideline is None else entry.guideline,
        entry.digest,
        entry.previous_hash,
        entry.hash,
    ]
