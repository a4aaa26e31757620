"""A file of voices from elsewhere: read and checked whole, each fault told by its row.

CSV as spreadsheets write it: UTF-8, with commas or semicolons, the names of the columns first.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions.comment_text import check_body, clean_body
from discussions.models import Consultation, Discussion, Prompt, Source
from discussions.voices import Said, Voice, clean_name
from moderation.screening import Advice, screen

COLUMNS = ("text", "name", "discussion", "question", "how", "where", "when")
ROWS_AT_MOST = 1_000
BYTES_AT_MOST = 2_000_000
_PLACE_LENGTH = 120
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
_CONTACTS = ("phone", "email")


class UnreadableFileError(Exception):
    """No row of it can be looked at. Its text says why, and what to do."""


@dataclass(frozen=True)
class Fault:
    row: int  # as a spreadsheet numbers them: the names of the columns are row 1
    sentence: str


@dataclass
class Checked:
    """The voices with their rows. Where there are faults, none of it may be entered."""

    voices: list[tuple[int, Voice]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def check_file(content: bytes, consultation: Consultation) -> Checked:
    """Raises UnreadableFileError."""
    reader = _RowReader(consultation)
    checked = Checked()
    for number, cells in _rows(content):
        try:
            checked.voices.append((number, reader.voice(cells)))
        except ValidationError as error:
            checked.faults += [Fault(number, each) for each in error.messages]
    return checked


def check_place(text: str) -> str:
    """Where something was said, as it is kept. Raises ValidationError with a sentence."""
    place = " ".join(clean_body(text).split())
    if len(place) > _PLACE_LENGTH:
        raise ValidationError(_("Say where in at most %(n)d characters.") % {"n": _PLACE_LENGTH})
    if any(each.kind in _CONTACTS for each in screen(place) if each.kind.advice is Advice.ASK):
        raise ValidationError(
            _("Everyone reads where it was said: leave out phone numbers and email addresses.")
        )
    return place


def check_day(day: date) -> date:
    """Raises ValidationError with a sentence."""
    if not date(1900, 1, 1) <= day <= timezone.localdate():
        raise ValidationError(_("The day when it was said is not in the past."))
    return day


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that say something, by the names of the columns."""
    reader = csv.reader(io.StringIO(_text(content), newline=""), delimiter=_delimiter(content))
    try:
        names = [each.strip().casefold() for each in next(reader, [])]
        _check_columns(names)
        count = 0
        for number, cells in enumerate(reader, start=2):
            if not any(each.strip() for each in cells):
                continue
            count += 1
            if count > ROWS_AT_MOST:
                told = _("The file has more than %(most)s rows. Please make two of it.")
                raise UnreadableFileError(told % {"most": f"{ROWS_AT_MOST:,}"})
            yield number, dict(zip(names, (_as_text(each) for each in cells), strict=False))
    except csv.Error as error:
        raise UnreadableFileError(_NO_TABLE) from error
    if not count:
        raise UnreadableFileError(_("The file has no rows."))


def _text(content: bytes) -> str:
    if len(content) > BYTES_AT_MOST:
        raise UnreadableFileError(_("The file is larger than 2 MB. Please make two of it."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            _("The file is not UTF-8 text. In a spreadsheet, save it as “CSV UTF-8”.")
        ) from error
    if "\0" in text:
        raise UnreadableFileError(_NO_TABLE)
    return text


def _delimiter(content: bytes) -> str:
    """By the first line, which has the names of the columns alone."""
    first = content.partition(b"\n")[0]
    return ";" if first.count(b";") > first.count(b",") else ","


def _check_columns(names: list[str]) -> None:
    if "text" not in names or "how" not in names:
        raise UnreadableFileError(
            _("The first row has the names of the columns: %(names)s. “text” and “how” are needed.")
            % {"names": ", ".join(COLUMNS)}
        )
    unknown = [each for each in names if each and each not in COLUMNS]
    if unknown or len(set(names) - {""}) < len([each for each in names if each]):
        name = unknown[0][:40] if unknown else next(n for n in names if names.count(n) > 1)
        raise UnreadableFileError(
            _("“%(name)s” is not a column, or is there twice. Columns are: %(names)s.")
            % {"name": name, "names": ", ".join(COLUMNS)}
        )


def _as_text(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" and len(cell) > 1 else cell


_NO_TABLE = gettext_lazy("This is no CSV file. In a spreadsheet, save it as “CSV UTF-8”.")


class _RowReader:
    """Reads each row by what the consultation has."""

    def __init__(self, consultation: Consultation) -> None:
        self._consultation = consultation
        self._discussions = list(Discussion.objects.filter(consultation=consultation))
        self._prompts: dict[int, list[Prompt]] = {each.pk: [] for each in self._discussions}
        for prompt in Prompt.objects.filter(discussion__consultation=consultation):
            self._prompts[prompt.discussion_id].append(prompt)
        self._names: dict[str, str] = {"": ""}
        self._seen: Counter[Voice] = Counter()

    def voice(self, cells: dict[str, str]) -> Voice:
        """Raises ValidationError with a sentence for each cell that is at fault."""
        faults: list[str] = []

        def read(reads: Callable[[str], Any], column: str) -> Any:  # noqa: ANN401 - of any type
            try:
                return reads(cells.get(column, "").strip())
            except ValidationError as error:
                faults.extend(error.messages)
                return None

        discussion = read(self._discussion, "discussion")
        voice = Voice(
            discussion_id=discussion.pk if discussion else 0,
            said=Said(read(_kind, "how"), read(check_place, "where"), read(_day, "when")),
            body=read(_body, "text"),
            key="",
            name=read(self._name, "name"),
            prompt_id=read(partial(self._prompt, discussion), "question") if discussion else None,
        )
        if faults:
            raise ValidationError(faults)
        self._seen[voice] += 1
        return replace(voice, key=f"row {self._seen[voice]}")

    def _discussion(self, text: str) -> Discussion:
        if not text and len(self._discussions) == 1:
            return self._discussions[0]
        wanted = text.casefold()
        for each in self._discussions:
            if wanted in (each.slug.casefold(), each.title.casefold()):
                return each
        known = ", ".join(each.slug for each in self._discussions)
        raise ValidationError(
            _("There is no such discussion. Use one of these: %(known)s.") % {"known": known}
        )

    def _prompt(self, discussion: Discussion, text: str) -> int | None:
        if not text:
            return None
        for number, prompt in enumerate(self._prompts[discussion.pk], start=1):
            if text == str(number) or text.casefold() == prompt.text.casefold():
                return prompt.pk
        raise ValidationError(
            _("There is no such question in “%(title)s”. Give its number, or its words.")
            % {"title": discussion.title}
        )

    def _name(self, text: str) -> str:
        if text not in self._names:
            self._names[text] = clean_name(self._consultation, text)
        return self._names[text]


def _body(text: str) -> str:
    body = clean_body(text)
    check_body(body)
    return body


def _kind(text: str) -> str:
    for value, label in Source.Kind.choices:
        if text.casefold() in (value, str(label).casefold()):
            return str(value)
    raise ValidationError(
        _("Say how it was said: %(kinds)s.") % {"kinds": ", ".join(Source.Kind.values)}
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in _DAYS:
        try:
            return check_day(datetime.strptime(text, form).date())  # noqa: DTZ007 - a day alone
        except ValueError:
            continue
    raise ValidationError(_("Write the day as 2026-05-12 or 12/05/2026."))
