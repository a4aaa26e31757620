"""Exports: what each scope tells, tables that open as text, and files of any size."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from openpyxl.utils.escape import unescape

from discussions import posting
from discussions.exchange.exporting import Scope
from discussions.exchange.importing import import_consultation
from discussions.exchange.schema import read_content
from discussions.exchange.tables import columns, write_csv, write_xlsx
from discussions.generating import generate
from discussions.models import Comment, Consultation, Discussion, OutcomePoint, Reaction
from tests import cast, processes
from tests.exchange.files import SLUG, a_comment, a_file, exported

pytestmark = pytest.mark.django_db

_TABLES = ("csv", "xlsx")


def table(form: str, slug: str, scope: Scope = Scope.PUBLIC) -> list[dict[str, str]]:
    """The export as a spreadsheet would read it, each row by the names of its columns."""
    consultation = Consultation.objects.get(slug=slug)
    out = io.BytesIO()
    if form == "xlsx":
        write_xlsx(consultation, scope, out)
        sheet = openpyxl.load_workbook(out).active
        assert sheet is not None
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
        rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    else:
        text = io.TextIOWrapper(out, encoding="utf-8", newline="")
        write_csv(consultation, scope, text)
        text.flush()
        rows = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == columns(scope)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _shown(cell: object) -> str:
    """As a spreadsheet shows it, which undoes the format's own escapes."""
    return "" if cell is None else unescape(str(cell))


def with_states() -> dict[str, Comment]:
    """Ada's comment in each state, each agreed with, and Ben's reply below the held one."""
    found = {}
    for status in Comment.Status:
        comment = cast.comment(cast.ada(), f"Text that is {status.value}")
        posting.react(comment, cast.ben(), Reaction.Value.AGREE)
        found[status.value] = comment
    for name, comment in found.items():
        Comment.objects.filter(pk=comment.pk).update(status=name)
    return found


# Who learns what.


@pytest.mark.parametrize("form", ["json", *_TABLES])
def test_the_public_scope_tells_nothing_of_what_readers_cannot_see(form: str) -> None:
    comments = with_states()
    told = json.dumps(
        exported(cast.OPEN, Scope.PUBLIC) if form == "json" else table(form, cast.OPEN)
    )
    assert "Text that is published" in told
    for status in ("held", "hidden", "withdrawn"):
        assert f"Text that is {status}" not in told
    assert comments["held"].reference not in told
    assert "held" not in told


def test_the_public_scope_has_placeholders_without_author_or_reactions() -> None:
    comments = with_states()
    rows = {row["id"]: row for row in table("csv", cast.OPEN)}
    for status in ("hidden", "withdrawn"):
        row = rows[comments[status].reference]
        assert (row["status"], row["author"], row["text"]) == (status, "", "")
        assert (row["agree"], row["disagree"], row["edited_at"], row["prompt"]) == (
            "0",
            "0",
            "",
            "",
        )
    found = exported(cast.OPEN, Scope.PUBLIC)["consultation"]["discussions"][0]["comments"]
    for status in ("hidden", "withdrawn"):
        placeholder = next(row for row in found if row["id"] == comments[status].reference)
        assert set(placeholder) == {"id", "parent", "status", "posted_at"}


@pytest.mark.parametrize("form", _TABLES)
def test_the_public_scope_counts_no_reply_that_readers_cannot_see(form: str) -> None:
    root = cast.comment(cast.ada())
    cast.comment(cast.ben(), parent=root)
    held = cast.comment(cast.ben(), "Held back", parent=root)
    Comment.objects.filter(pk=held.pk).update(status=Comment.Status.HELD)
    assert [row["replies"] for row in table(form, cast.OPEN)] == ["1", "0"]
    assert [row["replies"] for row in table(form, cast.OPEN, Scope.FULL)] == ["2", "0", "0"]


def test_a_held_comment_with_a_reply_is_a_placeholder_like_any_other() -> None:
    held = cast.comment(cast.ada(), "Held back")
    cast.comment(cast.ben(), "The reply", parent=held)
    Comment.objects.filter(pk=held.pk).update(status=Comment.Status.HELD)
    assert [row["status"] for row in table("csv", cast.OPEN)] == ["hidden", "published"]


@pytest.mark.parametrize("form", ["json", *_TABLES])
def test_the_full_scope_keeps_every_text(form: str) -> None:
    with_states()
    told = json.dumps(exported(cast.OPEN) if form == "json" else table(form, cast.OPEN, Scope.FULL))
    for status in Comment.Status:
        assert f"Text that is {status.value}" in told


@pytest.mark.parametrize("published_at", [None, "later"])
def test_an_outcome_is_public_once_it_is_published(published_at: str | None) -> None:
    consultation = cast.consultation()
    OutcomePoint.objects.create(consultation=consultation, heard="A", answer="B", verdict="did")
    moment = timezone.now() + timedelta(days=1) if published_at else None
    Consultation.objects.filter(pk=consultation.pk).update(outcome_published_at=moment)
    assert "outcome" not in exported(cast.OPEN, Scope.PUBLIC)["consultation"]
    assert exported(cast.OPEN, Scope.FULL)["consultation"]["outcome"]["points"]


def test_no_email_address_stands_in_any_export() -> None:
    with_states()
    for scope in Scope:
        told = json.dumps([exported(cast.OPEN, scope), table("csv", cast.OPEN, scope)])
        assert "people.example" not in told


# Tables.


@pytest.mark.parametrize("form", _TABLES)
def test_a_table_has_a_row_for_each_comment_in_the_order_of_the_thread(form: str) -> None:
    import_consultation(read_content(a_file()))
    rows = table(form, SLUG, Scope.FULL)
    assert [row["id"] for row in rows] == ["c1", "c2", "c3", "c4"]
    assert [row["parent"] for row in rows] == ["", "c1", "c2", ""]
    assert [row["depth"] for row in rows] == ["0", "1", "2", "0"]
    assert rows[0] | {"id": "c1"} == {
        "consultation": SLUG,
        "discussion": "streets",
        "id": "c1",
        "parent": "",
        "depth": "0",
        "prompt": "2",
        "prompt_text": "What does not?",
        "status": "published",
        "hidden_under": "",
        "author": "Ada",
        "organisation": "",
        "source": "",
        "place": "",
        "said_on": "",
        "official_at": "",
        "posted_at": "2025-01-02T10:00:00Z",
        "edited_at": "",
        "agree": "3",
        "disagree": "1",
        "replies": "2",
        "text": "More light.",
    }
    assert rows[1]["text"] == "And benches.\n\nMany."


_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BEFORE = ("", " ", "  ", "\n", "\t", "\u00a0", "\u3000", "\u200b", "\u2028")
FORMULAS = [f"{before}{sign}1+1" for sign in _SIGNS for before in _BEFORE]


def with_formulas() -> list[str]:
    """Comments whose texts and authors would be formulas, as far as an import lets them be."""
    content = a_file()
    content["consultation"]["discussions"][0]["hosts"] = [
        {"name": "@Host", "organisation": "=GLA()"}
    ]
    content["consultation"]["discussions"][0]["comments"] = [
        a_comment(
            f"={number}",
            body=text,
            author="@Host",
            organisation="=GLA()",
        )
        for number, text in enumerate(FORMULAS)
    ]
    import_consultation(read_content(content))
    for number, text in enumerate(FORMULAS):
        Comment.objects.filter(reference=f"={number}").update(body=text)
    return FORMULAS


def test_no_cell_of_a_csv_file_is_a_formula() -> None:
    texts = with_formulas()
    rows = table("csv", SLUG)
    assert sorted(row["text"] for row in rows) == sorted(f"'{text}" for text in texts)
    assert {row["author"] for row in rows} == {"'@Host"}
    assert {row["organisation"] for row in rows} == {"'=GLA()"}
    assert all(row["id"].startswith("'=") for row in rows)


def test_what_starts_no_formula_stays_as_it_is() -> None:
    content = a_file()
    texts = ["1 = 1", "'quoted'", "– a dash", "“=” is a sign", "a\n=b", "5-6", "e@f.example"]
    content["consultation"]["discussions"][0]["comments"] = [
        a_comment(str(number), body=text) for number, text in enumerate(texts)
    ]
    import_consultation(read_content(content))
    assert [row["text"] for row in table("csv", SLUG)] == texts


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    texts = with_formulas()
    Comment.objects.filter(reference="=0").update(body="https://a.example/")
    rows = table("xlsx", SLUG)  # which looks at the type of every cell
    assert sorted(row["text"] for row in rows) == sorted(["https://a.example/", *texts[1:]])


@pytest.mark.parametrize("form", _TABLES)
def test_a_text_of_4000_characters_is_whole(form: str) -> None:
    content = a_file()
    body = ('Many words, "quotes"; and semicolons,\n' * 200)[:3_996] + " 字🚲x"
    content["consultation"]["discussions"][0]["comments"] = [a_comment("c1", body=body)]
    import_consultation(read_content(content))
    assert len(body) == 4_000
    assert table(form, SLUG)[0]["text"] == body


@pytest.mark.parametrize("form", _TABLES)
@pytest.mark.parametrize("body", ["_x0041_ is not A", "<b>&amp;</b>", "שלום عليكم", "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_every_script_and_sign_comes_through(form: str, body: str) -> None:
    content = a_file()
    content["consultation"]["discussions"][0]["comments"] = [a_comment("c1", body=body)]
    import_consultation(read_content(content))
    assert table(form, SLUG)[0]["text"] == body


def test_a_csv_file_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    cast.consultation()
    call_command("export_consultation", cast.OPEN, format="csv", output=tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfconsultation,discussion,")


# The command.


def test_the_command_writes_a_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    import_consultation(read_content(a_file()))
    for form in ("json", "csv", "xlsx"):
        call_command("export_consultation", SLUG, format=form, output=tmp_path / form)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["csv", "json", "xlsx"]
    read = json.loads((tmp_path / "json").read_bytes())
    assert read == exported(SLUG, Scope.PUBLIC)


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    cast.consultation()
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("export_consultation", cast.OPEN, output=tmp_path / "nowhere" / "a.json")


def test_an_export_that_fails_leaves_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.comment(cast.ada())
    path = tmp_path / "a.csv"
    path.write_text("earlier")
    monkeypatch.setattr("discussions.exchange.tables._named", lambda *_rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("export_consultation", cast.OPEN, format="csv", output=path)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_consultation_is_told_in_a_sentence() -> None:
    with pytest.raises(CommandError, match="There is no consultation nowhere"):
        call_command("export_consultation", "nowhere")


# Size.

_MEASURED = """
import pathlib, resource, sys, django
django.setup()
from django.core.management import call_command
path = pathlib.Path(sys.argv[2])
call_command("export_consultation", "open-one", format=sys.argv[1], output=path)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def _megabytes(form: str, path: Path) -> int:
    """The most memory that an export takes, in a process of its own."""
    done = processes.run(_MEASURED, form, str(path))
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.django_db(transaction=True)
def test_tables_of_20_000_comments_take_no_more_memory_than_small_ones(tmp_path: Path) -> None:
    streets = cast.discussion()
    paths = {form: tmp_path / f"a.{form}" for form in _TABLES}
    small = {form: _megabytes(form, paths[form]) for form in _TABLES}
    generate(streets, 20_000, seed=1)
    for form in _TABLES:
        assert _megabytes(form, paths[form]) < small[form] + 30
    with paths["csv"].open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _row in csv.reader(file)) == 20_001
    sheet = openpyxl.load_workbook(paths["xlsx"], read_only=True).active
    assert sheet is not None
    assert sheet.max_row == 20_001
    assert Discussion.objects.get(pk=streets.pk).comment_count == 20_000
