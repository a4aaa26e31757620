"""How lists of words are written in these modules, so that they stay readable."""


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def one_of(*words: str) -> str:
    """A pattern for any of these, parted by spaces; an underscore stands for a space in one."""
    return "(?:" + "|".join(" ".join(words).split()).replace("_", " ") + ")"
