"""The management commands, as somebody types them."""

import json
import os
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from discussions.markup import body_html
from discussions.models import Comment, Consultation, Discussion, Participant
from discussions.posting import MOST_DEPTH
from tests import cast
from tests.conftest import url_of_test_database
from tests.exchange.files import SLUG, a_file, bytes_of
from tests.processes import ROOT

pytestmark = pytest.mark.django_db


def told(command: str, *words: object, **options: Any) -> str:
    out = StringIO()
    call_command(command, *words, stdout=out, **options)
    return out.getvalue()


# Importing.


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_bytes(bytes_of(a_file()))
    return path


def test_an_import_tells_what_it_did_and_where_it_stands(file: Path) -> None:
    assert told("import_consultation", file) == (
        "Our plan: 4 comments added, 0 were here already. See /consultations/our-plan/\n"
    )
    assert "0 comments added, 4 were here already" in told("import_consultation", file)


def test_a_malformed_file_is_refused_with_its_faults_and_nothing_is_changed(file: Path) -> None:
    content = a_file()
    content["consultation"]["opens_at"] = "yesterday"
    content["consultation"]["discussions"][0]["comments"][0]["body"] = ""
    file.write_bytes(bytes_of(content))
    with pytest.raises(CommandError) as refusal:
        told("import_consultation", file)
    first, *faults = str(refusal.value).splitlines()
    assert first == f"{file} is refused; nothing was changed."
    assert [each.partition(":")[0] for each in faults] == [
        "consultation.opens_at",
        "consultation.discussions[0].comments[0].body",
    ]
    assert not Consultation.objects.exists()


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere.json", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, name: str, reason: str
) -> None:
    with pytest.raises(CommandError, match=f"cannot be read: {reason}"):
        told("import_consultation", tmp_path / name)


# Exporting.


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_an_export_to_standard_output_is_the_file_itself(
    file: Path, tmp_path: Path, form: str
) -> None:
    call_command("import_consultation", file, stdout=StringIO())
    path = tmp_path / form
    call_command("export_consultation", SLUG, format=form, scope="full", output=path)
    words = ["export_consultation", SLUG, "--format", form, "--scope", "full"]
    piped = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url_of_test_database()},
        capture_output=True,
        check=True,
    ).stdout
    if form == "xlsx":
        assert piped[:2] == b"PK"
    else:
        assert piped == path.read_bytes()


def test_an_export_may_go_to_a_pipe(file: Path, tmp_path: Path) -> None:
    told("import_consultation", file)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        told("export_consultation", SLUG, output=pipe)
        assert reader.stdout is not None
        assert json.loads(reader.stdout.read())["consultation"]["slug"] == SLUG
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# Generating.


def test_generated_comments_are_a_discussion_like_any_other() -> None:
    cast.consultation()
    assert told("generate_comments", f"{cast.OPEN}/streets", count=1_500) == (
        "1,500 comments added to Our streets\n"
    )
    comments = {each.pk: each for each in Comment.objects.all()}
    assert len(comments) == 1_500
    assert max(each.depth for each in comments.values()) > 5
    for each in comments.values():
        parent = comments[each.parent_id].path if each.parent_id else []
        assert each.path == [*parent[:MOST_DEPTH], each.pk]
        assert each.body_html == body_html(each.body)
        assert each.prompt_id is None or each.parent_id is None
        below = [pk for pk, other in comments.items() if each.pk in other.path[:-1]]
        assert each.reply_count == len(below)


def test_generated_comments_are_counted() -> None:
    cast.comment(cast.ada())
    told("generate_comments", f"{cast.OPEN}/streets", count=50)
    found = Discussion.objects.get(consultation__slug=cast.OPEN)
    assert found.comment_count == 51
    authors = Participant.objects.filter(comments__discussion=found).distinct().count()
    consultation = Consultation.objects.get(slug=cast.OPEN)
    assert (consultation.respondents, consultation.responses) == (authors, 51)


def test_the_same_seed_makes_the_same_comments() -> None:
    bodies = []
    for slug in (cast.OPEN, cast.CLOSED):
        cast.consultation(slug)
        told("generate_comments", f"{slug}/streets", count=20, seed=7)
        made = Comment.objects.filter(discussion__consultation__slug=slug).order_by("pk")
        bodies.append(list(made.values_list("body", flat=True)))
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("place", ["nowhere/streets", f"{cast.OPEN}/nowhere", cast.OPEN, ""])
def test_an_unknown_discussion_is_told_in_a_sentence(place: str) -> None:
    cast.consultation()
    with pytest.raises(CommandError, match="There is no discussion"):
        told("generate_comments", place, count=1)


@pytest.mark.parametrize("count", [0, -1, 5_000_001])
def test_a_count_out_of_reason_is_told_in_a_sentence(count: int) -> None:
    cast.consultation()
    with pytest.raises(CommandError, match="Give a count from 1 to 5,000,000"):
        told("generate_comments", f"{cast.OPEN}/streets", count=count)
