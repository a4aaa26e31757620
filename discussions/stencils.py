"""Templates rendered once with gaps, and filled as often as needed.

To render a template for each comment is what makes a page slow. A stencil is the template's HTML
for one shape (what its conditions ask for), cut where the values stand; to fill it is to join
strings. It is rendered without a request, so that nothing of anybody can stay in it.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

# Of this process alone, so that nobody can write a gap into a text.
_MARK = secrets.token_hex(8)
_FIRST_NUMBER = (10**16 + secrets.randbelow(8 * 10**16)) * 100
_INDENT = re.compile(r"\s*\n\s*")
# A text's, a number's, and that of a number which the template writes with commas.
_WITH_COMMAS = f"{_FIRST_NUMBER:,}"[:-2]
_GAP = re.compile(rf"<{_MARK}:(\d+)>|({_FIRST_NUMBER // 100}\d\d)|({_WITH_COMMAS}\d\d)")


class _Place(NamedTuple):
    number: int
    has_commas: bool = False


class Stencil:
    """HTML with gaps, which are numbered, for texts that become part of a page."""

    def __init__(self, html: str) -> None:
        texts, places = _parted(html)
        order = [each.number for each in places]
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
        texts, self._places = _parted(html)
        self._texts = [text.encode() for text in texts]

    @classmethod
    def of(
        cls, template: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> "PageStencil":
        return cls(_dense(template, context, request))

    def fill(self, values: Sequence[str | int | Iterable[str]]) -> bytes:
        """A large value comes in pieces; a number is written as its template does."""
        return b"".join(self._pieces(values))

    def _pieces(self, values: Sequence[str | int | Iterable[str]]) -> Iterator[bytes]:
        yield self._texts[0]
        for (number, has_commas), text in zip(self._places, self._texts[1:], strict=True):
            value = values[number]
            if isinstance(value, int):
                value = f"{value:,}" if has_commas else str(value)
            yield from map(str.encode, (value,) if isinstance(value, str) else value)
            yield text


def _dense(template: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> str:
    """Without indentation, which a text that somebody wrote may have in a field of a form."""
    return _INDENT.sub("\n", render_to_string(template, dict(context), request))


def _parted(html: str) -> tuple[list[str], list[_Place]]:
    """The texts around the gaps, and what belongs into these."""
    parts = _GAP.split(html)
    kinds = zip(parts[1::4], parts[2::4], parts[3::4], strict=True)
    return parts[::4], [_place(*kind) for kind in kinds]


def _place(text: str | None, number: str | None, with_commas: str | None) -> _Place:
    if text:
        return _Place(int(text))
    if number:
        return _Place(int(number) - _FIRST_NUMBER)
    return _Place(int((with_commas or "").replace(",", "")) - _FIRST_NUMBER, has_commas=True)


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
