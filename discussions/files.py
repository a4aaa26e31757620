"""The bytes of files that the worker makes: stored in parts, sent in parts, never whole in memory.

A file is written beside the database first; once it is whole, its parts and its SHA-256 are stored
in one transaction. Who breaks off in between leaves nothing, and begins anew.
"""

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from discussions.models import ExportFile, FilePart

KEPT = timedelta(days=7)
# What takes longer than this has failed without a word.
GIVEN_UP_AFTER = timedelta(days=1)
# How such jobs are queued: at most one of them at a time, however many workers there are, so that
# memory stays small and mails do not wait.
ONE_AT_A_TIME: Any = {"queue": "files", "lock": "files"}
TYPES = {
    ExportFile.Form.CSV: "text/csv; charset=utf-8",
    ExportFile.Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFile.Form.JSON: "application/json",
    ExportFile.Form.ZIP: "application/zip",
}

_PART = 1_000_000
_ROWS_BETWEEN = 1_000
_State = ExportFile.State


class Progress(AbstractContextManager["Progress"]):
    """Called for every row. What it tells is committed while the reading goes on in a transaction
    of its own, so it goes by another connection."""

    def __init__(self, file: ExportFile) -> None:
        self._file = file
        self._rows = 0
        self._connection = connection.copy()

    def __call__(self) -> None:
        self._rows += 1
        if self._rows % _ROWS_BETWEEN == 0:
            with self._connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE discussions_exportfile SET rows_done = %s WHERE id = %s",
                    [self._rows, self._file.pk],
                )

    def __exit__(self, *_fault: object) -> None:
        self._connection.close()


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that nobody else may read, for what a job writes on its way. One at a time.

    A worker that was killed cannot tidy up: what it left is gone when the next job begins.
    """
    folder = _workplace()
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)  # fails if somebody else was quicker: a folder of theirs is not ours
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def begin(file_id: int, rows: int) -> ExportFile | None:
    """The file, marked as being made; None if it is no more to be made."""
    waiting = ExportFile.objects.filter(pk=file_id, state__in=[_State.WAITING, _State.MAKING])
    waiting.update(state=_State.MAKING, rows_done=0, rows_total=rows)
    return waiting.first()


def queue(task: str, file: ExportFile) -> None:
    """Its job, once however often it is asked for, in the caller's transaction."""
    job = app.configure_task(task, queueing_lock=f"file:{file.pk}", **ONE_AT_A_TIME)
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(file_id=file.pk)


def store(file: ExportFile, content: BinaryIO, moment: datetime, *, is_kept: bool = False) -> None:
    """The whole of it, which makes it ready. Again: nothing more happens."""
    with transaction.atomic():
        locked = ExportFile.objects.select_for_update().get(pk=file.pk)
        if locked.state != _State.MAKING:
            return
        locked.size, locked.sha256 = _store_parts(locked, content)
        locked.state, locked.made_at = _State.READY, moment
        locked.rows_done = locked.rows_total
        locked.expires_at = None if is_kept else moment + KEPT
        locked.save()


def fail(file_id: int) -> None:
    """It could not be made: whoever asked for it is told, and may ask again."""
    ExportFile.objects.filter(pk=file_id, state__in=[_State.WAITING, _State.MAKING]).update(
        state=_State.FAILED
    )


def parts(file: ExportFile) -> Iterator[bytes]:
    """One after the other."""
    number = 0
    contents = FilePart.objects.filter(file=file).values_list("content", flat=True)
    while (content := contents.filter(number=number).first()) is not None:
        yield bytes(content)
        number += 1


def opened(file: ExportFile) -> io.BufferedReader:
    """To be read like any other."""
    return io.BufferedReader(_Parts(file))


def forget_expired(before: datetime, most: int) -> int:
    """The bytes of files whose time is over. That there was one, whose and why, stays."""
    expired = ExportFile.objects.filter(
        state=_State.READY, record=None, expires_at__isnull=False, expires_at__lt=before
    )
    ids = list(expired.order_by("pk").values_list("pk", flat=True)[:most])
    FilePart.objects.filter(file__in=ids).delete()
    ExportFile.objects.filter(pk__in=ids).update(state=_State.GONE)
    return len(ids)


def drop(found: QuerySet[ExportFile], task: str) -> None:
    """Those that are ready go, and those being made wait for a job that makes them anew: the one
    that runs has read what is no longer so, and its file is not stored."""
    # All are locked first: none that waits begins, and none becomes ready, until this is committed.
    states = [_State.WAITING, _State.MAKING, _State.READY]
    locked = list(found.select_for_update().filter(state__in=states).order_by("pk"))
    ready = [file.pk for file in locked if file.state == _State.READY]
    FilePart.objects.filter(file__in=ready).delete()
    ExportFile.objects.filter(pk__in=ready).update(state=_State.GONE)
    for file in locked:
        if file.state == _State.MAKING:
            ExportFile.objects.filter(pk=file.pk).update(state=_State.WAITING)
            queue(task, file)


def give_up_lost(before: datetime, most: int) -> int:
    """Files whose making ended without a word."""
    lost = ExportFile.objects.filter(
        state__in=[_State.WAITING, _State.MAKING], asked_at__lt=before, record=None
    )
    ids = list(lost.order_by("pk").values_list("pk", flat=True)[:most])
    ExportFile.objects.filter(pk__in=ids).update(state=_State.FAILED)
    return len(ids)


def _workplace() -> Path:
    """One for each database: jobs of another one on this machine have theirs."""
    told = connection.settings_dict
    database = "|".join(str(told[each]) for each in ("HOST", "PORT", "NAME"))
    mark = hashlib.sha256(database.encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"talk-london-files-{os.getuid()}-{mark}"


class _Parts(io.RawIOBase):
    def __init__(self, file: ExportFile) -> None:
        self._parts = parts(file)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        if not self._left:
            self._left = next(self._parts, b"")
        some, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(some)] = some
        return len(some)


def _store_parts(file: ExportFile, content: BinaryIO) -> tuple[int, str]:
    """How many bytes, and their SHA-256."""
    size, digest, number = 0, hashlib.sha256(), 0
    content.seek(0)
    while part := content.read(_PART):
        FilePart.objects.create(file=file, number=number, content=part)
        digest.update(part)
        size, number = size + len(part), number + 1
    return size, digest.hexdigest()
