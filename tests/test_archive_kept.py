"""Archives that are kept for readers: made by the worker, and anew when something is hidden."""

import hashlib
import io
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from discussions import archive, outcome
from discussions.models import (
    Comment,
    Consultation,
    ExportFile,
    FilePart,
    OutcomePoint,
    Participant,
    Prompt,
    Update,
)
from tests import cast, moderated
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db

State = ExportFile.State


def archived_consultation() -> Consultation:
    consultation = cast.consultation()
    cast.comment(cast.ada(), "More light, please.")
    cast.close_now()
    now = timezone.now()
    Consultation.objects.filter(pk=consultation.pk).update(
        outcome_introduction="Thank you.", outcome_published_at=now, archived_at=now
    )
    consultation.refresh_from_db()
    return consultation


ADDRESS = f"/archives/{cast.OPEN}.zip"


def made(consultation: Consultation) -> ExportFile:
    file = archive.queue_archive(consultation, cast.ida())
    archive.make(file.pk)
    file.refresh_from_db()
    return file


def test_readers_get_the_archive_once_there_is_one() -> None:
    consultation = archived_consultation()
    file = made(consultation)
    assert (file.state, file.kind, file.form, file.scope) == (
        State.READY,
        ExportFile.Kind.ARCHIVE,
        ExportFile.Form.ZIP,
        ExportFile.Scope.PUBLIC,
    )
    answer = Client().get(ADDRESS)
    content = b"".join(answer)
    assert answer["Content-Type"] == "application/zip"
    assert int(answer["Content-Length"]) == len(content) == file.size
    assert hashlib.sha256(content).hexdigest() == file.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as unpacked:
        assert b"More light, please." in unpacked.read(
            f"{cast.OPEN}/discussions/streets/page-1.html"
        )
    archive.make(file.pk)  # again: nothing more happens
    assert ExportFile.objects.count() == 1
    page = Client().get(consultation.get_absolute_url()).content.decode()
    assert f'href="{ADDRESS}"' in page
    Consultation.objects.update(archived_at=None)
    assert Client().get(ADDRESS).status_code == 404
    assert ADDRESS not in Client().get(consultation.get_absolute_url()).content.decode()


def test_a7_what_is_hidden_or_has_left_since_stands_in_no_archive() -> None:
    consultation = archived_consultation()
    first = made(consultation)
    comment = Comment.objects.get(body="More light, please.")
    moderated.hide(comment)
    for changes in ({"status": "hidden"}, {"status": "withdrawn"}):
        Comment.objects.filter(pk=comment.pk).update(**changes)
        if changes["status"] == "withdrawn":
            Participant.objects.filter(pk=comment.author_id).update(
                name="", member=None, has_left=True
            )
        answer = Client().get(ADDRESS)
        assert answer.status_code == 503, changes
        assert "We are making the archive" in words(answer)
        assert Client().get(ADDRESS).status_code == 503  # asked for once
        (waiting,) = ExportFile.objects.filter(state=State.WAITING)
        archive.make(waiting.pk)
        content = b"".join(Client().get(ADDRESS))
        with zipfile.ZipFile(io.BytesIO(content)) as unpacked:
            texts = b"".join(unpacked.read(name) for name in unpacked.namelist())
        assert b"More light, please." not in texts
    first.refresh_from_db()
    assert first.state == State.GONE
    assert set(FilePart.objects.values_list("file", flat=True)) == {waiting.pk}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another name"},
        {"organisation": "Another one"},
        {"name": "", "member": None, "has_left": True},
    ],
)
def test_a_host_who_never_spoke_and_changed_since_stands_in_none_by_the_old_name(
    change: dict[str, object],
) -> None:
    cast.hana()
    consultation = archived_consultation()
    host = cast.discussion().hosts.get()
    assert not Comment.objects.filter(author=host).exists()
    made(consultation)
    assert archive.current_archive(consultation) is not None
    Participant.objects.filter(pk=host.pk).update(**change)
    assert archive.current_archive(consultation) is None


def test_one_of_other_texts_is_not_given_out() -> None:
    consultation = archived_consultation()
    Update.objects.create(consultation=consultation, title="Lamps", text="<p>New.</p>")
    for change in (
        lambda: Consultation.objects.update(summary="Other words."),
        lambda: OutcomePoint.objects.create(consultation=consultation, heard="a", answer="b"),
        lambda: Update.objects.update(published_at=timezone.now()),
        lambda: Prompt.objects.update(text="What else?"),
    ):
        made(consultation)
        assert archive.current_archive(consultation) is not None
        change()
        assert archive.current_archive(consultation) is None


def test_archiving_has_the_archive_made() -> None:
    consultation = archived_consultation()
    Consultation.objects.update(archived_at=None)
    outcome.archive(consultation)
    (file,) = ExportFile.objects.all()
    assert (file.kind, file.state, file.asked_by) == (
        ExportFile.Kind.ARCHIVE,
        State.WAITING,
        None,
    )


def test_every_night_archives_are_made_anew_that_are_out_of_date() -> None:
    consultation = archived_consultation()
    archive.renew_archives()
    (file,) = ExportFile.objects.all()
    assert file.asked_by is None
    archive.make(file.pk)
    archive.renew_archives()
    assert ExportFile.objects.count() == 1
    moderated.hide(Comment.objects.get(discussion__consultation=consultation))
    archive.renew_archives()
    assert ExportFile.objects.filter(state=State.WAITING).count() == 1


def test_staff_have_it_made_in_their_room() -> None:
    consultation = archived_consultation()
    path = f"/admin/discussions/consultation/{consultation.pk}/archive/"
    staff = in_staff_session(cast.ida())
    assert "None has been made yet." in words(staff.get(path))
    to_outcome = f"/admin/discussions/consultation/{consultation.pk}/outcome/archive/"
    assert to_outcome not in staff.get(path).content.decode()
    Consultation.objects.update(archived_at=None)
    assert to_outcome in staff.get(path).content.decode()
    told = words(staff.post(path, follow=True))
    assert "We are making the archive." in told
    assert "It is being made." in told
    file = ExportFile.objects.get()
    assert file.asked_by == cast.ida()
    archive.make(file.pk)
    assert "Download the archive" in words(staff.get(path))
    assert staff.get(f"{path}archive.zip")["Content-Type"] == "application/zip"
    open_one = cast.consultation(cast.UPCOMING)
    closed_to = f"/admin/discussions/consultation/{open_one.pk}/archive/"
    assert "once the consultation is closed" in words(staff.post(closed_to, follow=True))
    assert ExportFile.objects.count() == 1
    assert in_staff_session(cast.mo()).get(path).status_code == 403


def test_one_that_fails_says_so_and_can_be_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    consultation = archived_consultation()
    file = archive.queue_archive(consultation)
    with monkeypatch.context() as patch:
        patch.setattr("discussions.archive.writing.STYLE", "css/never.css")
        with pytest.raises(FileNotFoundError):
            archive.make(file.pk)
    file.refresh_from_db()
    assert file.state == State.FAILED
    assert made(consultation).state == State.READY
