"""Numbers to geometry: what the templates in templates/charts draw as SVG. Pure.

Widths and places from left to right are hundredths of the picture, so that it fits every screen
while its texts keep their size.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from discussions.markup import excerpt

_ROW, _BAR_AT = 42, 18  # pixels
_LABEL = 38  # characters that fit beside a number on a phone
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    label: str
    value: str
    width: float
    text_y: int
    bar_y: int


@dataclass(frozen=True)
class Bars:
    title: str
    bars: list[Bar]

    @property
    def height(self) -> int:
        return len(self.bars) * _ROW


@dataclass(frozen=True)
class Line:
    name: str
    points: str
    number: int  # from 1; each has colour and dashes of its own


@dataclass(frozen=True)
class Tick:
    label: str
    place: float


@dataclass(frozen=True)
class Lines:
    title: str
    lines: list[Line]
    ticks: list[Tick]  # of the numbers, from the top down
    first: str
    last: str


def bars(title: str, rows: Sequence[tuple[str, float]], shown: str = "{:,}") -> Bars:
    """A bar for each row, the longest over the full width; `shown` formats its number."""
    most = max((number for _label, number in rows), default=0)
    return Bars(
        title,
        [
            Bar(
                label=excerpt(label, _LABEL),
                value=shown.format(number),
                width=_place(number, most),
                text_y=place * _ROW + _BAR_AT - 5,
                bar_y=place * _ROW + _BAR_AT,
            )
            for place, (label, number) in enumerate(rows)
        ],
    )


def lines(title: str, days: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Lines:
    """A line for each series over the same days."""
    top = _round_top(max((max(numbers, default=0) for _name, numbers in series), default=0))
    return Lines(
        title,
        [Line(name, _points(numbers, top), at) for at, (name, numbers) in enumerate(series, 1)],
        ticks=[Tick(f"{top:,}", 0.0), *([Tick(f"{top // 2:,}", 50.0)] if top % 2 == 0 else [])],
        first=days[0] if days else "",
        last=days[-1] if len(days) > 1 else "",
    )


def description(chart: Bars | Lines) -> str:
    """For who cannot see it: the picture has a table beside it."""
    return _("%(title)s. The numbers are in the table.") % {"title": chart.title}


def _points(numbers: Sequence[int], top: int) -> str:
    """One number alone is a level line, which can be seen."""
    if len(numbers) == 1:
        numbers = [numbers[0], numbers[0]]
    step = 100 / max(len(numbers) - 1, 1)
    places = [(place * step, 100 - _place(number, top)) for place, number in enumerate(numbers)]
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in places)


def _place(number: float, most: float) -> float:
    return round(number / most * 100, 2) if most > 0 else 0.0


def _round_top(most: int) -> int:
    """The next number that reads well: 1, 2, 5, 10, 20, 50…"""
    scale = 1
    while True:
        for step in _STEPS:
            if most <= step * scale:
                return step * scale
        scale *= 10
