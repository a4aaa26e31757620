"""Pictures for the demo's consultations, drawn here: shapes and colours, of nobody and nowhere."""

import functools
import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

from discussions import images
from discussions.models import Consultation

_SIZE = (1600, 640)
_DRAWN_AT = 2  # times the size, and shrunk, so that edges are smooth
_NIGHT, _DUSK, _DAY = "#14345c", "#3c5f8c", "#dbe7f1"
_SUN, _GREEN, _BRICK, _PAPER = "#f5b82e", "#0f6b5c", "#b4543a", "#f7f5f0"


def draw(consultation: Consultation) -> None:
    """For one that has a drawing here."""
    if consultation.slug in _DRAWINGS:
        alt, _sketch = _DRAWINGS[consultation.slug]
        images.keep(consultation, _drawn(consultation.slug), alt)


@functools.cache
def _drawn(slug: str) -> images.Picture:
    """Drawing takes a while, and it comes out the same every time."""
    _alt, sketch = _DRAWINGS[slug]
    image = Image.new("RGB", (_SIZE[0] * _DRAWN_AT, _SIZE[1] * _DRAWN_AT))
    sketch(_Paper(image))
    out = BytesIO()
    image.resize(_SIZE, Image.Resampling.LANCZOS).save(out, "PNG")
    return images.made_anew(out, out.tell())


class _Paper:
    """Draws in the picture's own measure."""

    def __init__(self, image: Image.Image) -> None:
        self._draw = ImageDraw.Draw(image)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        corners = [x, y, x + width, y + height]
        self._draw.rectangle([each * _DRAWN_AT for each in corners], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        corners = [x - radius, y - radius, x + radius, y + radius]
        self._draw.ellipse([each * _DRAWN_AT for each in corners], fill=colour)

    def ring(self, x: float, y: float, radius: float, colour: str, width: int) -> None:
        corners = [each * _DRAWN_AT for each in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(corners, outline=colour, width=width * _DRAWN_AT)

    def line(self, points: list[tuple[float, float]], colour: str, width: int) -> None:
        scaled = [(x * _DRAWN_AT, y * _DRAWN_AT) for x, y in points]
        self._draw.line(scaled, fill=colour, width=width * _DRAWN_AT, joint="curve")

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        self._draw.polygon([(x * _DRAWN_AT, y * _DRAWN_AT) for x, y in points], fill=colour)


def _street(paper: _Paper) -> None:
    paper.box(0, 0, *_SIZE, _DAY)
    paper.disc(1290, 190, 110, _SUN)
    colours = (_BRICK, _NIGHT, _PAPER, _GREEN, _DUSK)
    for number in range(9):
        x, height = number * 180 - 10, (300, 360, 285, 330)[number % 4]
        top, colour = 560 - height, colours[number % len(colours)]
        glass = _SUN if colour in (_NIGHT, _GREEN) else _NIGHT
        paper.shape([(x, top), (x + 90, top - 80), (x + 180, top)], _NIGHT)
        paper.box(x, top, 180, height, colour)
        for row in range(2):
            for column in range(2):
                paper.box(x + 30 + 75 * column, top + 40 + 100 * row, 45, 60, glass)
        paper.box(x + 68, 500, 44, 60, glass)
    paper.box(0, 560, _SIZE[0], 80, _DUSK)


def _theft(paper: _Paper) -> None:
    paper.box(0, 0, *_SIZE, _GREEN)
    paper.box(0, 500, _SIZE[0], 140, _NIGHT)
    for x in (330, 760):
        paper.ring(x, 400, 150, _PAPER, 14)
        paper.disc(x, 400, 14, _PAPER)
    frame = [(330.0, 400.0), (440.0, 220.0), (670.0, 220.0), (540.0, 400.0), (330.0, 400.0)]
    paper.line(frame, _SUN, 16)
    paper.line([(420, 190), (440, 220), (540, 400)], _SUN, 16)
    paper.line([(760, 400), (655, 170), (720, 150)], _SUN, 16)
    paper.line([(380, 186), (460, 186)], _PAPER, 18)
    paper.box(1120, 110, 230, 430, _NIGHT)
    paper.box(1138, 150, 194, 340, _DAY)
    paper.disc(1235, 515, 14, _DAY)
    paper.box(1165, 190, 140, 22, _DUSK)
    paper.box(1165, 232, 100, 22, _DUSK)
    paper.disc(1235, 370, 60, _SUN)


def _night(paper: _Paper) -> None:
    paper.box(0, 0, *_SIZE, _NIGHT)
    chance = random.Random(7)  # noqa: S311 - stars, the same every time
    for _star in range(90):
        paper.disc(chance.uniform(0, 1600), chance.uniform(0, 330), chance.uniform(1, 3), _DAY)
    paper.disc(1330, 140, 70, _PAPER)
    paper.disc(1360, 125, 62, _NIGHT)
    paper.box(0, 520, _SIZE[0], 120, "#0a1a30")
    for x in range(120, 1600, 340):
        paper.shape([(x, 210), (x - 130, 520), (x + 130, 520)], "#2b4a72")
        paper.box(x - 5, 200, 10, 330, _DUSK)
        paper.disc(x, 205, 24, _SUN)
    paper.box(560, 330, 480, 190, _BRICK)
    for window in range(5):
        paper.box(585 + 88 * window, 360, 66, 66, _SUN)
    paper.box(560, 450, 480, 10, _PAPER)
    for x in (660, 940):
        paper.disc(x, 520, 42, "#0a1a30")
        paper.disc(x, 520, 18, _DAY)


_DRAWINGS: dict[str, tuple[str, Callable[[_Paper], None]]] = {
    "neighbourhood-policing": (
        "A drawing: a row of houses in many colours, with the sun above them.",
        _street,
    ),
    "phones-and-bikes": ("A drawing: a bike and a phone, side by side.", _theft),
    "safer-journeys": (
        "A drawing: a bus with lit windows at night, between street lamps, under a moon.",
        _night,
    ),
}
