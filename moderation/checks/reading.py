"""A text as its readers take it in, and where each of its characters stands in the original."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from functools import cached_property, lru_cache
from typing import NamedTuple

from decancer_py import parse

from accounts.characters import without_blank


class Mark(NamedTuple):
    """Something found in a Reading: from, up to, and how grave (as Finding.tier)."""

    start: int
    end: int
    tier: int = 2


class Reading:
    """`cased` and `plain` (in lower case) are equally long, and hold no look-alikes.

    Letters of other scripts and widths that pass for ours are ours, all digits are 0 to 9,
    marks and invisible characters are gone, and between two words of a line is one space.
    """

    def __init__(self, text: str) -> None:
        self._original = text
        self._places: Sequence[int] = range(len(text))
        self.cased = text
        if not text.isascii():
            self.cased, self._places = _fold(text)
        if "  " in self.cased or "\t" in self.cased:
            self.cased, self._places = _squeeze(self.cased, self._places)
        self.plain = self.cased.lower()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where this part of the reading stands in the original."""
        last = self._places[end - 1] + 1
        while last < len(self._original) and unicodedata.combining(self._original[last]):
            last += 1
        return self._places[start], last

    @cached_property
    def unmasked(self) -> str:
        """`plain`, where digits and signs that stand for letters are those letters; as long."""
        return _SIGNS.sub(_as_letters, self.plain)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words, to see quickly that there is nothing to look for."""
        return frozenset(_WORD.findall(self.unmasked))

    @cached_property
    def digits(self) -> list[tuple[int, int]]:
        """Where digits stand in a row: most of what is personal has some."""
        return [match.span() for match in _DIGITS.finditer(self.plain)]

    @cached_property
    def has_long_number(self) -> bool:
        """Whether enough digits stand close together for a phone number or a card."""
        return _LONG_NUMBER.search(self.plain) is not None

    def sentences(self, with_any_of: Set[str]) -> Iterator[tuple[int, int]]:
        """The sentences that hold one of the words, each once."""
        if with_any_of.isdisjoint(self.words):
            return
        found = {
            bisect_right(self._sentence_starts, at) - 1
            for word in with_any_of & self.words
            for at in _places_of(word, self.unmasked)
        }
        for number in sorted(found):
            yield self._sentences[number]

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        return [match.span("words") for match in _SENTENCE.finditer(self.unmasked)]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _end in self._sentences]


_DIGITS = re.compile(r"\d+")
_LONG_NUMBER = re.compile(r"\d(?:[^\d\n]{0,6}[\do]){6}")
_WORD = re.compile(r"[a-z]+")
# From a word to the end. A full stop inside a word or a number ends none; a few lines are the most.
_SENTENCE = re.compile(r"\b(?P<words>[^.!?\n]{1,300}+(?:[.!?]{1,3}+\b[^.!?\n]{1,300}+){0,3}+)")
# Digits and signs inside a word, or in the place of its last letters, or of its first "s" or "a";
# not "3rd", "7pm", "M25" or the end of "Stop!".
_SIGNS = re.compile(
    r"[013457@$!|]{1,3}+(?:(?=[a-z])(?:(?<=[a-z].)|(?<=[a-z]..)|(?<=[a-z]...))"
    r"|(?<=[a-z]{3}[013457@$])(?!\w)|(?=[a-z]{3})(?<![\w$@].)(?<=[$5@]))"
)
_LETTERS = str.maketrans("013457@$!|", "oieastasii")


def _as_letters(match: re.Match[str]) -> str:
    return match.group().translate(_LETTERS)


def _places_of(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def _fold(text: str) -> tuple[str, list[int]]:
    """The text as read, and for each of its characters its place in the original."""
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for match in _NOT_ASCII.finditer(text):
        at = match.start()
        read = _as_read(match.group())
        pieces += (text[done:at], read)
        places.extend(range(done, at))
        places.extend([at] * len(read))
        done = at + 1
    pieces.append(text[done:])
    places.extend(range(done, len(text)))
    return "".join(pieces), places


_SPACES = re.compile(r"[ \t]{2,}+|\t")


def _squeeze(text: str, places: Sequence[int]) -> tuple[str, list[int]]:
    """As `_fold`: where words stand further apart, or a tab does, is one space."""
    pieces: list[str] = []
    kept: list[int] = []
    done = 0
    for match in _SPACES.finditer(text):
        start, end = match.span()
        pieces += (text[done:start], " ")
        kept.extend(places[done : start + 1])
        done = end
    pieces.append(text[done:])
    kept.extend(places[done:])
    return "".join(pieces), kept


@lru_cache(maxsize=8192)
def _as_read(character: str) -> str:
    """One character as readers of English take it; empty if it shows nothing."""
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") or not without_blank(character):
        return ""
    if category[0] == "Z":
        return " " if category == "Zs" else "\n"
    if category == "Sc":
        return character
    digit = unicodedata.decimal(character, None)
    return _look_alike(character) if digit is None else str(digit)


def _look_alike(character: str) -> str:
    composed = unicodedata.normalize("NFKD", character)
    letters = "".join(each for each in composed if not unicodedata.combining(each))
    if not letters.isascii():
        letters = str(parse(letters))
    if not letters.isascii() or len(letters) > 4:  # a whole phrase in one character
        return character
    return letters.upper() if character.isupper() else letters
