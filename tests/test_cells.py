"""Every table that the project can write opens as text, read back cell by cell."""

import ast
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl.utils.escape import unescape

from discussions import archive, downloads, files, records
from discussions.exchange.cells import CellDoesNotFitError, XlsxBook, csv_lines
from discussions.models import (
    Comment,
    Consultation,
    Discussion,
    ExportFile,
    Participant,
    Prompt,
    Record,
    Source,
)
from discussions.posting import next_ids
from tests import cast, moderated
from tests.conftest import in_staff_session

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "discussions", "moderation", "talk_london")
WRITERS = {"CsvTable", "XlsxBook", "csv_lines"}
HOME = "discussions.exchange.cells"
WHY = "=HYPERLINK(1) for the report"

_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BEFORE = ("", " ", "\n", "\t", "\r", "\u00a0", "\u3000", "\u200b", "\u200f", "\u202e", "\u2066")
HOSTILE = [f"{before}{sign}1+1" for sign in _SIGNS for before in _BEFORE]
HOSTILE += [
    "\tx",
    "\rx",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://a.example/")',
    "a;=1+1",
    "a\t=1",
]
# What a spreadsheet may take for the beginning of a formula, said otherwise than where it is held.
STARTS_A_FORMULA = re.compile(r"^(?:[^\w'\"(]|_)*?[=+\-@＝＋－＠]|^[\t\r]")


# Every writer, and what it writes about a hostile consultation.

Table = list[list[str]]


def _csv(content: bytes) -> Table:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _xlsx(content: bytes) -> Table:
    """Every cell with words is of the type of texts; every other one is a number."""
    found = []
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                expected = "s" if isinstance(cell.value, str) else "n"
                assert (cell.data_type, cell.hyperlink) == (expected, None), cell.coordinate
            found.append([unescape(str(cell.value or "")) for cell in row])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "/worksheets/" in name]
    assert sheets
    assert not any(b"<f" in sheet for sheet in sheets)
    return found


def _downloads(form: str) -> Iterator[Table]:
    read = {"csv": _csv, "xlsx": _xlsx}[form]
    for kind, scope in (("comments", "public"), ("comments", "full"), ("people", "full")):
        file = downloads.ask(cast.consultation(), cast.ida(), kind, form, scope, WHY)
        downloads.make(file.pk)
        yield read(b"".join(files.parts(file)))


def _record(name: str) -> Iterator[Table]:
    record = Record.objects.get()
    yield _csv(b"".join(files.parts(ExportFile.objects.get(record=record, name=name))))


def _admin(name: str) -> Iterator[Table]:
    pk = Consultation.objects.get(slug=cast.OPEN).pk
    more = [Record.objects.get().pk] if name.startswith("record") else []
    address = reverse(f"admin:discussions_consultation_{name}", args=[pk, *more])
    yield _csv(b"".join(in_staff_session(cast.ida()).get(address)))


def _log() -> Iterator[Table]:
    yield _csv(b"".join(Client().get(reverse("moderation_log"))))


def _archive() -> Iterator[Table]:
    file = archive.queue_archive(Consultation.objects.get(slug=cast.OPEN))
    archive.make(file.pk)
    with zipfile.ZipFile(io.BytesIO(b"".join(files.parts(file)))) as bundle:
        for name in bundle.namelist():
            if name.endswith(".csv"):
                yield _csv(bundle.read(name))


PRODUCERS: dict[str, Callable[[], Iterator[Table]]] = {
    "discussions.exchange.tables._write_csv": lambda: _downloads("csv"),
    "discussions.exchange.tables._write_xlsx": lambda: _downloads("xlsx"),
    "discussions.records._digests": lambda: _record("digests.csv"),
    "discussions.admin.downloads.take_changes": lambda: _admin("record_changes"),
    "discussions.admin.voices.voices_template": lambda: _admin("voices_template"),
    "discussions.admin.figures.figures_csv": lambda: _admin("figures_csv"),
    "discussions.archive.writing._write_data": _archive,
    "discussions.views.ledger.moderation_log": _log,
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), ast.parse(path.read_text())


def test_every_writer_of_a_table_is_tried_here() -> None:
    """By the function, at the top of its module, in which the writer is called."""
    found = {
        f"{module}.{getattr(top, 'name', 'module')}"
        for module, tree in modules()
        for top in tree.body
        for node in ast.walk(top)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in WRITERS
    }
    assert found == set(PRODUCERS)


def test_nobody_writes_tables_elsewhere() -> None:
    for module, tree in modules():
        if module == HOME:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not names & {"xlsxwriter", "openpyxl"}, module
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("DictWriter", "writerow", "writerows"), module


@pytest.mark.django_db
@pytest.mark.parametrize("producer", PRODUCERS)
def test_no_cell_of_any_table_is_a_formula(producer: str) -> None:
    _hostile_consultation()
    tables = list(PRODUCERS[producer]())
    assert tables
    for rows in tables:
        assert len(rows) > 1
        for row in rows:
            assert [cell for cell in row if _is_formula(producer, cell)] == []


@pytest.mark.django_db
def test_hostile_words_reach_the_tables_of_comments_and_people_as_they_are() -> None:
    _hostile_consultation()
    for name, undo in (("_write_csv", _without_apostrophe), ("_write_xlsx", str)):
        public, full, people = PRODUCERS[f"discussions.exchange.tables.{name}"]()
        for rows in (public, full):
            seen = {undo(row[rows[0].index("text")]) for row in rows[1:]}
            assert set(HOSTILE) <= seen
            for column in ("prompt_text", "place", "organisation", "id"):
                assert "=1+1" in {undo(row[rows[0].index(column)]) for row in rows[1:]}, column
        assert "@Ada" in {undo(row[public[0].index("author")]) for row in public}
        assert "@Ada" in {undo(row[people[0].index("name")]) for row in people}


def _is_formula(producer: str, cell: str) -> bool:
    """In a workbook the type of the cell tells, which was looked at as it was read."""
    return not producer.endswith("_xlsx") and bool(STARTS_A_FORMULA.search(cell))


def _without_apostrophe(cell: str) -> str:
    return cell.removeprefix("'")


def _hostile_consultation() -> None:
    """Closed, with a record; in every place where somebody's words can stand there is a formula."""
    first = cast.comment(cast.ada())
    streets = first.discussion
    Comment.objects.bulk_create(
        Comment(
            pk=pk,
            path=[pk],
            discussion=streets,
            author=first.author,
            body=text,
            body_html=text,
            posted_at=first.posted_at,
        )
        for pk, text in zip(next_ids(len(HOSTILE)), HOSTILE, strict=True)
    )
    place = Source.objects.create(consultation=streets.consultation, kind="paper", place="=1+1")
    prompt = Prompt.objects.create(discussion=streets, position=3, text="=1+1")
    Comment.objects.filter(pk=first.pk).update(source=place, prompt=prompt, reference="=1+1")
    hidden = cast.comment(cast.ben())
    Comment.objects.filter(pk=hidden.pk).update(reference="=2+2")
    moderated.hide(hidden)
    cast.comment(cast.hana(), "In May.")
    Participant.objects.filter(organisation="MOPAC").update(organisation="=1+1", name="+Hana")
    Participant.objects.filter(member=cast.ada()).update(name="@Ada")
    Discussion.objects.filter(pk=streets.pk).update(title="=1+1")
    Consultation.objects.filter(slug=cast.OPEN).update(title="@SUM(1)")
    cast.close_now()
    records.queue_record(Consultation.objects.get(slug=cast.OPEN))
    records.make_record(Record.objects.get().pk)
    Comment.objects.filter(pk=hidden.pk).update(status="withdrawn")


# The cells by themselves.


@pytest.mark.parametrize("text", HOSTILE[:-2])
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    _mark, line = csv_lines([[text]])
    assert next(csv.reader(io.StringIO(line, newline=""))) == [f"'{text}"]


@pytest.mark.parametrize("text", ["a;=1+1", "a\t=1", 'a"b', "a,b", "a\nb", "a\rb"])
def test_a_cell_that_could_be_parted_is_quoted(text: str) -> None:
    _mark, line = csv_lines([[text, 1]])
    assert line.startswith('"')
    assert next(csv.reader(io.StringIO(line, newline=""))) == [text, "1"]
    for separator in (";", "\t"):
        assert next(csv.reader(io.StringIO(line, newline=""), delimiter=separator))[0] != "a"


def test_what_no_workbook_holds_is_told_and_not_cut_short() -> None:
    with XlsxBook(io.BytesIO()) as book:
        sheet = book.sheet("Sheet")
        sheet.row(["x" * 32_767])
        with pytest.raises(CellDoesNotFitError, match="row 2, column 1"):
            sheet.row(["x" * 32_768])


def test_a_workbook_that_fails_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail() -> None:
        with XlsxBook(io.BytesIO()) as book:
            book.sheet("Sheet").row(["x"])
            assert list(tmp_path.iterdir())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []
