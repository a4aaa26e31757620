"""The mails of a local machine, as files for their owner alone and as a page."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path / "data" / "outbox"
    return Path(settings.EMAIL_FILE_PATH)


def send(*subjects: str) -> None:
    connection = get_connection("talk_london.outbox.OutboxBackend")
    mails = [
        EmailMultiAlternatives(
            each, f"See http://localhost:8000/{each}/ & <b>.", to=["a@b.example"]
        )
        for each in subjects
    ]
    for mail in mails:
        mail.attach_alternative("<p>Not this.</p>", "text/html")
    assert connection.send_messages(mails) == len(subjects)


def test_the_newest_comes_first_and_links_can_be_followed(folder: Path) -> None:
    send("one", "two")
    send("three")
    page = Client().get("/outbox/").content.decode()
    places = [page.index(f"<h2>{subject}</h2>") for subject in ("three", "two", "one")]
    assert places == sorted(places)
    assert '<a href="http://localhost:8000/one/"' in page
    assert "&amp; &lt;b&gt;." in page
    assert "Not this." not in page


def test_nobody_else_on_the_machine_reads_them(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    send("one")
    (file,) = folder.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_outbox_that_was_never_used_is_empty(folder: Path) -> None:
    assert "Nothing yet." in Client().get("/outbox/").content.decode()
