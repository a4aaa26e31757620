"""Are 100,000 comments made into CSV, XLSX and JSON in the background, with progress, by a worker
that stays under 150 MB, also when three files are asked for at once and when it is killed?

Memory is that of the worker's process, as the kernel counts it: the most it ever had (VmHWM).
"""

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tests.drills.service import prepared_database

if TYPE_CHECKING:
    from discussions.models import Consultation, ExportFile

COMMENTS = 100_000
MOST_MEGABYTES = 150
PATIENCE = 900.0

_ROOT = Path(__file__).resolve().parent.parent.parent
_UNDER_WAY = ("waiting", "making")


def main() -> int:
    count = int(os.environ.get("COMMENTS") or COMMENTS)
    with prepared_database():
        consultation = _consultation(count)
        code = _one_by_one(consultation, count)
        code |= _at_once(consultation)
        code |= _killed(consultation)
        return code | _record(consultation)


def _consultation(count: int) -> "Consultation":
    from discussions.generating import generate
    from tests import cast

    streets = cast.discussion()
    cast.ida()
    begun = time.monotonic()
    generate(streets, count, seed=1)
    _say(f"{count:,} comments made up in {time.monotonic() - begun:.0f} s")
    return cast.consultation()


def _one_by_one(consultation: "Consultation", count: int) -> int:
    """A worker of its own for each form, so that each has its own figures."""
    code = 0
    for form in ("csv", "xlsx", "json"):
        with _worker() as process:
            at_rest = _when_it_waits(process)
            file = _asked(consultation, form)
            seconds, seen = _until_done([file.pk])
            most = _memory(process)
        code |= _tell(form, file, count, seconds, seen, most, at_rest)
    return code


def _tell(
    form: str, file: "ExportFile", count: int, seconds: float, seen: set[int], most: int, rest: int
) -> int:
    file.refresh_from_db()
    rows = _rows_read_back(file)
    is_good = file.state == "ready" and rows == count and most < MOST_MEGABYTES and len(seen) > 5
    _say(
        f"{form:4} {rows:,} comments read back, {file.size / 1e6:.1f} MB, {seconds:.0f} s,"
        f" {len(seen)} steps of progress seen, worker {rest} MB at rest, {most} MB at most"
        f"  {'good' if is_good else 'BAD'}"
    )
    return 0 if is_good else 1


def _at_once(consultation: "Consultation") -> int:
    """Three files by one worker, which has four hands."""
    with _worker() as process:
        _when_it_waits(process)
        asked = [_asked(consultation, form).pk for form in ("xlsx", "csv", "json")]
        seconds, _seen = _until_done(asked)
        most = _memory(process)
    is_good = _states(asked) == {"ready"} and most < MOST_MEGABYTES
    _say(f"all three at once: {seconds:.0f} s, {most} MB at most  {'good' if is_good else 'BAD'}")
    return 0 if is_good else 1


def _killed(consultation: "Consultation") -> int:
    """Another worker begins anew."""
    from discussions.models import ExportFile

    with _worker() as process:
        _when_it_waits(process)
        file = _asked(consultation, "csv")
        while not ExportFile.objects.filter(pk=file.pk, rows_done__gt=0).exists():
            time.sleep(0.05)
        process.kill()
    with _worker():
        seconds, _seen = _until_done([file.pk])
    is_good = _states([file.pk]) == {"ready"}
    _say(f"a killed worker: made after {seconds:.0f} s  {'good' if is_good else 'BAD'}")
    return 0 if is_good else 1


def _record(consultation: "Consultation") -> int:
    from discussions import files, records
    from discussions.models import Comment, Consultation, ExportFile, Record
    from discussions.posting import database_moment

    Consultation.objects.filter(pk=consultation.pk).update(closes_at=database_moment())
    with _worker() as process:
        _when_it_waits(process)
        begun = time.monotonic()
        records.queue_record(Consultation.objects.get(pk=consultation.pk))
        while not Record.objects.filter(consultation=consultation, made_at__isnull=False).exists():
            assert time.monotonic() < begun + PATIENCE, "the record was not made in time"
            time.sleep(0.2)
        seconds, most = time.monotonic() - begun, _memory(process)
    record = Record.objects.get(consultation=consultation)
    bundle = ExportFile.objects.get(record=record, form="zip")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.zip"
        with path.open("wb") as out:
            out.writelines(files.parts(bundle))
        subprocess.run(["unzip", "-q", path.name], cwd=folder, check=True)
        check = ["sha256sum", "--quiet", "--strict", "-c", records.SUMS]
        checks = subprocess.run(check, cwd=folder, check=False).returncode == 0
    Comment.objects.filter(discussion__consultation=consultation, pk__lte=_tenth()).update(
        status="hidden"
    )
    begun = time.monotonic()
    changes = sum(1 for _change in records.changes_since(record))
    is_good = checks and most < MOST_MEGABYTES
    _say(
        f"the frozen record: {seconds:.0f} s, {most} MB at most, ZIP {bundle.size / 1e6:.1f} MB,"
        f" sha256sum -c {'agrees' if checks else 'DISAGREES'}; {changes:,} changes since found in"
        f" {time.monotonic() - begun:.1f} s  {'good' if is_good else 'BAD'}"
    )
    return 0 if is_good else 1


def _tenth() -> int:
    from discussions.models import Comment

    count = Comment.objects.count()
    return int(Comment.objects.order_by("pk").values_list("pk", flat=True)[count // 10])


def _asked(consultation: "Consultation", form: str) -> "ExportFile":
    from discussions import downloads
    from tests import cast

    return downloads.ask(consultation, cast.ida(), "comments", form, "full", "For this drill.")


def _until_done(ids: list[int]) -> tuple[float, set[int]]:
    """How long, and the numbers of rows done that somebody who looks has seen."""
    from discussions.models import ExportFile

    begun, seen = time.monotonic(), set()
    while True:
        states = list(ExportFile.objects.filter(pk__in=ids).values_list("state", "rows_done"))
        seen |= {done for state, done in states if state == "making"}
        if not any(state in _UNDER_WAY for state, _done in states):
            return time.monotonic() - begun, seen
        assert time.monotonic() < begun + PATIENCE, "it was not made in time"
        time.sleep(0.1)


def _states(ids: list[int]) -> set[str]:
    from discussions.models import ExportFile

    return set(ExportFile.objects.filter(pk__in=ids).values_list("state", flat=True))


def _rows_read_back(file: "ExportFile") -> int:
    """As many as somebody finds who opens it; the bytes are those of its SHA-256."""
    from discussions import files

    with tempfile.TemporaryFile() as whole:
        digest = hashlib.sha256()
        for part in files.parts(file):
            digest.update(part)
            whole.write(part)
        assert digest.hexdigest() == file.sha256, "these are other bytes"
        whole.seek(0)
        return _READ[file.form](whole)


def _csv_rows(content: BinaryIO) -> int:
    text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
    return sum(1 for _row in csv.reader(text)) - 1


def _xlsx_rows(content: BinaryIO) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(content, read_only=True).active
    assert sheet is not None
    types, rows = set(), 0
    for row in sheet.iter_rows():
        types |= {cell.data_type for cell in row}
        rows += 1
    assert types <= {"s", "n"}, types
    return rows - 1


def _json_rows(content: BinaryIO) -> int:
    (discussion,) = json.load(content)["consultation"]["discussions"]
    return len(discussion["comments"])


_READ = {"csv": _csv_rows, "xlsx": _xlsx_rows, "json": _json_rows}


# The worker


@contextlib.contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    """As in production: it does every job of every queue, four at a time."""
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(
        command, cwd=_ROOT, env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _when_it_waits(process: "subprocess.Popen[bytes]") -> int:
    """Its memory once it has started and has nothing to do."""
    before = -1
    for _second in range(60):
        now = _memory(process)
        if now == before and now > 30:
            return now
        before = now
        time.sleep(1)
    raise AssertionError("the worker does not come to rest")


def _memory(process: "subprocess.Popen[bytes]") -> int:
    """The most megabytes that it ever had."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) // 1024


def _say(sentence: str) -> None:
    print(sentence, flush=True)
