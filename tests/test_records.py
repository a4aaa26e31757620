"""Frozen records: made at closing, checked by SHA-256, never changed, and what changed since."""

import csv
import hashlib
import io
import json
import subprocess
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from discussions import files, posting, records
from discussions.exchange import exporting
from discussions.generating import generate
from discussions.models import Comment, Consultation, ExportFile, FilePart, FileTaken, Record
from discussions.records import What, changes_since
from tests import cast
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db

WHY = "For the inquiry into lamps."


def closed() -> Consultation:
    """The open consultation, closed now."""
    cast.consultation()
    cast.close_now()
    return Consultation.objects.get(slug=cast.OPEN)


def frozen() -> Record:
    consultation = closed()
    assert records.queue_record(consultation)
    record = Record.objects.get(consultation=consultation)
    records.make_record(record.pk)
    record.refresh_from_db()
    return record


def content_of(record: Record, name: str) -> bytes:
    return b"".join(files.parts(ExportFile.objects.get(record=record, name=name)))


def rows_of(record: Record, name: str) -> list[dict[str, str]]:
    text = content_of(record, name).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def bundle_of(record: Record) -> ExportFile:
    return ExportFile.objects.get(record=record, form=ExportFile.Form.ZIP)


def page_of(record: Record, client: Client | None = None) -> str:
    address = reverse(
        "admin:discussions_consultation_record", args=[record.consultation_id, record.pk]
    )
    return words((client or in_staff_session(cast.ida())).get(address))


# Making.


def test_a_closing_has_one_record_and_an_open_consultation_none() -> None:
    consultation = cast.consultation()
    assert not records.queue_record(consultation)
    consultation = closed()
    assert records.queue_record(consultation)
    assert not records.queue_record(consultation)
    job = ProcrastinateJob.objects.get(task_name="make_record")
    assert (job.queue_name, job.lock, job.args) == (
        "files",
        "files",
        {"record_id": Record.objects.get().pk},
    )
    consultation.closes_at = posting.database_moment()  # opened again, and closed
    assert records.queue_record(consultation)
    assert Record.objects.count() == 2


def test_sha256sum_confirms_what_was_downloaded(tmp_path: Path) -> None:
    cast.comment(cast.ben(), parent=cast.comment(cast.ada(), "=1+1 lamps"))
    record = frozen()
    file = bundle_of(record)
    address = reverse(
        "admin:discussions_consultation_download", args=[record.consultation_id, file.pk]
    )
    answer = in_staff_session(cast.analyst()).post(address, {"reason": WHY})
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as bundle:
        bundle.extractall(tmp_path)

    def check() -> subprocess.CompletedProcess[str]:
        command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert check().returncode == 0
    assert check().stdout.count(": OK") == len(list(tmp_path.iterdir())) - 1 == 6
    assert (tmp_path / "SHA256SUMS").read_text() == record.manifest
    assert hashlib.sha256(record.manifest.encode()).hexdigest() == record.manifest_sha256
    taken = FileTaken.objects.get()
    assert (taken.file, taken.by, taken.reason) == (file, cast.analyst(), WHY)
    assert f"“{WHY}”" in page_of(record)
    with (tmp_path / "comments-in-full.csv").open("a") as file_on_disk:
        file_on_disk.write(" ")
    assert "comments-in-full.csv: FAILED" in check().stdout


def test_no_file_of_a_record_is_taken_without_a_reason() -> None:
    cast.comment(cast.ada(), "The lamps are out.")
    record = frozen()
    analyst = in_staff_session(cast.analyst())
    for file in record.files.all():
        address = reverse(
            "admin:discussions_consultation_download", args=[record.consultation_id, file.pk]
        )
        assert analyst.get(address).status_code == 302
        refused = analyst.post(address, {"reason": "  research  "})
        assert refused.status_code == 400
        assert "Say in a few words what you need it for." in words(refused)
        assert "research" in refused.content.decode()
        allowed = in_staff_session(cast.moderator()).post(address, {"reason": WHY})
        assert allowed.status_code == 403
    assert not FileTaken.objects.exists()


def test_it_names_hosts_and_nobody_else_and_no_withdrawn_words() -> None:
    root = cast.comment(cast.ada(), "The lamps are out.")
    cast.comment(cast.hana(), "In May.", parent=root)
    hidden = cast.comment(cast.ben(), "Rude words.")
    Comment.objects.filter(pk=hidden.pk).update(status=Comment.Status.HIDDEN)
    posting.withdraw_comment(cast.comment(cast.ben(), "I said too much."), cast.ben())
    record = frozen()
    contents = {
        name: content_of(record, name).decode()
        for name in record.files.exclude(form="zip").values_list("name", flat=True)
    }
    together = "\n".join(contents.values())
    assert "Hana" in together
    for gone in ("Ada", "Ben", "people.example", "I said too much."):
        assert gone not in together
    for form in ("csv", "json"):
        assert "The lamps are out." in contents[f"comments-as-readers-see.{form}"]
        assert "Rude words." not in contents[f"comments-as-readers-see.{form}"]
        assert "Rude words." in contents[f"comments-in-full.{form}"]
    about = json.loads(contents["consultation.json"])
    assert about["title"] == record.consultation.title
    assert about["discussions"][0]["prompts"] == ["What works?", "What does not?"]
    digests = {row["number"]: row for row in rows_of(record, records.DIGESTS)}
    assert digests[str(root.pk)]["sha256"] == hashlib.sha256(b"The lamps are out.").hexdigest()
    assert len(digests) == 4


def test_a_record_that_breaks_off_leaves_nothing_and_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast.comment(cast.ada())
    records.queue_record(closed())
    record = Record.objects.get()
    with monkeypatch.context() as broken:
        broken.setattr(records, "_bundle_name", lambda _record: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.make_record(record.pk)
    assert not ExportFile.objects.exists()
    before = ProcrastinateJob.objects.count()
    records.queue_missing()
    assert ProcrastinateJob.objects.count() == before + 1
    records.make_record(record.pk)
    record.refresh_from_db()
    records.make_record(record.pk)  # again: it stays
    assert ExportFile.objects.filter(record=record).count() == 7
    before = ProcrastinateJob.objects.count()
    records.queue_missing()
    assert ProcrastinateJob.objects.count() == before


# Nobody changes it.


def _into(record: Record, file: ExportFile) -> None:
    ExportFile.objects.create(
        consultation=record.consultation, record=record, kind="record", form="csv", scope="full",
        name="more.csv", asked_at=file.asked_at,
    )  # fmt: skip


CHANGES: dict[str, Callable[[Record, ExportFile], object]] = {
    "manifest": lambda record, _file: Record.objects.filter(pk=record.pk).update(manifest="x"),
    "not made": lambda record, _file: Record.objects.filter(pk=record.pk).update(made_at=None),
    "record": lambda record, _file: Record.objects.filter(pk=record.pk)._raw_delete("default"),
    "file": lambda _record, file: ExportFile.objects.filter(pk=file.pk).update(sha256="0" * 64),
    "file out": lambda _record, file: ExportFile.objects.filter(pk=file.pk).update(record=None),
    "no file": lambda _record, file: file.delete(),
    "one more file": _into,
    "part": lambda _record, file: FilePart.objects.filter(file=file).update(content=b"x"),
    "no part": lambda _record, file: FilePart.objects.filter(file=file).delete(),
    "one more part": lambda _record, file: FilePart.objects.create(
        file=file, number=9, content=b"x"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_changes_it(change: str) -> None:
    cast.comment(cast.ada())
    record = frozen()
    file = record.files.get(name="comments-in-full.csv")
    with (
        pytest.raises((ProgrammingError, InternalError), match="stays as it is"),
        transaction.atomic(),
    ):
        CHANGES[change](record, file)


def test_nothing_of_it_ever_expires() -> None:
    record = frozen()
    assert not record.files.filter(expires_at__isnull=False).exists()
    assert set(record.files.values_list("state", flat=True)) == {ExportFile.State.READY}


# What changed since.


def test_what_changed_since_is_told_comment_by_comment() -> None:
    comments = {what: cast.comment(cast.ada(), f"Before: {what}.") for what in What}
    Comment.objects.filter(pk=comments[What.RESTORED].pk).update(status="hidden")
    stays = cast.comment(cast.ada(), "Stays.")
    gone = cast.comment(cast.ada(), "Was withdrawn before.")
    Comment.objects.filter(pk=gone.pk).update(status="withdrawn")
    record = frozen()
    assert list(changes_since(record)) == []
    Comment.objects.filter(pk=gone.pk).update(body="")
    for what, fields in {
        What.EDITED: {"body": "After."},
        What.WITHDRAWN: {"status": "withdrawn", "body": ""},
        What.HIDDEN: {"status": "hidden"},
        What.HELD: {"status": "held"},
        What.RESTORED: {"status": "published"},
        What.ERASED: {"status": "hidden", "body": ""},
    }.items():
        Comment.objects.filter(pk=comments[what].pk).update(**fields)
    added = cast.elsewhere(cast.OPEN, "Said at the meeting.")
    comments[What.ADDED] = added
    found = {change.number: change.what for change in changes_since(record)}
    expected = {comment.pk: what for what, comment in comments.items()}
    assert found == expected
    assert stays.pk not in found


def test_the_page_counts_changes_and_gives_the_whole_list() -> None:
    comment = cast.comment(cast.ada(), "=1+1")
    record = frozen()
    page = page_of(record)
    assert "What changed since Nothing." in page
    assert record.manifest_sha256 in page
    Comment.objects.filter(pk=comment.pk).update(status="hidden", reference="=2+2")
    page = page_of(record)
    assert "Hidden 1" in page
    assert f"Comment {comment.pk}" in page
    address = reverse(
        "admin:discussions_consultation_record_changes", args=[record.consultation_id, record.pk]
    )
    answer = in_staff_session(cast.moderator()).get(address)
    (row,) = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"), newline=""))
    assert row == {
        "number": str(comment.pk),
        "discussion": "streets",
        "id": "'=2+2",
        "what": "hidden",
    }


def test_without_the_permission_its_files_are_listed_but_not_given() -> None:
    record = frozen()
    moderator = in_staff_session(cast.moderator())
    page = page_of(record, moderator)
    assert "they hold what readers do not see" in page
    assert "comments-in-full.csv" in page
    for file in record.files.all():
        address = reverse(
            "admin:discussions_consultation_download", args=[record.consultation_id, file.pk]
        )
        assert moderator.get(address).status_code == 403


def test_a_record_of_another_consultation_is_not_there() -> None:
    record = frozen()
    other = cast.consultation(cast.CLOSED)
    for name in ("record", "record_changes"):
        address = reverse(f"admin:discussions_consultation_{name}", args=[other.pk, record.pk])
        assert in_staff_session(cast.ida()).get(address).status_code == 404


def test_making_it_and_telling_what_changed_keep_little_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The texts alone are 4 MB."""
    monkeypatch.setattr(files, "_PART", 50_000)
    monkeypatch.setattr(exporting, "_BATCH", 50)
    generate(cast.discussion(), 1_000, seed=1)
    Comment.objects.update(body="lamps " * 666)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    tracemalloc.start()
    record = frozen()
    Comment.objects.update(body="LAMPS " * 666)
    assert sum(1 for _change in changes_since(record)) == 1_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000, peak
