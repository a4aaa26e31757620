"""Numbers that belong to one person: National Insurance, NHS, cards."""

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.gb import nhs

from moderation.checks.reading import Mark, Reading


def national_insurance(reading: Reading) -> Iterator[Mark]:
    if not _SIX_DIGITS.search(reading.plain):
        return
    for match in _NATIONAL_INSURANCE.finditer(reading.plain):
        start, end = match.span()
        # "at 10 20 30 a time" has the letters and the digits as well.
        as_issued = reading.cased[start:end].isupper() or " " not in match.group()
        if as_issued or _NAMED.search(reading.plain, max(0, start - 40), start):
            yield Mark(start, end)


# Two letters that are in use, six digits, and a letter that was for the quarter.
_NATIONAL_INSURANCE = re.compile(
    r"(?<![a-z0-9])(?!bg|gb|kn|nk|nt|tn|zz)[abceghj-prstw-z][abceghj-nprstw-z]"
    r"[ \-]?\d{2}[ \-]?\d{2}[ \-]?\d{2}[ \-]?[a-d](?![a-z0-9])"
)
_SIX_DIGITS = re.compile(r"\d\d[ \-]?\d\d[ \-]?\d\d[ \-]?[a-d]")
_NAMED = re.compile(r"\b(?:national insurance|ni(?:no)?|nat ins)\b")


def nhs_numbers(reading: Reading) -> Iterator[Mark]:
    if not reading.has_long_number:
        return
    for match in _NHS.finditer(reading.plain):
        start, end = match.span()
        in_threes = not match.group().isdigit()
        called_so = "nhs" in reading.plain[max(0, start - 40) : start]
        if (in_threes or called_so) and nhs.is_valid(match.group()):
            yield Mark(start, end)


_NHS = re.compile(r"[1-9](?<![\d+].)(?<![\d+][ \-].)(?:\d\d([ \-])\d{3}\1\d{4}|\d{9})(?![ \-]?\d)")


def cards(reading: Reading) -> Iterator[Mark]:
    if not reading.has_long_number:
        return
    for match in _CARD.finditer(reading.plain):
        if luhn.is_valid("".join(filter(str.isdigit, match.group()))):
            yield Mark(*match.span())


# As on the card, in one, or digit by digit; 2 to 6 is what cards begin with.
_CARD = re.compile(
    r"[2-6](?<![\d=/].)(?:(?<=[3-6])|(?=[2-7]))(?:\d{12,18}"
    r"|\d{3}(?P<gap>[ \-.]{1,3})\d{4}(?P=gap)\d{4}(?P=gap)\d{1,4}(?:(?P=gap)\d{1,3})?"
    r"|\d{3}[ \-]\d{6}[ \-]\d{4,5}|(?:[ \-]\d){12,18}(?![ \-]?\d))(?!\d)"
)
