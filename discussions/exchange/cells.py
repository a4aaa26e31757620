"""Tables whose cells open as text: every CSV and XLSX file of the project is written here.

A cell of a CSV file that a spreadsheet would take for a formula gets an apostrophe before it; in a
workbook every text is written as a text, whatever it looks like.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

Cell = str | int | float
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets take UTF-8 for something else
# Full-width signs start a formula in East Asian spreadsheets; invisible characters hide a sign.
_INVISIBLE = (
    "\x00-\x1f\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_FORMULA = re.compile(f"[\\s{_INVISIBLE}]*[=+\\-@＝＋－＠]|[\\t\\r]")
# Some spreadsheets part a line at semicolons and tabs as well: a sign may stand after one.
_NEEDS_QUOTES = re.compile('[",;\\t\\r\\n]')


class CellDoesNotFitError(ValueError):
    """More than a workbook can hold, 32,767 characters in a cell or 1,048,576 rows: nothing is ever
    cut short in silence."""


class CsvTable:
    """Writes rows as they come. `out` was opened with newline=""."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        out.write(_BYTE_ORDER_MARK)

    def row(self, cells: Sequence[Cell]) -> None:
        self._out.write(_line(cells))


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The same as text, for an answer that is sent while it is made."""
    yield _BYTE_ORDER_MARK
    for row in rows:
        yield _line(row)


class XlsxBook:
    """Row by row through temporary files: however many there are, few are in memory.

    Used in a `with`; the workbook is whole after it. The temporary files stand in `folder`.
    """

    def __init__(self, out: BinaryIO, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="workbook-", dir=folder)
        options = {"constant_memory": True, "tmpdir": self._folder.name}
        import xlsxwriter  # megabytes of it, which web processes do without

        self._book: Any = xlsxwriter.Workbook(out, options)  # XlsxWriter has no types

    def sheet(self, name: str) -> "XlsxSheet":
        """A further one; rows go to the sheets one after the other."""
        return XlsxSheet(self._book.add_worksheet(name))

    def __enter__(self) -> "XlsxBook":
        return self

    def __exit__(self, fault: type[BaseException] | None, *_more: object) -> None:
        with self._folder:
            if fault is None:
                self._book.close()
            for sheet in self._book.worksheets():
                sheet._opt_close()


class XlsxSheet:
    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
        self._sheet = sheet
        self._rows = 0

    def row(self, cells: Sequence[Cell]) -> None:
        for column, cell in enumerate(cells):
            write = self._sheet.write_string if isinstance(cell, str) else self._sheet.write_number
            if write(self._rows, column, cell):
                place = f"row {self._rows + 1}, column {column + 1}"
                raise CellDoesNotFitError(f"A workbook has no room for {place}.")
        self._rows += 1


def inert(cell: Cell) -> Cell:
    """A cell that a spreadsheet shows as text, whatever it starts with."""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def _line(cells: Sequence[Cell]) -> str:
    return ",".join(_quoted(str(inert(cell))) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    if not _NEEDS_QUOTES.search(cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'
