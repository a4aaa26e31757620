"""Cost against size, drawn as SVG; both axes are logarithmic, so that a level line is a cost that
does not grow."""

import math
from collections.abc import Mapping
from html import escape

_WIDTH, _HEIGHT = 960, 560
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 276, 50, 60
_COLOURS = ("#0b57a4", "#b3261e", "#1b7f3b", "#7b3fa0", "#a15c00", "#00727a", "#5a5a5a")
_DASHES = ("", "7 4", "2 4")
_LABEL_GAP = 17
_LEAST = 0.01  # milliseconds, which a logarithm can show
_INK, _GRID = "#222222", "#d9d9d9"

# By kind of page, milliseconds by size.
Costs = Mapping[str, Mapping[int, float]]


def svg(title: str, costs: Costs) -> str:
    sizes = sorted({size for by_size in costs.values() for size in by_size})
    values = [value for by_size in costs.values() for value in by_size.values()]
    plot = _Plot(sizes, min(values), max(values))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f'<g font-family="sans-serif" font-size="13" fill="{_INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="28" font-size="16" font-weight="bold">{escape(title)}</text>',
        *_grid(plot, sizes),
        *_lines(plot, costs),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Plot:
    def __init__(self, sizes: list[int], least: float, most: float) -> None:
        self._from, self._to = math.log10(sizes[0]), math.log10(sizes[-1])
        self.ticks = _ticks(max(least, _LEAST), max(most, _LEAST))

    def x(self, size: int) -> float:
        share = (math.log10(size) - self._from) / ((self._to - self._from) or 1)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        lowest, highest = (math.log10(self.ticks[end]) for end in (0, -1))
        share = (math.log10(max(value, _LEAST)) - lowest) / (highest - lowest)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _ticks(least: float, most: float) -> list[float]:
    """1, 2, 5, 10, 20 … from the last one below the least to the first one above the most."""
    powers = range(math.floor(math.log10(least)), math.floor(math.log10(most)) + 2)
    steps = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    first = max(place for place, step in enumerate(steps) if step <= least)
    last = min(place for place, step in enumerate(steps) if step > most)
    return steps[first : last + 1]


def _grid(plot: _Plot, sizes: list[int]) -> list[str]:
    parts = []
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    for tick in plot.ticks:
        y = plot.y(tick)
        parts.append(f'<path d="M{_LEFT} {y}H{right}" stroke="{_GRID}"/>')
        label = f"{tick:,g} ms"
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{label}</text>')
    for size in sizes:
        x = plot.x(size)
        parts.append(f'<path d="M{x} {_TOP}V{bottom}" stroke="{_GRID}"/>')
        parts.append(f'<text x="{x}" y="{bottom + 20}" text-anchor="middle">{size:,}</text>')
    middle = (_LEFT + right) / 2
    below = f'<text x="{middle}" y="{bottom + 44}" text-anchor="middle">'
    return [*parts, f"{below}comments in the discussion</text>"]


def _lines(plot: _Plot, costs: Costs) -> list[str]:
    """Each with its name at its right end; names that would overlap make room for each other."""
    ends = {kind: plot.y(by_size[max(by_size)]) for kind, by_size in costs.items()}
    places = _apart(ends)
    parts = []
    for number, (kind, by_size) in enumerate(costs.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        dashes = _DASHES[number // len(_COLOURS) % len(_DASHES)]
        points = [(plot.x(size), plot.y(by_size[size])) for size in sorted(by_size)]
        drawn = " ".join(f"{x},{y}" for x, y in points)
        x, y = points[-1]
        parts += [
            f'<g fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}">',
            f'<polyline points="{drawn}"/></g>',
            *(f'<circle cx="{px}" cy="{py}" r="3" fill="{colour}"/>' for px, py in points),
            f'<path d="M{x + 5} {y}L{x + 24} {places[kind]}" stroke="{colour}" opacity="0.5"/>',
            f'<text x="{x + 28}" y="{places[kind] + 4}" fill="{colour}">{escape(kind)}</text>',
        ]
    return parts


def _apart(ends: dict[str, float]) -> dict[str, float]:
    """From the top down, each at least a line below the one before; all inside the picture."""
    places: dict[str, float] = {}
    at = float(_TOP) - _LABEL_GAP
    for kind in sorted(ends, key=lambda each: ends[each]):
        at = max(ends[kind], at + _LABEL_GAP)
        places[kind] = at
    bottom = float(_HEIGHT - _BOTTOM) + _LABEL_GAP
    for kind in reversed(list(places)):
        bottom = min(places[kind], bottom - _LABEL_GAP)
        places[kind] = round(bottom, 1)
    return places
