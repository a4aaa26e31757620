"""Downloads for analysts: who may have what, what stands in it, how it is made, how long kept."""

import csv
import hashlib
import io
import json
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from discussions import downloads, files, naming, retention, tasks
from discussions.downloads import DownloadRefusedError
from discussions.exchange import exporting
from discussions.exchange.importing import import_consultation
from discussions.exchange.schema import read_content
from discussions.generating import generate
from discussions.models import (
    Comment,
    Consultation,
    ExportFile,
    FilePart,
    FileTaken,
    Source,
)
from tests import cast
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db

Kind, Form, Scope, State = ExportFile.Kind, ExportFile.Form, ExportFile.Scope, ExportFile.State
WHY = "For the report to the Mayor."


def asked(
    kind: str = Kind.COMMENTS, form: str = Form.CSV, scope: str = Scope.PUBLIC, reason: str = ""
) -> ExportFile:
    return downloads.ask(cast.consultation(), cast.ida(), kind, form, scope, reason)


def made(kind: str = Kind.COMMENTS, form: str = Form.CSV, scope: str = Scope.FULL) -> ExportFile:
    file = asked(kind, form, scope, WHY)
    downloads.make(file.pk)
    file.refresh_from_db()
    return file


def content_of(file: ExportFile) -> bytes:
    return b"".join(files.parts(file))


def rows_of(file: ExportFile) -> list[dict[str, str]]:
    text = content_of(file).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def told(file: ExportFile) -> str:
    """All that stands in it, as whoever opens it sees it."""
    content = content_of(file)
    if file.form != Form.XLSX:
        return content.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return json.dumps([list(row) for row in sheet.iter_rows(values_only=True)])


def room(consultation: Consultation | None = None) -> str:
    pk = (consultation or cast.consultation()).pk
    return f"/admin/discussions/consultation/{pk}/downloads/"


def fetched(client: Client, file: ExportFile) -> Any:  # noqa: ANN401 - the test client's
    return client.get(f"{room(file.consultation)}{file.pk}/")


# Asking.


def test_asking_queues_one_job_apart_from_mails() -> None:
    file = asked()
    job = ProcrastinateJob.objects.get(task_name="make_file")
    assert (job.queue_name, job.lock) == ("files", "files")
    assert job.args == {"file_id": file.pk}
    assert (file.state, file.asked_by, file.reason) == (State.WAITING, cast.ida(), "")


@pytest.mark.parametrize(
    ("kind", "scope"), [(Kind.COMMENTS, Scope.FULL), (Kind.PEOPLE, Scope.PUBLIC)]
)
@pytest.mark.parametrize("reason", ["", "  \n ", "research"])
def test_what_readers_do_not_see_takes_a_reason(kind: str, scope: str, reason: str) -> None:
    with pytest.raises(DownloadRefusedError, match="what you need it for"):
        asked(kind, Form.CSV, scope, reason)
    assert not ExportFile.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="make_file").exists()


@pytest.mark.parametrize("kind", [Kind.COMMENTS, Kind.PEOPLE])
def test_what_readers_do_not_see_takes_a_permission(kind: str) -> None:
    consultation = cast.consultation()
    with pytest.raises(DownloadRefusedError, match="what readers see"):
        downloads.ask(consultation, cast.moderator(), kind, Form.CSV, Scope.FULL, WHY)
    downloads.ask(consultation, cast.moderator(), Kind.COMMENTS, Form.CSV, Scope.PUBLIC)
    downloads.ask(consultation, cast.analyst(), kind, Form.CSV, Scope.FULL, WHY)


def test_nobody_asks_for_more_than_ten_at_once() -> None:
    for _number in range(downloads.MOST_AT_ONCE):
        asked()
    with pytest.raises(DownloadRefusedError, match="in a few minutes"):
        asked()
    ExportFile.objects.update(state=State.READY)
    asked()


# What stands in it.


@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX, Form.JSON])
def test_comments_in_full_name_hosts_and_nobody_else(form: str) -> None:
    root = cast.comment(cast.ada(), "The lamps are out.")
    cast.comment(cast.ben(), "Here too.", parent=root)
    cast.comment(cast.hana(), "We mend them in May.", parent=root)
    seen = told(made(form=form))
    for text in ("The lamps are out.", "Here too.", "We mend them in May.", "Hana", "MOPAC"):
        assert text in seen
    for name in ("Ada", "Ben", "people.example"):
        assert name not in seen


def test_a_person_is_the_same_number_in_every_file_and_the_names_are_apart() -> None:
    cast.comment(cast.ada(), "One.")
    cast.comment(cast.ben(), "Two.")
    cast.comment(cast.ada(), "Three.")
    numbers = {row["text"]: row["person"] for row in rows_of(made())}
    assert numbers["One."] == numbers["Three."] != numbers["Two."]
    people = {row["person"]: row for row in rows_of(made(Kind.PEOPLE))}
    assert people[numbers["One."]] == {
        "person": numbers["One."],
        "name": "Ada",
        "organisation": "",
        "from": "member",
        "comments": "2",
    }
    comments = json.loads(content_of(made(form=Form.JSON)))["consultation"]["discussions"][0]
    authors = {row["body"]: row["author"] for row in comments["comments"]}
    assert authors["One."] == f"Person {numbers['One.']}"


def test_the_file_of_people_has_no_address_and_the_name_of_this_consultation() -> None:
    cast.consultation()
    naming.choose_name(cast.consultation(), cast.ada(), "Somebody else")
    cast.comment(cast.ada())
    cast.elsewhere(cast.OPEN)
    cast.ben()  # never took part
    for form in (Form.CSV, Form.XLSX):
        seen = told(made(Kind.PEOPLE, form))
        assert "Somebody else" in seen
        assert "From elsewhere" in seen
        for name in ("Ada", "Ben", "people.example"):
            assert name not in seen


def test_a_row_has_all_that_an_analyst_asks_for() -> None:
    streets = cast.discussion()
    prompt = streets.prompts.get(position=2)
    meeting = Source.objects.create(
        consultation=streets.consultation, kind="meeting", place="Brixton Library", on="2026-05-12"
    )
    root = cast.comment(cast.ada(), "Lamps.")
    reply = cast.comment(cast.hana(), "In May.", parent=root)
    Comment.objects.filter(pk=root.pk).update(
        prompt=prompt, source=meeting, status="hidden", hidden_under=2, agree_count=3
    )
    Comment.objects.filter(pk=reply.pk).update(official_at=timezone.now())
    first, second = rows_of(made())
    assert first["id"] == second["parent"] == root.reference
    assert (first["depth"], second["depth"]) == ("0", "1")
    assert (first["prompt"], first["prompt_text"]) == ("2", "What does not?")
    assert (first["status"], first["hidden_under"], first["agree"]) == ("hidden", "2", "3")
    assert (first["source"], first["place"], first["said_on"]) == (
        "meeting",
        "Brixton Library",
        "2026-05-12",
    )
    assert (first["official_at"], first["replies"], first["host"]) == ("", "1", "")
    assert second["official_at"]
    assert second["host"] == "Hana"
    (public, _reply) = rows_of(made(scope=Scope.PUBLIC))
    assert "hidden_under" not in public
    for name in ("author", "prompt_text", "place", "text"):
        assert public[name] == ""


def test_json_has_the_depth_and_can_be_taken_in_again() -> None:
    cast.comment(cast.ben(), parent=cast.comment(cast.ada()))
    content = json.loads(content_of(made(form=Form.JSON)))
    comments = content["consultation"]["discussions"][0]["comments"]
    assert [each["depth"] for each in comments] == [0, 1]
    content["consultation"]["slug"] = "copy"
    import_consultation(read_content(content))
    assert Comment.objects.filter(discussion__consultation__slug="copy").count() == 2


def test_names_of_readers_own_view_are_those_that_readers_see() -> None:
    cast.comment(cast.ada())
    assert [row["author"] for row in rows_of(made(scope=Scope.PUBLIC))] == ["Ada"]


# Making.


def test_a_file_is_what_its_size_and_sha256_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PART", 500)
    for _number in range(10):
        cast.comment(cast.ada())
    file = made()
    assert FilePart.objects.filter(file=file).count() > 2
    answer = fetched(in_staff_session(cast.ida()), file)
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert len(content) == file.size == int(answer["Content-Length"])
    assert files.opened(file).read() == content
    assert (file.rows_done, file.rows_total) == (10, 10)


def test_what_fails_is_tried_again_from_the_start_and_then_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = asked()
    with monkeypatch.context() as broken:
        broken.setattr(downloads, "write_comments", lambda *_words: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            downloads.make(file.pk, is_last_try=False)
        file.refresh_from_db()
        assert file.state == State.MAKING
        other = asked()
        with pytest.raises(ZeroDivisionError):
            downloads.make(other.pk)
    downloads.make(file.pk, is_last_try=False)
    first = content_of(file)
    downloads.make(file.pk)  # its worker was only thought to be dead
    assert content_of(file) == first
    states = ExportFile.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.READY, State.FAILED]
    page = words(in_staff_session(cast.ida()).get(room()))
    assert "It could not be made. Ask once more." in page


def test_a_file_that_kills_its_workers_is_given_up() -> None:
    file = asked()

    def run(attempts: int) -> str:
        context: Any = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
        tasks.make_file(context, file_id=file.pk)
        file.refresh_from_db()
        return file.state

    assert run(attempts=3) == State.FAILED
    assert run(attempts=0) == State.FAILED


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_the_file_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generate(cast.discussion(), 2_600, seed=1)
    file = asked(form=Form.XLSX)
    others = connection.copy()
    seen: list[tuple[int, int]] = []
    counted = files.Progress.__call__

    def look(progress: files.Progress) -> None:
        counted(progress)
        if progress._rows in (1, 2_500):
            with others.cursor() as cursor:
                cursor.execute("SELECT rows_done, rows_total FROM discussions_exportfile")
                seen.append(cursor.fetchone())

    monkeypatch.setattr(files.Progress, "__call__", look)
    try:
        downloads.make(file.pk)
    finally:
        others.close()
    assert seen == [(0, 2_600), (2_000, 2_600)]
    assert ExportFile.objects.get().rows_done == 2_600


@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX, Form.JSON])
def test_making_a_file_keeps_little_in_memory(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The texts alone are 4 MB."""
    monkeypatch.setattr(files, "_PART", 50_000)
    monkeypatch.setattr(exporting, "_BATCH", 50)
    generate(cast.discussion(), 1_000, seed=1)
    Comment.objects.update(body="lamps " * 666)
    file = asked(form=form, scope=Scope.FULL, reason=WHY)
    tracemalloc.start()
    downloads.make(file.pk)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ExportFile.objects.get().rows_done == 1_000
    assert peak < 3_000_000, peak


# Taking.


def test_what_is_taken_is_kept_on_record() -> None:
    file = made()
    answer = fetched(in_staff_session(cast.analyst()), file)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert FileTaken.objects.get().by == cast.analyst()
    said = list(LogEntry.objects.order_by("pk").values_list("user", "change_message"))
    assert said == [
        (cast.ida().pk, f"Asked for file {file.pk}: {file.name}."),
        (cast.analyst().pk, f"Took file {file.pk}: {file.name}."),
    ]
    page = words(in_staff_session(cast.ida()).get(room()))
    assert f"“{WHY}”" in page
    assert "Last taken by Anna" in page


def test_who_may_see_the_consultation_alone_takes_what_readers_see() -> None:
    full, public = made(), made(scope=Scope.PUBLIC)
    moderator = in_staff_session(cast.moderator())
    assert fetched(moderator, full).status_code == 403
    assert not FileTaken.objects.exists()
    assert fetched(moderator, public).status_code == 200
    page = moderator.get(room()).content.decode()
    assert "in full, without names" not in page
    assert f'href="{room()}{public.pk}/"' in page
    assert f'href="{room()}{full.pk}/"' not in page


def test_a_file_of_another_consultation_or_one_not_ready_is_not_there() -> None:
    file, waits = made(), asked()
    ida = in_staff_session(cast.ida())
    other = room(cast.consultation(cast.CLOSED))
    assert ida.get(f"{other}{file.pk}/").status_code == 404
    assert ida.get(f"{room()}{waits.pk}/").status_code == 404
    assert ida.head(f"{room()}{file.pk}/").status_code == 200
    assert not FileTaken.objects.exists()


def test_an_archive_is_not_taken_here_where_it_may_be_out_of_date() -> None:
    file = made(scope=Scope.PUBLIC)
    ExportFile.objects.update(kind=Kind.ARCHIVE, form=Form.ZIP)
    assert fetched(in_staff_session(cast.ida()), file).status_code == 404


def test_what_a_killed_worker_left_is_gone_when_the_next_job_begins() -> None:
    cast.comment(cast.ada(), "The lamps are out.")
    with files.workplace() as folder:
        assert folder.stat().st_mode & 0o077 == 0
    seen: list[list[str]] = []
    for form in Form.CSV, Form.XLSX:
        folder.mkdir()
        (folder / "workbook-left").mkdir()
        (folder / "workbook-left" / "sheet").write_text("Ada lives at No. 4.")
        file = asked(form=form, scope=Scope.FULL, reason=WHY)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files.Progress, "__call__", lambda _self: seen.append(names_in(folder)))
            downloads.make(file.pk)
        assert not folder.exists()
    (csv_names, xlsx_names) = seen
    assert csv_names == []
    assert len(xlsx_names) == 1
    assert xlsx_names != ["workbook-left"]


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_nobody_else_gets_anything() -> None:
    file = made(scope=Scope.PUBLIC)
    for member in (cast.ada(), cast.member("Nobody in particular", is_staff=True)):
        client = in_staff_session(member)
        assert fetched(client, file).status_code in (302, 403)
        assert client.get(room()).status_code in (302, 403)


# The room.


def test_an_analyst_asks_sees_how_far_it_is_and_takes_it() -> None:
    cast.comment(cast.ada())
    client = in_staff_session(cast.analyst())
    form = {"what": "comments full", "form": "csv", "reason": "short"}
    refused = client.post(room(), form)
    assert refused.status_code == 400
    assert "Say in a few words what you need it for." in words(refused)
    assert "short" in refused.content.decode()
    answer = client.post(room(), form | {"reason": WHY}, follow=True)
    assert "We are making it." in words(answer)
    assert "data-busy" in answer.content.decode()
    file = ExportFile.objects.get()
    ExportFile.objects.update(state=State.MAKING, rows_done=400, rows_total=1_600)
    assert "400 of 1,600 rows" in words(client.get(room()))
    downloads.make(file.pk)
    page = client.get(room())
    file.refresh_from_db()
    assert "data-busy" not in page.content.decode()
    assert file.sha256 in words(page)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"what": "people public", "form": "csv"},
        {"what": "people full", "form": "json", "reason": WHY},
        {"what": "comments public", "form": "zip"},
        {"what": "archive full", "form": "zip", "reason": WHY},
    ],
)
def test_what_the_form_does_not_offer_is_refused(form: dict[str, str]) -> None:
    assert in_staff_session(cast.ida()).post(room(), form).status_code == 400
    assert not ExportFile.objects.exists()


def test_the_room_asks_the_database_little_however_many_files_there_are(
    django_assert_max_num_queries: Any,  # noqa: ANN401 - pytest-django's
) -> None:
    client = in_staff_session(cast.ida())
    file = made()
    for number in range(20):
        fetched(client, file)
        ExportFile.objects.create(
            consultation=file.consultation, kind=Kind.COMMENTS, form="csv", scope="public",
            name=str(number), asked_by=cast.ida(), asked_at=timezone.now(),
        )  # fmt: skip
    with django_assert_max_num_queries(16):
        client.get(room())


# How long it is kept.


def hold_at(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        for rule in retention.RULES:
            rule.hold()


def test_after_a_week_the_bytes_go_and_that_it_was_taken_stays() -> None:
    file = made()
    fetched(in_staff_session(cast.ida()), file)
    assert file.made_at is not None
    hold_at(file.made_at + timedelta(days=7, seconds=-30))
    assert FilePart.objects.exists()
    hold_at(file.made_at + timedelta(days=7, seconds=30))
    file.refresh_from_db()
    assert not FilePart.objects.exists()
    assert (file.state, file.reason, file.taken.count()) == (State.GONE, WHY, 1)
    assert fetched(in_staff_session(cast.ida()), file).status_code == 404


def test_a_file_that_nobody_makes_is_given_up_after_a_day() -> None:
    lost = asked()
    hold_at(lost.asked_at + timedelta(hours=23))
    assert ExportFile.objects.get().state == State.WAITING
    hold_at(lost.asked_at + timedelta(hours=25))
    assert ExportFile.objects.get().state == State.FAILED


def test_the_rules_are_held_every_night() -> None:
    assert set(retention.RULES) <= set(tasks.RULES)
