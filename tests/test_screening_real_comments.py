"""Screening on comments that people really wrote elsewhere, where they are at hand.

They are not part of the project: it names those that were judged by their numbers alone.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from moderation.screening import Finding, screen
from tests.screening import SENTENCES

_Record = Callable[[str, object], None]
_FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "polis"
pytestmark = pytest.mark.skipif(not _FOLDER.is_dir(), reason="the real comments are not here")

_MOST_WRONG = 0.01
# What is rightly asked or held: the conversation and the comment's number, and why. There is none:
# all 935 were read, and none gives away a person, threatens, or reports an incident.
_RIGHTLY: dict[tuple[str, str], str] = {}


def comments() -> Iterator[tuple[tuple[str, str], str]]:
    for path in sorted(_FOLDER.glob("*/comments.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield (path.parent.name, row["comment-id"]), row["comment-body"]


def in_words(text: str, finding: Finding) -> str:
    return f"{finding.kind} ({finding.kind.advice}): {text[finding.start : finding.end]!r}"


def test_next_to_none_is_asked_or_held_wrongly(record_property: _Record) -> None:
    found = {key: (text, screen(text)) for key, text in comments()}
    hits = {key: (text, findings) for key, (text, findings) in found.items() if findings}
    record_property("Screening, real comments", f"{len(hits)} of {len(found)} asked or held")
    for key, (text, findings) in hits.items():
        record_property(f"  {'/'.join(key)}", "; ".join(in_words(text, each) for each in findings))
    assert len(found) > 900
    assert len(hits.keys() - _RIGHTLY.keys()) <= _MOST_WRONG * len(found)


def test_what_should_be_found_is_found_between_real_comments() -> None:
    """So that finding nothing in them means something."""
    texts = [text for _key, text in comments()]
    for number, sentence in enumerate(SENTENCES):
        if sentence.is_misread or not sentence.kinds or sentence.kinds[0] == "live_case":
            continue
        before, after = texts[number % len(texts)], texts[-number % len(texts)]
        text = f"{before}\n\n{sentence.text}\n\n{after}"
        words = [(each.kind, text[each.start : each.end]) for each in screen(text)]
        assert words == sentence.findings
