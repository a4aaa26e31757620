"""Asking a writer before their text is posted: what was found in it, and where to go instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from discussions.drafts import keep_draft
from discussions.models import Discussion
from discussions.screened import AskFirstError, mark
from moderation.screening import Finding, Kind

_CONFIRMED_AT_MOST = 900  # a text has fewer places for numbers; a form, for fields


@dataclass(frozen=True)
class Stretch:
    """Some of a text; with a finding, the words that it is about."""

    text: str
    finding: Finding | None = None


def confirmed(request: HttpRequest) -> frozenset[str]:
    """What the writer was asked about and posts all the same."""
    if "anyway" not in request.POST:
        return frozenset()
    return frozenset(request.POST.getlist("confirmed")[:_CONFIRMED_AT_MOST])


def ask_first(
    request: HttpRequest, discussion: Discussion, question: AskFirstError, place: str
) -> HttpResponse:
    """The question, with the text in the form it came from. It is kept, too, for that form."""
    keep_draft(request, place)
    body, findings = question.body, question.findings
    kinds = list(dict.fromkeys(finding.kind for finding in findings))
    context = {
        "discussion": discussion,
        "place": place,
        "body": body,
        "stretches": stretches(body, findings),
        "kinds": [kind for kind in kinds if kind is not Kind.INCIDENT],
        "is_incident": Kind.INCIDENT in kinds,
        "is_urgent": any(each.kind is Kind.INCIDENT and each.tier == 1 for each in findings),
        "confirmed": sorted({mark(each, body) for each in findings}),
        "asked_before": "confirmed" in request.POST,
        "prompt": request.POST.get("prompt", ""),
        "form_key": request.POST.get("form_key", ""),
    }
    return render(request, "discussions/asked.html", context, status=422)


def stretches(body: str, findings: Sequence[Finding]) -> list[Stretch]:
    """The text in pieces, those that were found apart. Of findings that overlap, the first."""
    pieces, at = [], 0
    for finding in sorted(findings, key=lambda each: each.start):
        if finding.start < at:
            continue
        pieces.append(Stretch(body[at : finding.start]))
        pieces.append(Stretch(body[finding.start : finding.end], finding))
        at = finding.end
    return [each for each in (*pieces, Stretch(body[at:])) if each.text]
