"""Where somebody lives or works, down to the door or the few doors of a postcode."""

import re
from collections.abc import Iterator

from moderation.checks.patterns import one_of, word_set
from moderation.checks.reading import Mark, Reading


def addresses(reading: Reading) -> Iterator[Mark]:
    """A full postcode, or a number with a street; a district ("SE15") or a street alone is none."""
    found: list[Mark] = []
    for mark in sorted([*_streets(reading), *_postcodes(reading)]):
        if found and _is_one_address(reading.cased, found[-1], mark):
            found[-1] = Mark(found[-1].start, max(found[-1].end, mark.end))
        else:
            found.append(mark)
    yield from found


def _is_one_address(text: str, one: Mark, next_one: Mark) -> bool:
    """ "12 Sample Road, Peckham, London SE15 4QG" """
    between = text[one.end : next_one.start]
    return len(between) <= 40 and not _ELSEWHERE.search(between)


_ELSEWHERE = re.compile(r"[.!?]\s|\n\n|\d| and ")
# All areas in use: other letters with digits are no postcode.
_AREAS = word_set(
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e"
    " ec eh en ex fk fy g gl gu ha hd hg hp hr hs hu hx ig ip iv ka kt kw ky l la ld le ll ln ls"
    " lu m me mk ml n ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so"
    " sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze"
)
_AREA = re.compile(r"(?<![a-z0-9])[a-z]{1,2}$")
_AFTER_AREA = re.compile(r"\d[a-z0-9]? {0,2}\d(?P<unit>[abd-hjlnp-uw-z]{2})(?![a-z0-9])")
# "M25 3rd lane", "B12 5ft": in small letters these are no ends of postcodes.
_NO_UNITS = word_set("st nd rd th hr yr ft lb pt ph gb tb")
# City Hall, New Scotland Yard, Downing Street, Parliament, Buckingham Palace.
_PUBLIC = frozenset({"e161ze", "sw1a2jl", "sw1a2aa", "sw1a0aa", "sw1a1aa"})


def _postcodes(reading: Reading) -> Iterator[Mark]:
    text = reading.plain
    for digit, _end in reading.digits:
        rest = _AFTER_AREA.match(text, digit)
        area = _AREA.search(text, max(0, digit - 3), digit) if rest else None
        if rest is None or area is None or area.group() not in _AREAS:
            continue
        is_measure = reading.cased[slice(*rest.span("unit"))] in _NO_UNITS
        if not is_measure and text[area.start() : rest.end()].replace(" ", "") not in _PUBLIC:
            yield Mark(area.start(), rest.end())


_KINDS = one_of(
    r"Roads? Rd Streets? St Avenue Ave Lane Ln Close Cl Drive Dr Gardens Gdns Grove Terrace Place",
    r"Way Court Ct Crescent Cres Square Sq Mews Hill Row Walk Rise House Parade Villas Broadway",
    r"Buildings Mansions Green Park Point Tower Heights Wharf Yard Path Vale View Estate",
)
_KIND_WORDS = frozenset(re.findall("[a-z]+", _KINDS.lower())) | {"road", "street"}
_NAME = r"(?:(?:[A-Z][a-z'\-]{1,20}+|[A-Z]{2,20}+)\.? ){1,3}?"
_STREET = re.compile(
    rf"(?P<number>\d{{1,4}})(?:[A-Za-z]|-\d{{1,4}})?,? (?P<name>{_NAME}){_KINDS}\b"
    # "3 High Street shops"
    r"(?! (?:shops|residents|flats|homes|houses|families|traders|people|businesses|cars|bus(?:es)?"
    r"|stops?|cameras|burglaries|robberies|stabbings|premises|tenants|officers)\b)"
)
_HOUSE = re.compile(rf"\d{{1,4}}[A-Za-z]?,? (?:in |at )?{_NAME}{_KINDS}\b")
# In small letters only where it is said to be somebody's: "i live at 12 sample road".
_SMALL_STREET = re.compile(rf"\d{{1,4}}[a-z]?,? (?:[a-z'\-]{{2,20}}+ ){{1,3}}?{_KINDS.lower()}\b")
_AT_HOME = re.compile(
    r"\b(?:(?:lives?|living|stays|staying|works|resides?) (?:at|on|in)|address(?: is|:)?|house is)"
    r" (?:flat ?\d{1,4}[a-z]?,? |number |no\.? ?)?$"
)
_BEFORE_FLAT = re.compile(r"\b(?:flat|apartment|apt|unit|no\.?|number) ?(?:\d{1,4}[a-z]?,? )?$")
_NO_HOUSE_NUMBER = re.compile(
    r"(?:[\w£$€.,:/\-]|\b(?:phase|route|bus|top|the|since|ward|exit|a|between \d{1,4} and"
    # "The pub at 12 High Street" is no home.
    r"|(?:pub|library|shop|cafe|church|mosque|station|supermarket|restaurant|bank|cinema|market"
    r"|gym|surgery|school|clinic|centre) (?:at|on)) )$"
)
_MONTH = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]* ?"
)
_FAMOUS = ("10 downing street", "11 downing street", "221b baker street")


def _streets(reading: Reading) -> Iterator[Mark]:
    if not reading.digits or _KIND_WORDS.isdisjoint(reading.words):
        return
    for start, end in reading.digits:
        if end - start > 4:
            continue
        before = reading.plain[max(0, start - 40) : start]
        flat = _BEFORE_FLAT.search(before)
        street = _STREET.match(reading.cased, start)
        if street and _is_home(street, before):
            yield Mark(start - len(flat.group()) if flat else start, street.end())
        elif flat and (house := _HOUSE.match(reading.cased, start)):
            yield Mark(start - len(flat.group()), house.end())
        elif _AT_HOME.search(before) and (small := _SMALL_STREET.match(reading.plain, start)):
            yield Mark(start, small.end())


def _is_home(street: re.Match[str], before: str) -> bool:
    number = int(street["number"])
    is_year = 1900 <= number <= 2099
    is_date = _MONTH.match(street["name"])
    is_famous = street.group().lower() in _FAMOUS
    return not (number == 0 or is_year or is_date or is_famous or _NO_HOUSE_NUMBER.search(before))
