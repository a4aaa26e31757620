"""Number plates, and the numbers that police officers wear."""

import re
from collections.abc import Iterator

from moderation.checks.patterns import one_of, word_set
from moderation.checks.reading import Mark, Reading


def number_plates(reading: Reading) -> Iterator[Mark]:
    """In small letters, or where it could be a postcode or a road, only beside a vehicle."""
    for digit, _end in reading.digits:
        front = _FRONT.search(reading.plain, max(0, digit - 4), digit)
        match = _PLATE.match(reading.plain, front.start()) if front else None
        if match and _is_plate(match, reading):
            yield Mark(*match.span())


# The letters before the digits, with a gap in the old style.
_FRONT = re.compile(r"(?<![a-z0-9])(?:[a-z]{1,2}|[a-z]{3}[ \-]?)$")
# Since 2001 (AB12 CDE), since 1983 (A123 BCD), since 1963 (ABC 123D).
_PLATE = re.compile(
    r"(?:(?P<area>[a-hj-pr-y]{2})(?P<age>[0-25-7]\d)[ \-]?(?P<last>[a-hj-pr-z]{3})"
    r"|(?P<year>[a-hj-npr-ty])(?P<number>\d{1,3})[ \-]?(?P<middle>[a-hj-pr-z]{3})"
    r"|(?P<first>[a-hj-pr-y]{3})[ \-]?(?P<serial>\d{1,3})(?P<end>[a-hj-npr-tv-y]))(?![a-z0-9])"
)
_PLATE_WORD = re.compile(r"\b(?:reg|registration|registered|(?:number ?)?plates?|vrm|index)\b")
_VEHICLE = re.compile(
    r"\b(?:cars?|vans?|driver|driving|drove|vehicle|moped|motorbike|parked|lorry|taxi|minicab|cab"
    r"|bmw|audi|mercedes|golf|ford|scooter|plates?|reg)\b"
)
# Postcode districts of London, police units and what else looks like the first half of a plate.
_OTHER_AREAS = word_set(
    "br co cr da ec en eu ge ha ig kt mo mp nw pc rm se sm so sw tn tw ub uk wc wd ww"
)
# Words and short forms that follow a district, a road or a figure in capitals.
_COMMON = word_set(
    "act add ago all and any are ask bad ban bbc big bus but can car cat cps cut day did dog due"
    " end far few for gas gdp get gla got had has her him his how ira its job key kid law led let"
    " lot ltd ltn low mad man may men met mph mps nhs new nor not now off old one ons our out own"
    " pay per pub put ran red run sad sat saw say see set she shop six suv tax tba ten tfl the too"
    " top try two uae usa use van war was way wet who why won wow yes yet you"
)


def _is_plate(match: re.Match[str], reading: Reading) -> bool:
    if not _COMMON.isdisjoint(match.group("last", "middle", "first")):
        return False
    start, end = match.span()
    before = reading.plain[max(0, start - 40) : start]
    if _PLATE_WORD.search(before):
        return True
    around = f"{before} {reading.plain[end : end + 25]}"
    is_in_capitals = reading.cased[start:end].isupper()
    return is_in_capitals and (_can_be_nothing_else(match) or _VEHICLE.search(around) is not None)


def _can_be_nothing_else(match: re.Match[str]) -> bool:
    if match["area"]:
        return match["area"] not in _OTHER_AREAS
    if match["year"]:
        return len(match["number"]) == 3
    return len(match["serial"]) == 3 and match["end"] not in "km"


def collar_numbers(reading: Reading) -> Iterator[Mark]:
    """ "PC 1234", "officer 482MD", "shoulder number 1234"; not "PC 1985", which may be a year."""
    if _RANKS.isdisjoint(reading.words):
        return
    for start, _end in reading.digits:
        badge = _BADGE.search(reading.plain, max(0, start - 40), start)
        if badge and (number := _BADGE_NUMBER.match(reading.plain, start)):
            yield Mark(badge.start("mark"), number.end())
        elif rank := _RANK.search(reading.cased, max(0, start - 20), start):
            number = _COLLAR_NUMBER.match(reading.cased, start)
            if number and _is_collar_number(rank["rank"].lower(), number):
                yield Mark(*number.span())


_RANKS = word_set(
    "shoulder collar warrant badge epaulette epaulettes officer pc c wpc pcso tdc dc ds ps sc"
    " sgt sergeant constable inspector"
)
_BADGE = re.compile(
    r"\b(?:(?:shoulder|collar|warrant(?: card)?|badge|officer(?:'s)?) (?:id|number|no\.?|num)"
    r"|epaulettes?)(?: (?:is|was|says|said|reads?))?[ :#]{1,3}(?P<mark>[a-z]{0,2} ?)$"
)
_BADGE_NUMBER = re.compile(r"\d{2,6}(?: ?[a-z]{1,2})?(?!\w)")
_RANK = re.compile(
    r"(?<![\w£])(?P<rank>[Pp]\.?[Cc]\.?|WPC|PCSO|TDC|D[CS]|PS|SC"
    rf"|(?i:{one_of('sgt sergeant constable officer inspector')}))"
    r"[ ,:(#]{1,3}(?:(?i:no\.?|number) ?)?$"
)
_COLLAR_NUMBER = re.compile(
    r"(?P<number>\d{2,5})(?:(?P<glued>[A-Za-z]{1,2})| (?P<apart>[A-Z]{2}))?(?![\w%])"
)
_WITHOUT_LETTERS = word_set("pc p.c. wpc pcso constable officer")
_MEASURES = word_set("st nd rd th am pm km kg mm cm gb mb tb hr ft in k m s p x yo")


def _is_collar_number(rank: str, match: re.Match[str]) -> bool:
    letters = match["glued"] or match["apart"]
    if letters:
        return letters.lower() not in _MEASURES
    number = match["number"]
    is_year = len(number) == 4 and number[:2] in ("19", "20")
    return rank in _WITHOUT_LETTERS and len(number) >= 3 and not is_year
