"""The pages that anyone may read: what stands there, and what reading costs."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions import posting, searching, threads
from discussions.models import Comment, Consultation, Discussion
from tests import cast
from tests.conftest import Answer, signed_in

pytestmark = pytest.mark.django_db

PAGE = f"/consultations/{cast.OPEN}/streets/"


def text(answer: Answer) -> str:
    """The words of the page, without its tags, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def in_order(page: str, *parts: str) -> bool:
    """Each part stands somewhere after the one before."""
    at = 0
    for part in parts:
        at = page.find(part, at)
        assert at >= 0, f"{part!r} is missing, or out of order"
        at += len(part)
    return True


def test_the_discussion_page_has_its_parts_in_order() -> None:
    cast.comment(cast.ada(), "The first comment.")
    assert in_order(
        text(Client().get(PAGE)),
        "The open one",
        "1 Londoner has responded",
        "Our streets",
        "Tell us how they are.",
        "Join the conversation",
        "What works?",
        "What does not?",
        "Hana (MOPAC)",
        "Please don’t post identifiable details or report incidents.",
        "999",
        "101",
        "Support and safety",
        "Open until",
        "London time",
        "Community guidelines",
        "Staying safe",
        "Timeline",
        "Happening now",
        "Join and comment",
        "Sign in",
        "1 comment",
        "Ada",
        "Community member",
        "just now",
        "The first comment.",
        "Reply",
    )


def test_a_comment_is_marked_up_as_agreed() -> None:
    comment = cast.comment(cast.ada())
    page = Client().get(PAGE).content.decode()
    article = re.search(rf'<article [^>]*id="comment-{comment.pk}".*?</article>', page, re.DOTALL)
    assert article is not None
    assert re.search(r'class="comment__author"[^>]*><bdi>Ada</bdi>', article[0])
    assert 'class="comment__body"' in article[0]
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT[\d:]+\+00:00" title="[^"]+">', article[0])


@pytest.mark.parametrize(
    ("posted_at", "shown"),
    [
        ("2026-08-26T22:10:00+00:00", "26 August 2026, 11:10pm"),
        ("2026-01-26T22:10:00+00:00", "26 January 2026, 10:10pm"),
    ],
)
@pytest.mark.parametrize("path", ["", "?q=light", "all/"])
def test_a_moment_is_right_in_summer_and_in_winter(posted_at: str, shown: str, path: str) -> None:
    comment = cast.comment(cast.ada(), "More light.")
    Comment.objects.filter(pk=comment.pk).update(posted_at=datetime.fromisoformat(posted_at))
    page = Client().get(f"{PAGE}{path}").content.decode()
    assert f'<time datetime="{posted_at}" title="{shown}">' in page


@pytest.mark.parametrize(
    ("slug", "sentences"),
    [
        (cast.UPCOMING, ["Coming up", "Opens", "Not open yet", "You can comment here from"]),
        (cast.CLOSED, ["Closed", "This discussion ran from", "This discussion is closed"]),
    ],
)
def test_what_is_not_open_says_so_and_has_no_form(slug: str, sentences: list[str]) -> None:
    cast.consultation(slug)
    for client in (Client(), signed_in(cast.ada())):
        page = client.get(f"/consultations/{slug}/streets/")
        assert all(sentence in text(page) for sentence in sentences)
        assert "<textarea" not in page.content.decode()


def test_the_closed_discussion_leads_to_the_next() -> None:
    consultation = cast.consultation(cast.CLOSED)
    Discussion.objects.create(
        consultation=consultation, slug="parks", title="Our parks", position=1
    )
    page = Client().get(f"/consultations/{cast.CLOSED}/streets/")
    assert "Next discussion: Our parks" in text(page)


def test_an_empty_discussion_invites() -> None:
    cast.consultation()
    assert "Nobody has said anything yet." in text(Client().get(PAGE))


def test_home_and_list_show_each_phase() -> None:
    for slug in (cast.OPEN, cast.UPCOMING, cast.CLOSED, cast.DRAFT):
        cast.consultation(slug)
    Consultation.objects.filter(slug=cast.CLOSED).update(outcome_published_at=timezone.now())
    home, listed = (text(Client().get(path)) for path in ("/", "/consultations/"))
    assert in_order(home, "Open now", "The open one", "Coming up", "The upcoming one")
    assert in_order(home, "What happened next", "The closed one")
    assert in_order(listed, "Open now", "Coming up", "Closed", "The closed one")
    assert "The draft one" not in home + listed


@pytest.mark.parametrize(
    "query",
    [
        "sort=popular",
        "prompt=999999",
        "prompt=x",
        "after=x",
        "after=9.9",
        "q=" + "x" * 500,
        "q='; SELECT pg_sleep(5)--",
        "sort='; SELECT pg_sleep(5)--&prompt='; SELECT pg_sleep(5)--",
        "q=" + "%28" * 190,
        "q=%22 OR - | & !",
    ],
)
def test_a17_odd_queries_get_a_page(query: str) -> None:
    cast.comment(cast.ada())
    assert Client().get(f"{PAGE}?{query}").status_code == 200


def test_searching_says_what_it_found() -> None:
    cast.comment(cast.ada(), "Street lights, please.")
    assert "Street lights" in text(Client().get(f"{PAGE}?q=lights"))
    nothing = text(Client().get(f"{PAGE}?q=marmalade"))
    assert "No comment has “marmalade”." in nothing
    assert "Street lights" not in nothing


@pytest.mark.parametrize("status", ["held", "hidden", "withdrawn"])
def test_a7_a_text_that_is_gone_stands_nowhere(status: str) -> None:
    comment = cast.comment(cast.ada(), "Marmalade skies.")
    Comment.objects.filter(pk=comment.pk).update(status=status)
    for client in (Client(), signed_in(cast.ben()), signed_in(cast.ida())):
        for path in ("/", PAGE, f"{PAGE}feed/", f"{PAGE}?q=marmalade", "/sitemap.xml"):
            assert "armalade skies" not in client.get(path).content.decode()


def test_show_more_replies_counts_those_not_shown() -> None:
    root = cast.comment(cast.ada())
    for _reply in range(threads.REPLIES_SHOWN + 3):
        cast.comment(cast.ben(), parent=root)
    page = Client().get(PAGE)
    assert "Show 3 more replies" in text(page)
    link = re.search(r'href="([^"]+)"[^>]*data-more', page.content.decode())
    assert link is not None
    assert text(Client().get(unescape(link[1]).split("#")[0])).count("More light") == 1 + 3


def test_reading_costs_few_queries_at_1622_comments() -> None:
    cast.consultation()
    call_command("generate_comments", f"{cast.OPEN}/streets", count=1_622, verbosity=0)
    member = signed_in(cast.ada())
    for query in ("", "?sort=oldest", "?sort=replies", "?sort=agreed", "?q=street"):
        assert queries(Client(), PAGE + query) <= 4
        assert queries(member, PAGE + query) <= 6


def test_reading_writes_nothing() -> None:
    cast.comment(cast.ada())
    with CaptureQueriesContext(connection) as captured:
        Client().get(PAGE)
    assert all(query["sql"].startswith("SELECT") for query in captured.captured_queries)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(captured)


def test_searching_keeps_the_order_and_the_question_that_were_chosen() -> None:
    works = cast.discussion().prompt_rows[0]["id"]
    answers = [cast.comment(cast.ada(), f"Lights, said {number} times") for number in (1, 2)]
    Comment.objects.filter(pk__in=[each.pk for each in answers]).update(prompt=works)
    cast.comment(cast.ben(), "Lights, but no answer")
    page = text(Client().get(f"{PAGE}?q=lights&sort=oldest&prompt={works}"))
    assert in_order(page, "Comments with “lights”.", "There are 2.", "said 1", "said 2")
    assert "no answer" not in page


def test_a_search_for_too_much_says_so() -> None:
    cast.comment(cast.ada())
    assert "That is too long to search for." in text(Client().get(PAGE + "?q=" + "x" * 300))


def test_a_search_that_ends_early_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "LOOKED_FOR", timedelta(0))
    cast.comment(cast.ada(), "Marmalade skies.")
    for _block in range(3):
        posting.next_ids(20_000)
        cast.comment(cast.ben())
    path, pages = f"{PAGE}?q=marmalade", 0
    while "armalade skies" not in (page := Client().get(path).content.decode()):
        assert "We have not looked through all comments yet." in page
        assert "No comment has" not in page
        link = re.search(r'href="(\?[^"#]+)#comments" data-next>Look further', page)
        assert link
        path, pages = PAGE + unescape(link[1]), pages + 1
    assert pages


def test_a_single_reply_more_is_shown() -> None:
    root = cast.comment(cast.ada())
    for _reply in range(threads.REPLIES_SHOWN + 1):
        cast.comment(cast.ben(), parent=root)
    page = Client().get(PAGE)
    assert "more repl" not in text(page)
    assert page.content.count(b"<article") == 1 + threads.REPLIES_SHOWN + 1


def test_a_comments_own_page_shows_all_of_it() -> None:
    comment = cast.comment(cast.ada(), "One line.\n\n" + "And much more of it. " * 30)
    assert b'<details class="fold">' in Client().get(PAGE).content
    assert b'<details class="fold">' not in Client().get(f"/comments/{comment.pk}/").content
