"""The archive of a closed consultation: pages and data that stand alone, and how it is kept."""

import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import html5lib
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from discussions.archive.threads import layout, pages
from discussions.archive.writing import guidelines_of
from discussions.exchange.schema import read_content
from tests import archived, cast
from tests.pages import words

# Also those that only read what the database was asked for once.
pytestmark = pytest.mark.django_db

SECRETS = (archived.SECRET, archived.HELD_SECRET)


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        archived.small_pages(patch)
        target = tmp_path_factory.mktemp("archive") / "safer-journeys"
        with archived.demo_archive(target, django_db_blocker) as written:
            yield written


def html_pages(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.html"))
    assert len(found) > 8
    return found


def test_every_page_is_valid(folder: Path) -> None:
    for page in html_pages(folder):
        html5lib.HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))
        ids = Links.of(page).ids
        assert len(ids) == len(set(ids)), page


def test_every_link_leads_somewhere_in_it_or_says_where_else(folder: Path) -> None:
    ids = {page.resolve(): set(Links.of(page).ids) for page in html_pages(folder)}
    followed = outside = 0
    for page in ids:
        for link in Links.of(page).links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https", "tel", "mailto"), link
                outside += 1
                continue
            assert not link.startswith("/"), (page, link)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_file(), (page, link)
            assert target.is_relative_to(folder.resolve())
            assert not parts.fragment or parts.fragment in ids[target], (page, link)
            followed += 1
    assert followed > 100
    assert outside > 5
    for address in re.findall(r"url\(\"?([^\")]+)", (folder / "css/archive.css").read_text()):
        assert (folder / "css" / address).is_file()


def test_nothing_in_it_runs_asks_or_comes_from_elsewhere(folder: Path) -> None:
    for page in html_pages(folder):
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"<(script|form|input|button|iframe)\b|\son\w+=|\sstyle=", html)
        assert not re.search(r'(?:src|<link[^>]*href)="https?:', html)
        for anchor in re.findall(r"<a [^>]*>", html):
            if 'rel="' in anchor and "ugc" in anchor:
                assert "nofollow" in anchor
    assert "@import" not in (folder / "css/archive.css").read_text()


def test_no_word_in_it_that_readers_cannot_read(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for text in (*SECRETS, "A draft", "@people.example", "Ida"):
                assert text.encode() not in content, (file, text)
    talk = "".join(page.read_text() for page in folder.glob("discussions/*/*.html"))
    assert "Withdrawn by its author." in talk
    assert "Hidden by a moderator under" in talk
    assert "This comment waits for a moderator." in talk
    assert "A moderator has hidden some words here, under" in talk
    assert "guidelines.html#guideline-3" in talk


def test_the_front_page_tells_the_story(folder: Path) -> None:
    page = words_of(folder / "index.html")
    for text in (
        "Safer journeys at night",
        "Why now The plan is decided in May.",
        "The plan See our rules .",
        "What we heard, what we did, what we did not do and why",
        "The decision: MD1",
        "We read all of it",
        "It took a month .",
        "Extended",
        "Snow kept <people> at home.",
        "Londoners have responded",
    ):
        assert text in page, text
    for untrue_one_day in ("Happened", "Happening now", "Coming up"):
        assert untrue_one_day not in page
    assert "This copy was made on" in page
    html = (folder / "index.html").read_text()
    assert 'alt="A bus at night"' in html
    assert (folder / "img/picture.webp").read_bytes().startswith(b"RIFF")
    assert re.search(r'href="discussions/[\w-]+/page-\d+\.html#comment-\d+"', html)
    assert re.search(r'href="http[^"]+/guidelines/"', html)
    talk = "".join(words_of(page) for page in folder.glob("discussions/*/*.html"))
    assert "Official answer" in talk
    assert "Brixton Library" in talk
    assert "2,000 agree" in talk


def test_all_comments_are_in_it_once_and_threads_are_whole(folder: Path) -> None:
    rows = comments_csv(folder)
    ids = [
        each
        for page in folder.glob("discussions/*/*.html")
        for each in Links.of(page).ids
        if each.startswith("comment-")
    ]
    assert len(ids) == len(rows) > 50
    for page in folder.glob("discussions/*/page-2.html"):
        assert words_of(page).count("Page 2 of") == 2
    assert (folder / "discussions").is_dir()
    assert len(list(folder.glob("discussions/*/page-3.html"))) > 0


def test_the_data_opens_as_text_and_can_be_taken_in_again(folder: Path) -> None:
    rows = comments_csv(folder)
    assert set(rows[0]) <= set(re.findall(r"\w+", words_of(folder / "about.html")))
    assert "'=2+2, they said." in [row["text"] for row in rows]
    assert {row["status"] for row in rows} >= {"published", "hidden", "withdrawn"}
    with (folder / "data/figures.csv").open(encoding="utf-8-sig", newline="") as file:
        figures = list(csv.reader(file))
    shown = sum(row["status"] == "published" for row in rows)
    assert ["whole", "", "comments", str(shown)] in figures
    assert not any(row[0] in ("borough", "moderation", "gap") for row in figures)
    for table in ("comments", "figures"):
        text = (folder / f"data/{table}.csv").read_text(encoding="utf-8-sig")
        assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if formula(cell)]
    content = json.loads((folder / "data/consultation.json").read_text(encoding="utf-8"))
    assert read_content(content)["slug"] == "safer-journeys"


def test_sha256sum_checks_every_file(folder: Path) -> None:
    checked = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert checked.stdout.count(": OK\n") == len(files) - 1


def test_the_command_writes_a_zip_or_a_folder_and_refuses_what_is_open(tmp_path: Path) -> None:
    cast.elsewhere(cast.CLOSED)
    target = tmp_path / "it.zip"
    call_command("archive_consultation", cast.CLOSED, output=target)
    with zipfile.ZipFile(target) as file:
        assert file.testzip() is None
        names = file.namelist()
        assert f"{cast.CLOSED}/index.html" in names
        assert all(name.startswith(f"{cast.CLOSED}/") for name in names)
        lines = file.read(f"{cast.CLOSED}/SHA256SUMS").decode().splitlines()
        page = file.read(f"{cast.CLOSED}/discussions/streets/page-1.html")
    assert f"{hashlib.sha256(page).hexdigest()}  discussions/streets/page-1.html" in lines
    call_command("archive_consultation", cast.CLOSED, output=tmp_path / "folder")
    assert (tmp_path / "folder/index.html").is_file()
    cast.consultation()
    cast.consultation(cast.DRAFT)
    for slug, output, said in (
        (cast.CLOSED, tmp_path / "folder", "is not an empty folder"),
        (cast.OPEN, tmp_path / "open", "is not closed"),
        (cast.DRAFT, tmp_path / "draft.zip", "is not closed"),
        ("never", tmp_path / "never", "There is no consultation"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("archive_consultation", slug, output=output)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "it.zip"]


def test_the_guidelines_are_those_that_held(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = cast.consultation(cast.CLOSED)
    assert closed.closes_at is not None
    day = timezone.localdate(closed.closes_at)
    versions = {"1": day - timedelta(days=9), "2": day, "10": day + timedelta(days=1)}
    monkeypatch.setattr("moderation.guidelines.VERSIONS", versions)
    assert guidelines_of(closed) == "2"
    monkeypatch.setattr("moderation.guidelines.VERSIONS", {"1": day + timedelta(days=1)})
    assert guidelines_of(closed) == "1"


def test_deep_replies_say_whom_they_answer() -> None:
    top = cast.comment(cast.ada(), "Top.")
    first = cast.comment(cast.ben(), "First.", top)
    cast.comment(cast.ada(), "Second.", first)
    cast.comment(cast.ben(), "Beside.", top)
    ((number, (thread,)),) = pages(layout(cast.discussion()))
    assert number == 1
    assert [(node.level, node.reply_to) for node in thread.replies] == [
        (0, "Ada"),
        (1, "Ben"),
        (0, "Ada"),
    ]


def test_a_discussion_without_comments_has_a_page_as_well() -> None:
    empty = layout(cast.discussion())
    assert (empty.pages, list(pages(empty))) == (1, [(1, [])])


class Links(HTMLParser):
    """The ids of a page, and what it links and shows."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []

    @classmethod
    def of(cls, page: Path) -> "Links":
        found = cls()
        found.feed(page.read_text(encoding="utf-8"))
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "srcset", "poster"):
                self.links.append(value or "")


def words_of(page: Path) -> str:
    class Answer:
        content = page.read_bytes()

    return words(Answer())


def comments_csv(folder: Path) -> list[dict[str, str]]:
    with (folder / "data/comments.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def formula(cell: str) -> bool:
    return cell.lstrip().startswith(("=", "+", "-", "@"))
