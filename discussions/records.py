"""The frozen record of a consultation: what had been said when it closed, and what changed since.

It is made once per closing, all of it at one moment of the database, and can never be changed
afterwards (migration 0010). It names nobody but hosts: everyone else is a number. What its author
had withdrawn by then is not in it. Its manifest has the SHA-256 of each file, in lines that
`sha256sum -c` reads.
"""

import csv
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import F, Func, TextChoices, TextField, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from discussions import files
from discussions.exchange.cells import Cell, CsvTable
from discussions.exchange.exporting import Scope, Terms, at_one_moment, moment_text
from discussions.exchange.writing import as_text, write_comments
from discussions.files import ONE_AT_A_TIME
from discussions.models import Comment, Consultation, ExportFile, Record
from moderation.timeline import Phase

MAKE_RECORD = "make_record"
SUMS = "SHA256SUMS"
DIGESTS = "digests.csv"
_DIGEST_COLUMNS = ("number", "discussion", "id", "status", "sha256")
_BATCH = 1_000
_READ = 1_000_000
_FOR_GOOD = Terms(by_number=True, for_good=True)
_Status = Comment.Status


def queue_record(consultation: Consultation) -> bool:
    """Have the record of its closing made, in the caller's transaction. False: it is not closed,
    or the record of this closing has been asked for before."""
    closed_at = consultation.closes_at
    if closed_at is None or consultation.phase(timezone.now()) is not Phase.CLOSED:
        return False
    with transaction.atomic():
        record, is_new = Record.objects.get_or_create(
            consultation=consultation, closed_at=closed_at
        )
        if is_new:
            queue_making(record)
    return is_new


def queue_making(record: Record) -> None:
    app.configure_task(MAKE_RECORD, **ONE_AT_A_TIME).defer(record_id=record.pk)


def queue_missing() -> None:
    """Those whose making came to nothing, once more."""
    for record in Record.objects.filter(made_at=None).order_by("pk")[:_BATCH]:
        queue_making(record)


def make_record(record_id: int) -> None:
    """What the worker does. One that is made stays as it is."""
    record = Record.objects.select_related("consultation").filter(pk=record_id).first()
    if record is None or record.made_at is not None:
        return
    with files.workplace() as folder, ExitStack() as open_files:
        written = _written(record, folder, open_files)
        sums = "".join(f"{_sha256(content)}  {name}\n" for name, content in written.items())
        bundle = open_files.enter_context(tempfile.TemporaryFile(dir=folder))
        _zip(record, {**written, SUMS: io.BytesIO(sums.encode())}, bundle)
        _store(record, {**written, _bundle_name(record): bundle}, sums)


def changes_file_name(record: Record) -> str:
    closed = timezone.localtime(record.closed_at)
    return f"{record.consultation.slug}-changes-since-{closed:%Y-%m-%d}.csv"


# Writing


def _written(record: Record, folder: Path, open_files: ExitStack) -> dict[str, BinaryIO]:
    """All files of it, by their names, as things are at one moment."""
    found: dict[str, BinaryIO] = {}
    with at_one_moment():
        for name, write in _CONTENTS.items():
            content = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
            found[name] = open_files.enter_context(content)
            write(record, found[name])
    return found


def _comments(form: str, scope: Scope) -> Callable[[Record, BinaryIO], None]:
    def write(record: Record, out: BinaryIO) -> None:
        write_comments(record.consultation, form, scope, out, _FOR_GOOD)

    return write


def _digests(record: Record, out: BinaryIO) -> None:
    """A row per comment, by number: what tells later what has changed."""

    def write(text: Any) -> None:  # noqa: ANN401 - a text file
        table = CsvTable(text)
        table.row(_DIGEST_COLUMNS)
        for state in _present(record.consultation):
            table.row([state.number, state.discussion, state.reference, state.status, state.sha256])

    as_text(out, write)


def _consultation(record: Record, out: BinaryIO) -> None:
    """Its own texts, prompts and dates, with every change of them."""
    consultation = record.consultation
    content = {
        "closed_at": moment_text(record.closed_at),
        "taken_at": moment_text(timezone.now()),
        **{name: getattr(consultation, name) for name in _TEXTS},
        **{name: moment_text(getattr(consultation, name)) for name in _DATES},
        "respondents": consultation.respondents,
        "responses": consultation.responses,
        "discussions": [
            {
                "slug": each.slug,
                "title": each.title,
                "introduction": each.introduction,
                "notice": each.notice,
                "opens_at": moment_text(each.opens_at),
                "closes_at": moment_text(each.closes_at),
                "prompts": [prompt.text for prompt in each.prompts.all()],
            }
            for each in consultation.discussions.prefetch_related("prompts")
        ],
        "changes_of_dates": [
            {
                "at": moment_text(change.at),
                "kind": change.kind,
                "discussion": change.discussion.slug if change.discussion else None,
                "reason": change.reason,
                **{name: moment_text(getattr(change, name)) for name in _CHANGED_DATES},
            }
            for change in consultation.date_changes.select_related("discussion").order_by("pk")
        ],
    }
    out.write(json.dumps(content, ensure_ascii=False, indent=1).encode())


_TEXTS = (
    "slug",
    "title",
    "owner",
    "summary",
    "why_now",
    "information",
    "other_ways",
    "host_promise",
)
_DATES = ("published_at", "opens_at", "closes_at")
_CHANGED_DATES = ("opens_before", "closes_before", "opens_after", "closes_after")
_CONTENTS: dict[str, Callable[[Record, BinaryIO], None]] = {
    "comments-as-readers-see.csv": _comments("csv", Scope.PUBLIC),
    "comments-as-readers-see.json": _comments("json", Scope.PUBLIC),
    "comments-in-full.csv": _comments("csv", Scope.FULL),
    "comments-in-full.json": _comments("json", Scope.FULL),
    "consultation.json": _consultation,
    DIGESTS: _digests,
}


def _sha256(content: BinaryIO) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    while some := content.read(_READ):
        digest.update(some)
    return digest.hexdigest()


def _zip(record: Record, contents: dict[str, BinaryIO], out: BinaryIO) -> None:
    """All in one file, with the manifest that checks the others."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, timezone.localtime(record.closed_at).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.file_size = content.seek(0, io.SEEK_END)
            content.seek(0)
            with bundle.open(entry, "w") as inside:
                shutil.copyfileobj(content, inside)


def _bundle_name(record: Record) -> str:
    closed = timezone.localtime(record.closed_at)
    return f"{record.consultation.slug}-record-{closed:%Y-%m-%d-%H%M}.zip"


def _store(record: Record, contents: dict[str, BinaryIO], sums: str) -> None:
    """All of it or nothing; from then on nobody can change it."""
    with transaction.atomic():
        locked = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
        if locked.made_at is not None:
            return
        now = timezone.now()
        for name, content in contents.items():
            file = ExportFile.objects.create(
                consultation=record.consultation,
                record=locked,
                kind=ExportFile.Kind.RECORD,
                form=name.rpartition(".")[2],
                scope=ExportFile.Scope.FULL,
                name=name,
                asked_at=now,
                state=ExportFile.State.MAKING,
            )
            files.store(file, content, now, is_kept=True)
        locked.manifest = sums
        locked.manifest_sha256 = hashlib.sha256(sums.encode()).hexdigest()
        locked.made_at = now
        locked.save()


# What changed since


class What(TextChoices):
    """What became of a comment since."""

    ADDED = "added", _("Added")
    EDITED = "edited", _("Text changed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    HIDDEN = "hidden", _("Hidden")
    HELD = "held", _("Held")
    RESTORED = "restored", _("Published")
    ERASED = "erased", _("Erased")


@dataclass(frozen=True)
class Change:
    """`number` is the one in the address of the comment."""

    number: int
    discussion: str
    reference: str
    what: What


@dataclass(frozen=True)
class _State:
    number: int
    discussion: str
    reference: str
    status: str
    sha256: str  # of nothing where there is no text (any more)


_OF_NO_TEXT = hashlib.sha256(b"").hexdigest()


def changes_since(record: Record) -> Iterator[Change]:
    """Comment by comment, by number: two rows are in memory, however many there are."""
    now = _present(record.consultation)
    present = next(now, None)
    for past in _past(record):
        while present is not None and present.number < past.number:
            yield _change(present, What.ADDED)
            present = next(now, None)
        if present is None or present.number > past.number:
            yield _change(past, What.ERASED)
            continue
        if what := _what(past, present):
            yield _change(present, what)
        present = next(now, None)
    while present is not None:
        yield _change(present, What.ADDED)
        present = next(now, None)


def change_rows(record: Record) -> Iterator[list[Cell]]:
    yield ["number", "discussion", "id", "what"]
    for change in changes_since(record):
        yield [change.number, change.discussion, change.reference, change.what]


def _change(state: _State, what: What) -> Change:
    return Change(state.number, state.discussion, state.reference, what)


def _what(past: _State, present: _State) -> What | None:
    is_emptied = present.sha256 == _OF_NO_TEXT != past.sha256
    if past.status != present.status:
        if is_emptied and present.status != _Status.WITHDRAWN:
            return What.ERASED
        return _BY_STATUS[present.status]
    if past.status == _Status.WITHDRAWN or past.sha256 == present.sha256:
        return None
    return What.ERASED if is_emptied else What.EDITED


_BY_STATUS: dict[str, What] = {
    _Status.PUBLISHED: What.RESTORED,
    _Status.HELD: What.HELD,
    _Status.HIDDEN: What.HIDDEN,
    _Status.WITHDRAWN: What.WITHDRAWN,
}


def _present(consultation: Consultation) -> Iterator[_State]:
    """Every comment as it is, by number. Of withdrawn ones, no words."""
    body = Func(F("body"), Value("UTF8"), function="convert_to")
    digest = Func(body, template="encode(sha256(%(expressions)s), 'hex')", output_field=TextField())
    comments = Comment.objects.filter(discussion__consultation=consultation).annotate(digest=digest)
    names = ("pk", "discussion__slug", "reference", "status", "digest")
    rows = comments.order_by("pk").values_list(*names).iterator(_BATCH)
    for number, discussion, reference, status, sha256 in rows:
        told = _OF_NO_TEXT if status == _Status.WITHDRAWN else sha256
        yield _State(number, discussion, reference, status, told)


def _past(record: Record) -> Iterator[_State]:
    file = ExportFile.objects.get(record=record, name=DIGESTS)
    lines: Iterable[str] = io.TextIOWrapper(files.opened(file), encoding="utf-8-sig", newline="")
    for row in csv.DictReader(lines):
        yield _State(int(row["number"]), row["discussion"], row["id"], row["status"], row["sha256"])
