"""Templates rendered once with gaps, and filled as often as needed.

To render a template for each comment is what makes a page slow. A stencil is the template's HTML
for one shape (what its conditions ask for), cut where the values stand; to fill it is to join
strings. It is rendered without a request, so that nothing of anybody can stay in it.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

# Of this process alone, so that nobody can write a gap into a text.
_MARK = secrets.token_hex(8)
_FIRST_NUMBER = (10**16 + secrets.randbelow(8 * 10**16)) * 100
_INDENT = re.compile(r"\s*\n\s*")
_GAP = re.compile(rf"<{_MARK}:(\d+)>|({_FIRST_NUMBER // 100}\d\d)")


class Stencil:
    """HTML with gaps, which are numbered, for texts that become part of a page."""

    def __init__(self, html: str) -> None:
        texts, order = _parted(html)
        self._format = "%s".join(text.replace("%", "%%") for text in texts)
        self._pick = itemgetter(*order, order[-1]) if order else None

    @classmethod
    def of(cls, template: str, context: Mapping[str, Any]) -> "Stencil":
        return cls(_dense(template, context))

    def fill(self, values: Sequence[object]) -> str:
        """The values are HTML: escaped by whoever gives them."""
        # A plain text: texts that are marked as safe take twice as long to join.
        return self._format % (self._pick(values)[:-1] if self._pick else ())


class PageStencil:
    """The same for a whole page, as it is sent.

    Each part of it is encoded by itself: in one text, a single letter that takes two bytes of
    memory makes all the others take two.
    """

    def __init__(self, html: str) -> None:
        texts, self._order = _parted(html)
        self._texts = [text.encode() for text in texts]

    @classmethod
    def of(
        cls, template: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> "PageStencil":
        return cls(_dense(template, context, request))

    def fill(self, values: Sequence[str | Iterable[str]]) -> bytes:
        """A large value comes in pieces."""
        return b"".join(self._pieces(values))

    def _pieces(self, values: Sequence[str | Iterable[str]]) -> Iterator[bytes]:
        yield self._texts[0]
        for number, text in zip(self._order, self._texts[1:], strict=True):
            value = values[number]
            yield from map(str.encode, (value,) if isinstance(value, str) else value)
            yield text


def _dense(template: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> str:
    """Without indentation, which a text that somebody wrote may have in a field of a form."""
    return _INDENT.sub("\n", render_to_string(template, dict(context), request))


def _parted(html: str) -> tuple[list[str], list[int]]:
    """The texts around the gaps, and the numbers of these."""
    parts = _GAP.split(html)
    numbers = zip(parts[1::3], parts[2::3], strict=True)
    return parts[::3], [int(text) if text else int(each) - _FIRST_NUMBER for text, each in numbers]


def gap(number: int) -> SafeString:
    """Stands in a template's context for a text."""
    return mark_safe(f"<{_MARK}:{number}>")  # noqa: S308 - no outside text


def number_gap(number: int) -> int:
    """Stands in a template's context for a number, such as the one in an address. Up to 99."""
    return _FIRST_NUMBER + number


def gaps(names: Iterable[str], numbers: Iterable[str] = ()) -> dict[str, SafeString | int]:
    """By name, those of `names` in their order; those also in `numbers` stand for numbers."""
    as_numbers = set(numbers)
    return {
        name: number_gap(place) if name in as_numbers else gap(place)
        for place, name in enumerate(names)
    }
