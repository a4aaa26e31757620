"""Stretches of ids, each with a word of its own in the index of words, so that a search can go
through a discussion, or the answers to a prompt, from one end and stop when it has enough.

An index without them gives all comments that have a word, or none: where a hundred thousand have
it, all of them before the newest twenty are known.
"""

from enum import IntEnum

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Case, F, Func, TextField, Value, When
from django.db.models.functions import Cast

# How many ids: a word that many use is found in a few fine blocks, and where one that few use is
# not, a vast one costs as little.
FINE, COARSE, VAST = 1 << 9, 1 << 14, 1 << 18

_SCOPE = 1 << 35  # with three bits for the kind, above the number of a block
_KIND = 1 << 32
# No text and no search can have a word that begins so.
_MARK = " "


class Scope(IntEnum):
    """What a block is a stretch of."""

    DISCUSSION = 0
    PROMPT = 1


_SIZES = (FINE, COARSE, VAST)


def first_key(scope: Scope, pk: int, size: int) -> int:
    """That of a discussion's or a prompt's block 0. The others follow by their numbers."""
    return pk * _SCOPE + _kind(scope, size)


def word_of(key: str) -> str:
    """SQL for a query that finds what is in a block, from SQL for its key."""
    return f"('''{_MARK}' || ({key}) || '''')::tsquery"


def words_and_blocks() -> Func:
    """The words of a comment and those of the blocks that it is in, as they are indexed."""
    here = [_word("discussion", Scope.DISCUSSION, size) for size in _SIZES]
    answers = [_word("prompt", Scope.PROMPT, size) for size in _SIZES]
    blocks = Case(When(prompt=None, then=_vector(*here)), default=_vector(*here, *answers))
    return _joined(F("search_vector"), blocks)


def _kind(scope: Scope, size: int) -> int:
    return (scope * len(_SIZES) + _SIZES.index(size)) * _KIND


def _word(column: str, scope: Scope, size: int) -> Func:
    key = F(column) * _SCOPE + _kind(scope, size) + F("id") / size
    return _joined(Value(_MARK), Cast(key, TextField()))


def _vector(*words: Func) -> Func:
    return Func(
        *words,
        template="array_to_tsvector(ARRAY[%(expressions)s])",
        output_field=SearchVectorField(),
    )


def _joined(*parts: F | Func | Value | Case) -> Func:
    return Func(
        *parts, arg_joiner=" || ", template="(%(expressions)s)", output_field=SearchVectorField()
    )
