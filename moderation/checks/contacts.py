"""How to reach a person: phone numbers and email addresses."""

import re
from collections.abc import Iterator

from moderation.checks.patterns import one_of, word_set
from moderation.checks.reading import Mark, Reading


def phones(reading: Reading) -> Iterator[Mark]:
    """Of people: not 999 or 101, not helplines (03, 08), and not the lines of City Hall."""
    if reading.has_long_number:
        for run in _RUN.finditer(reading.plain):
            yield from _phones_among(run, reading.plain)
        if not _CALLING.isdisjoint(reading.words):
            yield from _marks(_LOCAL.finditer(reading.plain))
    if "seven" in reading.words or "zero" in reading.words:
        yield from _marks(_SPELLED.finditer(reading.plain))


# What people put between the digits of one number.
_GAP = r"[ ().\-_·\t]{0,6}+"
# Digits, and the letter O in the place of one, with gaps.
_RUN = re.compile(
    r"[+(\do](?<!\d.)"
    r"(?:(?<=\+) ?\(?\d|(?<=\()(?:\d|o(?=\d))|(?<=\d)|(?<=o)(?<![a-z].)(?=[ .\-]?\d))"
    rf"(?:{_GAP}(?:\d|o(?![a-np-z]))){{6,4000}}+"
)
# Inside such digits, with O as 0. The rest has nine or ten digits; the first says what it is.
_BRITISH = re.compile(
    rf"(?<!\d)(?:(?:\+|00){_GAP}44{_GAP}(?:\(?0\)?{_GAP})?|\(?0{_GAP}|44{_GAP}(?=7))"
    rf"(?P<rest>[127](?:{_GAP}\d){{8,9}})(?!\d)"
)
_FOREIGN = re.compile(rf"(?:\+ ?|(?<!\d)00)(?!44)\(?[1-9](?:{_GAP}\d){{8,14}}(?!\d)")
# One digit less is too few, but for some towns: "016977 1234".
_OF_A_SMALL_TOWN = re.compile(r"1\d{2,4}[ )\-]{0,2}\d{4,6}")
_DECIMAL = re.compile(r"0\.\d{4}")
_CALLING = word_set("call ring text phone tel mobile mob number whatsapp")
# "Ring me on 7946 0123": London's code is often left out, and so is the 0 of a mobile.
_LOCAL = re.compile(
    r"\b(?:(?:call|ring|text|phone|whatsapp) (?:me|us|him|her|them)|(?:my|our|his|her|their)"
    r" (?:phone|tel|mobile|mob|number|whatsapp))\b[^.!?\n\d]{0,20}"
    r"(?P<mark>[378]\d{3}[ \-]?\d{4}|7\d{3}[ \-]?\d{3}[ \-]?\d{3})(?!\d)"
)
_DIGIT_WORD = one_of("zero oh o one two three four five six seven eight nine")
_SPELLED = re.compile(
    r"\b(?P<mark>(?:zero|oh|o)[ ,\-]{1,2}(?:one|two|seven)"
    rf"(?:[ ,\-]{{1,2}}(?:(?:double|treble|triple) )?{_DIGIT_WORD}\b){{5,9}})"
)
# City Hall and the Metropolitan Police.
_PUBLIC = frozenset({"2079834000", "2079834100", "2072301212"})
_REFERENCE = re.compile(
    r"\b(?:ref|reference|cad|crn|urn|crime no|crime number|case)\b[^.\n]{0,20}$"
)


def _phones_among(run: re.Match[str], text: str) -> Iterator[Mark]:
    digits = run.group().replace("o", "0")
    for match in _BRITISH.finditer(digits):
        start = run.start() + match.start()
        if _is_phone(match) and not _REFERENCE.search(text, max(0, start - 30), start):
            # "(020 7946 0000 or …": that bracket belongs to the sentence.
            opens = match.group().startswith("(") and ")" not in match.group()
            yield Mark(start + opens, run.start() + match.end())
    for match in _FOREIGN.finditer(digits):
        yield Mark(run.start() + match.start(), run.start() + match.end())


def _is_phone(match: re.Match[str]) -> bool:
    rest = match["rest"]
    digits = "".join(filter(str.isdigit, rest))
    if digits in _PUBLIC or _DECIMAL.match(match.group()):
        return False
    return len(digits) == 10 or _OF_A_SMALL_TOWN.fullmatch(rest) is not None


def emails(reading: Reading) -> Iterator[Mark]:
    """Also spelled, "ada at example dot com"; not "@ada", and no office of a public body."""
    text = reading.plain
    if "@" in text:
        yield from _emails_among(_EMAIL.finditer(text))
    if "dot" in reading.words or _BRACKETED.search(text):
        yield from _marks(_SPELLED_EMAIL.finditer(text))


_EMAIL = re.compile(
    r"(?<![\w.+%'\-])(?P<box>[\w.+%'\-]{1,64}+) ?@ ?"
    r"(?P<host>[\w\-]{1,63}+(?:\.[\w\-]{1,63}+){1,5}"
    r"|[\w\-]{1,63}+ ?[.,] ?(?:com|org|net|co\.uk)\b)"
)
_ENDS = one_of("com org net co uk info me io gov ac")
_AT = r"(?:[(\[{<] ?(?:at|@) ?[)\]}>])"
_DOT = r"(?:[(\[{<] ?(?:dot|\.) ?[)\]}>])"
_BRACKETED = re.compile(r"[(\[{<] ?(?:at|@|dot|\.) ?[)\]}>]")
_SPELLED_EMAIL = re.compile(
    r"(?<![\w.+\-])(?P<mark>[\w.+\-]{1,64}+ ?"
    rf"(?:(?:{_AT}|@) ?[\w\-]{{1,63}}+ ?(?:{_DOT}|\.|(?<= )dot(?= ))"
    rf"|(?<= )at [\w\-]{{1,63}}+ (?:dot(?= )|{_DOT}))"
    rf" ?{_ENDS}\b(?:(?: ?\.| dot) ?(?:uk|com)\b)?)"
)
_OFFICES = word_set(
    "admin complaints consultation consultations contact enquiries feedback foi hello help info"
    " mail mayor office press support team"
)
_PUBLIC_BODIES = (".gov.uk", ".police.uk", ".nhs.uk")


def _emails_among(matches: Iterator[re.Match[str]]) -> Iterator[Mark]:
    for match in matches:
        box, host = match["box"], match["host"].rstrip(".-")
        is_office = box in _OFFICES and f".{host}".endswith(_PUBLIC_BODIES)
        if not is_office and any(letter.isalpha() for letter in host.rpartition(".")[2]):
            start = match.start() + len(box) - len(box.lstrip(".-'"))
            yield Mark(start, match.start("host") + len(host))


def _marks(matches: Iterator[re.Match[str]]) -> Iterator[Mark]:
    for match in matches:
        yield Mark(*match.span("mark"))
