"""What a name passes for at a glance."""

import re
import unicodedata

from decancer_py import parse

# Letters that read as others in most typefaces, once case and script are folded.
_AS_READ = str.maketrans("013457i$€", "oleastlse")
# Marks, signs and what shows nothing: they stand beside a name, and make no other of it. But for
# the signs that pass for letters.
_NOT_READ = ("Mn", "Me", "Cf", "So", "Sk", "Sm", "Sc")
_READ = "$€|"
_TWO_AS_ONE = (("rn", "m"), ("vv", "w"))


def fold(name: str) -> str:
    """The same for every two names that a reader could mistake for each other.

    Without case, script, marks, spaces and signs. A name of signs alone stays as it is.
    """
    return folded_words(name).replace(" ", "") or name.casefold()


def folded_words(name: str) -> str:
    """As `fold`, with single spaces where the words part."""
    letters = "".join(
        character
        for character in unicodedata.normalize("NFKD", name)
        if character in _READ or unicodedata.category(character) not in _NOT_READ
    )
    letters = re.sub(r"\||(?<=\w)!(?=\w)", "l", letters)
    read = as_read(re.sub(r"['’ʼ`]", "", str(parse(as_read(letters)))))
    return re.sub(r"[\W_]+", " ", read).strip()


def as_read(text: str) -> str:
    text = text.translate(_AS_READ)
    for two, one in _TWO_AS_ONE:
        text = text.replace(two, one)
    return text
