"""What screening should find, and what it should leave alone: sentences of ours.

Numbers are of the ranges kept for drama and for tests, or made up; so are streets and people.
"""

from tests.screening import criticism, danger, hostile, incidents, numbers, personal
from tests.screening.sentence import Sentence

SENTENCES: tuple[Sentence, ...] = (
    *personal.SENTENCES,
    *numbers.SENTENCES,
    *incidents.SENTENCES,
    *danger.SENTENCES,
    *hostile.SENTENCES,
    *criticism.SENTENCES,
)
LIVE_CASES = ("Róisín O’Farrell-Wyke", "Operation Larkspur", "Tobias van der Quint")
