"""All comments of a discussion on one page: complete, in order, in parts where there are many."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from discussions import posting, whole
from discussions.models import Comment
from tests import cast
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

PAGE = f"/consultations/{cast.OPEN}/streets/all/"


def ids(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article [^>]*id="comment-(\d+)"', page)]


def get(path: str = PAGE, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def forest() -> list[Comment]:
    posted: list[Comment] = []
    for back in (0, 1, 2, 0, 1, 5, 1, 1, 0, 3, 8):
        parent = posted[-back] if 0 < back <= len(posted) else None
        posted.append(cast.comment(cast.ben(), f"Number {len(posted)}.", parent))
    return posted


def test_every_comment_stands_there_in_the_order_of_its_thread() -> None:
    posted = forest()
    page = get()
    assert ids(page) == [each.pk for each in sorted(posted, key=lambda each: each.path)]
    assert page.count("<ol") == page.count("</ol>")
    assert len(re.findall("<li[ >]", page)) == page.count("</li>")


def test_many_come_in_parts_that_miss_and_repeat_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    posted = forest()
    monkeypatch.setattr(whole, "COMMENTS_ON_A_PART", 3)
    found: list[int] = []
    path = PAGE
    while path:
        page = get(path)
        assert page.count("<ol") == page.count("</ol>")
        found += ids(page)
        more = re.search(r'href="\?after=(\d+)#comments"', page)
        path = f"{PAGE}?after={more[1]}" if more else ""
    assert found == [each.pk for each in sorted(posted, key=lambda each: each.path)]


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "999999", "1.5"])
def test_odd_places_get_a_page(after: str) -> None:
    posted = forest()
    assert ids(get(f"{PAGE}?after={after}")) == ids(get())
    assert len(posted) == len(ids(get()))


def test_it_shows_what_this_reader_may_read() -> None:
    root = cast.comment(cast.ada(), "A secret marmalade.")
    cast.comment(cast.ben(), "I answered.", root)
    held = cast.comment(cast.ada(), "I wait for a moderator.")
    Comment.objects.filter(pk=held.pk).update(status=Comment.Status.HELD)
    posting.withdraw_comment(root, cast.ada())
    for client in (Client(), signed_in(cast.ben()), signed_in(cast.ida())):
        page = get(client=client)
        assert "marmalade" not in page
        assert "I wait" not in page
        assert "Withdrawn by its author." in page
        assert "I answered." in page
    assert "I wait" in get(client=signed_in(cast.ada()))


def test_it_costs_two_queries_and_has_nothing_to_press() -> None:
    forest()
    get()
    with CaptureQueriesContext(connection) as captured:
        page = get()
    assert len(captured) == 2
    assert "<form" not in page
    assert "/report/" not in page


def test_a_discussion_links_it_once_somebody_has_spoken() -> None:
    cast.consultation()
    assert PAGE not in get(PAGE.removesuffix("all/"))
    cast.comment(cast.ada())
    assert PAGE in get(PAGE.removesuffix("all/"))


def test_no_such_discussion() -> None:
    assert Client().get("/consultations/none/streets/all/").status_code == 404
    cast.consultation(cast.DRAFT)
    assert Client().get(f"/consultations/{cast.DRAFT}/streets/all/").status_code == 404
