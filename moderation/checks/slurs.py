"""Words that attack people for who they are, also written so that a word list would miss them."""

import re
from collections.abc import Iterator

from moderation.checks import slur_words
from moderation.checks.patterns import one_of, word_set
from moderation.checks.reading import Mark, Reading


def slurs(reading: Reading) -> Iterator[Mark]:
    """But for those that somebody reports ("he called me a …") or bears with pride ("as a …")."""
    for start, end, tier in (*_words(reading), *_phrases(reading), *_disguised(reading)):
        if not _is_told(reading.unmasked, start, end):
            yield Mark(start, end, tier)


_TIERS = dict.fromkeys(slur_words.MILDER, 2) | dict.fromkeys(slur_words.WORST, 1)
_LISTED = frozenset(_TIERS)
_PHRASES = [
    (frozenset({first}), re.compile(rf"\b(?:{pattern})\b"), tier)
    for first, (pattern, tier) in slur_words.PHRASES.items()
]
_PHRASES.append((slur_words.CONTEMPT_WORDS, re.compile(rf"\b(?:{slur_words.CONTEMPT})\b"), 2))
_HARMLESS_AFTER = {word: re.compile(p) for word, p in slur_words.HARMLESS_AFTER.items() if p}
_HARMLESS_BEFORE = {
    word: re.compile(rf"\b{p}$") for word, p in slur_words.HARMLESS_BEFORE.items() if p
}


def _words(reading: Reading) -> Iterator[Mark]:
    text = reading.unmasked
    for written, meant in _listed(reading):
        for match in re.finditer(rf"(?<![a-z]){written}(?![a-z])", text):
            if not _is_harmless(meant, text, match.start(), match.end()):
                yield Mark(match.start(), match.end(), _TIERS[meant])


def _listed(reading: Reading) -> Iterator[tuple[str, str]]:
    """The words that are listed, as written and as listed: letters may be repeated."""
    for word in _LISTED & reading.words:
        yield word, word
    if not _THREE_OR_MORE.search(" ".join(reading.words)):
        return
    for word in filter(_THREE_OR_MORE.search, reading.words):
        # "rrr" is "r" or "rr", whichever makes a word; "rr" never is "r", which makes others.
        once, twice = (_THREE_OR_MORE.sub(letters, word) for letters in (r"\1", r"\1\1"))
        if once in _TIERS or twice in _TIERS:
            yield word, once if once in _TIERS else twice


_THREE_OR_MORE = re.compile(r"([a-z])\1{2,}")


def _phrases(reading: Reading) -> Iterator[Mark]:
    for words, pattern, tier in _PHRASES:
        for start, end in reading.sentences(words):
            for match in pattern.finditer(reading.unmasked[start:end]):
                yield Mark(start + match.start(), start + match.end(), tier)


def _disguised(reading: Reading) -> Iterator[Mark]:
    """Spelled out ("n i g …"), or with stars for letters."""
    text = reading.plain
    if _SINGLE_LETTER.search(text):
        for match in _SPELLED.finditer(text):
            yield from _within_letters(match)
    if "*" in text:
        for match in _STARRED.finditer(text):
            starred = match.group()
            for word in _BY_SHAPE.get((starred[0], len(starred)), ()):
                if _fits(starred, word):
                    yield Mark(match.start(), match.end(), _TIERS[word])
                    break


# One that stands alone, and is not "a" or "I".
_SINGLE_LETTER = re.compile(r"[ .\-_*,][b-hj-z@$!][ .\-_*,]")
_SPELLED = re.compile(r"(?<![\w'])[a-z0-9@$!](?:[ .\-_*,]{1,2}[a-z0-9@$!](?!\w)){2,40}+")
_STARRED = re.compile(r"(?<![\w*])[a-z]{1,10}+\*{1,2}+[a-z]{1,10}+(?![\w*])")
# By first letter and length.
_BY_SHAPE = {
    shape: [word for word in _TIERS if (word[0], len(word)) == shape]
    for shape in {(word[0], len(word)) for word in _TIERS}
}
_SIGNS = str.maketrans("013457@$!", "oieastasi")


def _within_letters(spelled: re.Match[str]) -> Iterator[Mark]:
    places = [at for at, sign in enumerate(spelled.group()) if sign.isalnum() or sign in "@$!"]
    letters = "".join(spelled.group()[at] for at in places).translate(_SIGNS)
    for start in range(len(letters)):
        for length in range(_LONGEST, 2, -1):
            word = letters[start : start + length]
            # Three letters alone, for "f a g" stands in "of a gang" too, when letters are counted.
            is_whole = word == letters
            if word in _TIERS and (is_whole or length >= 4):
                end = places[start + len(word) - 1] + 1
                yield Mark(spelled.start() + places[start], spelled.start() + end, _TIERS[word])
                return


_LONGEST = max(map(len, _TIERS))


def _fits(starred: str, word: str) -> bool:
    """Whether enough letters show that it can be no other word: "n*gger", not "f***"."""
    is_shown = len(word) - starred.count("*") >= 3
    return is_shown and all(
        shown in ("*", letter) for shown, letter in zip(starred, word, strict=True)
    )


def _is_harmless(word: str, text: str, start: int, end: int) -> bool:
    after, before = _HARMLESS_AFTER.get(word), _HARMLESS_BEFORE.get(word)
    return (after is not None and after.match(text, end) is not None) or (
        before is not None and before.search(text, max(0, start - 25), start) is not None
    )


def _is_told(text: str, start: int, end: int) -> bool:
    """Whether it is told as somebody else's word, or as the writer's own name for themselves."""
    before = text[max(0, start - 70) : start]
    # The stems are quick to look for, where thousands of slurs stand in a row.
    if any(stem in before for stem in _TELLING) and _TOLD_BEFORE.search(before):
        return True
    is_own = _OWN.search(before) and not _HATED.match(text, end)
    return bool(is_own or _TOLD_AFTER.match(text, end))


_SOMEBODY = r"\b" + one_of(
    "he she they who someone somebody people m[ae]n wom[ae]n kids lads? boys? girls? guys? bloke",
    "teenagers? officers? police cops? driver neighbours? strangers? pupils? boss passenger",
)
_ME = r"(?:me|us|(?:my|our) \w{1,12})\b"
_TELLING = word_set(
    "call label nam shout scream yell jok spr wrote chant spat hiss sa daub graff paint scrawl"
    " scratch word slur insult term abuse hear us"
)
_TOLD_BEFORE = re.compile(
    rf"(?:\b(?:called|calling|calls|labelled|named) {_ME}"
    rf"|{_SOMEBODY} (?:\w{{1,12}} ){{0,2}}call(?:ed|s)? (?:{_ME}|him|her|someone)\b"
    rf"|{_SOMEBODY} (?:\w{{1,12}} ){{0,4}}"
    + one_of(
        "shout(?:ed|s|ing)? scream(?:ed|ing)? yell(?:ed|ing)? jok(?:ed|es|ing) sprayed wrote",
        "chant(?:ed|ing)? spat hiss(?:ed)? sa(?:id|ys?),?_[\"']",
    )
    + r"|\b(?:sprayed|daubed|graffiti|painted|scrawled|scratched)\b"
    r"|\b(?:the|that|this) (?:words?|slurs?|insults?|terms?|names?)\b"
    r"|\b(?:words|slurs|insults|names|abuse|terms) (?:like|such as|including)\b"
    rf"|\b(?:i|i've|he|she|{_ME})(?: \w{{1,12}})? (?:was|been|got|get) called\b"
    r"|\bi've been called\b|\b(?:don't|not|never|nobody should|stop) (?:be )?call(?:ing|ed)?\b"
    r"|\b(?:hear|hears|heard|uses?|using|says?|said|saying)\b(?=[^.!?\n]{0,50}[\"']$))"
    r"[^.!?\n]{0,50}$"
    r"|\b(?:was|were|been|being|be|get|gets|got|getting) (?:\w{1,12} )?(?:called|labelled)"
    r" (?:an? |the )?(?:\w{1,12} ){0,2}[\"']?$"
)
_TOLD_AFTER = re.compile(
    r"[\"' )]{0,3}(?:at (?:me|us|my|our|him|her|them)\b|(?:is|are|was) (?:\w{1,12} )?"
    + one_of("a_slur slurs offensive racist a_racist homophobic hate unacceptable not_ok")
    + ")"
)
_OWN = re.compile(
    r"\b(?:as an?|i am an?|i'm an?|myself an?|we are|we're|fellow|proud)"
    r" (?:(?:proud|young|old|older|gay|black|british|brown|queer|disabled|trans|lesbian|female|male"
    r"|butch|muslim|and|a) ){0,3}[\"']?$"
)
_HATED = re.compile(r"[ \-](?:hat(?:er|ing)|bash|kill|lov|free|scum|lord)")
