"""Names of live court cases, from the list that staff keep."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from moderation.checks.reading import Mark, Reading

# What may stand between the parts of a name, however it is written.
_GAP = re.compile(r"[ '`.\-_]{0,3}")
_POSSESSIVE = re.compile(r"'?s?(?!\w)")
_NOT_OF_A_NAME = {code: None for code in range(128) if not chr(code).isalnum()}
_SHORTEST = 3


def live_cases(reading: Reading, names: Sequence[str]) -> Iterator[Mark]:
    """Spaces, hyphens, apostrophes, accents and case make no other name."""
    squeezed = _squeeze(reading.plain)
    for name in names:
        wanted = _squeezed_name(name)
        if len(wanted) >= _SHORTEST and wanted in squeezed:
            yield from _places(reading.plain, squeezed, wanted)


def _places(text: str, squeezed: str, wanted: str) -> Iterator[Mark]:
    places = [place for place, character in enumerate(text) if ord(character) not in _NOT_OF_A_NAME]
    at = squeezed.find(wanted)
    while at >= 0:
        start, end = places[at], places[at + len(wanted) - 1] + 1
        starts_a_word = start == 0 or not text[start - 1].isalnum()
        ends_a_word = _POSSESSIVE.match(text, end)
        if starts_a_word and ends_a_word and _is_together(places[at : at + len(wanted)], text):
            yield Mark(start, end)
        at = squeezed.find(wanted, at + len(wanted))


def _is_together(places: list[int], text: str) -> bool:
    return all(_GAP.fullmatch(text, before + 1, after) for before, after in pairwise(places))


@lru_cache(maxsize=1024)
def _squeezed_name(name: str) -> str:
    return _squeeze(Reading(name).plain)


def _squeeze(text: str) -> str:
    return text.translate(_NOT_OF_A_NAME)
