"""Characters that show nothing, or more than they should: the same for names and for comments."""

import re
import unicodedata

# They have the category of letters or symbols, and show nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\u17b4\u17b5\U0001d159"
# Real writing stacks at most a few marks on a letter.
_MARKS_ON_A_LETTER = 5
# Every mark that takes no room of its own, in any script. Those beyond the first plane have to be
# gone through one by one: it is asked first whether a character is from there.
_MARKS = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) in ("Mn", "Me")]
_NEAR = "".join(mark for mark in _MARKS if mark <= "\uffff")
_FAR = "".join(mark for mark in _MARKS if mark > "\uffff")
_MARK = f"(?:[{_NEAR}]|(?=[\U00010000-\U0010ffff])[{_FAR}])"
_MARK_PILE = re.compile(rf"({_MARK}{{{_MARKS_ON_A_LETTER}}}){_MARK}+")


# Overrides turn the text around them, isolates and embeddings reach past their line.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def shows_something(text: str) -> bool:
    """Whether a reader would see anything at all."""
    return any(
        unicodedata.category(character)[0] not in "CZM" and character not in _BLANK
        for character in text
    )


def without_blank(text: str) -> str:
    return "".join(character for character in text if character not in _BLANK)


def without_bidi_controls(text: str) -> str:
    return _BIDI_CONTROLS.sub("", text)


def without_mark_piles(text: str) -> str:
    """Marks beyond what real writing stacks would reach over the lines around them."""
    return _MARK_PILE.sub(r"\1", text)
