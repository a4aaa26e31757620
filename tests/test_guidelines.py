"""The community guidelines: on their page, in versions, and where people write."""

import html
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.formats import date_format

from accounts.models import Agreement
from moderation.guidelines import GUIDELINES, VERSIONS, current_version
from moderation.screening import Kind
from tests import cast
from tests.conftest import signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

_TITLE = re.compile(r'<section id="guideline-(\d+)">\s*<h2>(.*?)</h2>', re.S)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_titles_on_the_page_are_those_that_decisions_quote(version: str) -> None:
    page = Client().get(f"/guidelines/{version}/").content.decode()
    titles = [(int(number), html.unescape(title)) for number, title in _TITLE.findall(page)]
    assert titles == [(each.number, f"{each.number}. {each.title}") for each in GUIDELINES]


def test_it_says_its_version_and_day() -> None:
    version = current_version()
    day = date_format(VERSIONS[version], "j F Y")
    page = Client().get("/guidelines/")
    assert f"Version {version}, from {day}." in words(page)
    assert words(Client().get(f"/guidelines/{version}/")) == words(page)


@pytest.mark.parametrize("version", ["0", "2", "1.1", "one", "../base"])
def test_there_is_no_other(version: str) -> None:
    assert Client().get(f"/guidelines/{version}/").status_code == 404


def test_each_version_has_its_words_and_the_current_is_one() -> None:
    files = {path.stem for path in Path("templates/moderation/guidelines").glob("*.html")}
    assert files == set(VERSIONS)
    assert current_version() in VERSIONS
    length = Agreement._meta.get_field("version").max_length
    assert all(len(version) <= (length or 0) for version in VERSIONS)


def test_it_welcomes_criticism_and_says_what_happens() -> None:
    page = words(Client().get("/guidelines/"))
    for said in (
        "Criticism of the police, the Mayor or City Hall is welcome here.",
        "We ask first.",
        "Anyone can report a comment.",
        "A moderator decides.",
        "You are told why.",
        "Somebody else than who decided looks again",
        "How we moderate, in figures",
    ):
        assert said in page


def test_what_checks_find_is_about_a_guideline() -> None:
    numbers = {each.number for each in GUIDELINES}
    assert all(kind.guideline in numbers for kind in Kind)


@pytest.mark.parametrize("place", ["streets", "signed out", "reply", "edit"])
def test_they_stand_where_people_write(place: str) -> None:
    theirs, mine = cast.comment(cast.ben()), cast.comment(cast.ada())
    streets = cast.discussion().get_absolute_url()
    path = {
        "streets": streets,
        "signed out": streets,
        "reply": f"/comments/{theirs.pk}/reply/",
        "edit": f"/comments/{mine.pk}/edit/",
    }[place]
    client = Client() if place == "signed out" else signed_in(cast.ada())
    page = client.get(path).content.decode()
    (form,) = re.findall(r'<form class="write.*?</form>', page, re.S)
    text = html.unescape(form)
    assert "Leave out private people’s names" in text
    assert all(str(each.short) in text for each in GUIDELINES)
    assert 'href="/guidelines/"' in form
