"""One's own comments, newest first, and what became of each, in words."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions.fates import Fate, what_became_of, with_what_became
from discussions.models import Comment, Consultation, OutcomePoint
from discussions.naming import choose_name
from discussions.views.my_comments import COMMENTS_ON_A_PAGE
from tests import cast
from tests.conftest import signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

PAGE = "/account/comments/"


def fates(comment: Comment) -> list[Fate]:
    found = with_what_became(Comment.objects.filter(pk=comment.pk))
    (fresh,) = found.select_related("discussion__consultation")
    return [each.fate for each in what_became_of(fresh, timezone.now())]


def test_somebody_new_is_told_where_to_begin(ada: Client) -> None:
    answer = ada.get(PAGE)
    assert "You have not said anything yet. See what City Hall asks" in words(answer)
    assert 'href="/consultations/"' in answer.content.decode()


def test_each_with_its_place_moment_and_name(ada: Client) -> None:
    cast.comment(cast.ada(), "First.")
    choose_name(cast.consultation(), cast.ada(), "Robin")
    cast.comment(cast.ada(), "Second.")
    cast.comment(cast.ben(), "Ben’s own.")
    page = words(ada.get(PAGE))
    assert page.index("Second.") < page.index("First.")
    assert "The open one Our streets" in page
    assert page.count("as Robin") == 2
    assert page.count("Published, for everyone to read. See it") == 2
    assert "Ben’s own." not in page


def test_an_answer_by_a_host_is_linked(ada: Client) -> None:
    comment = cast.comment(cast.ada())
    cast.comment(cast.ben(), parent=comment)
    assert fates(comment) == [Fate.PUBLISHED]
    answer = cast.comment(cast.hana(), parent=comment)
    assert fates(comment) == [Fate.ANSWERED, Fate.PUBLISHED]
    page = ada.get(PAGE)
    assert "Answered by MOPAC. Read the answer" in words(page)
    assert f'href="/comments/{answer.pk}/"' in page.content.decode()
    Comment.objects.filter(pk=answer.pk).update(status=Comment.Status.HIDDEN)
    assert fates(comment) == [Fate.PUBLISHED]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("held", "It waits for a moderator. Only you can see it."),
        ("hidden", "A moderator has hidden it under the community guidelines. Read the guidelines"),
        ("withdrawn", "You withdrew it. Nobody else can read it."),
    ],
)
def test_what_is_not_published_says_why(ada: Client, status: str, sentence: str) -> None:
    comment = cast.comment(cast.ada(), "Words of mine.")
    cast.comment(cast.hana(), parent=comment)
    Comment.objects.filter(pk=comment.pk).update(status=status)
    page = words(ada.get(PAGE))
    assert sentence in page
    assert "Words of mine." in page
    assert "Published" not in page
    assert fates(comment) == [Fate(status)]


@pytest.mark.parametrize("field", ["heard", "answer", "introduction"])
def test_what_the_outcome_links_to_is_quoted_in_it(ada: Client, field: str) -> None:
    comment = cast.comment(cast.ada())
    consultation = cast.consultation()
    text = f"As one of you said (https://talk.example/comments/{comment.pk}/)."
    texts = {"heard": "Much.", "answer": "Thanks.", field: text}
    introduction = texts.pop("introduction", "")
    OutcomePoint.objects.create(consultation=consultation, verdict="did", **texts)
    Consultation.objects.update(outcome_introduction=introduction)
    assert fates(comment) == [Fate.PUBLISHED]
    Consultation.objects.update(outcome_published_at=timezone.now())
    assert fates(comment) == [Fate.QUOTED, Fate.PUBLISHED]
    page = ada.get(PAGE)
    assert "Quoted in what came of the consultation. Read the outcome" in words(page)
    assert f'href="/consultations/{cast.OPEN}/#outcome"' in page.content.decode()


def test_a_longer_id_is_not_taken_for_a_shorter_one() -> None:
    comment = cast.comment(cast.ada())
    Consultation.objects.update(
        outcome_introduction=f"/comments/{comment.pk}0/ and /comments/1{comment.pk}/",
        outcome_published_at=timezone.now(),
    )
    assert fates(comment) == [Fate.PUBLISHED]


def test_a_consultation_that_is_a_draft_again_is_not_linked(ada: Client) -> None:
    comment = cast.comment(cast.ada(), "Words of mine.")
    cast.close_now()
    Consultation.objects.update(published_at=None)
    answer = ada.get(PAGE)
    assert "Words of mine." in words(answer)
    main = answer.content.decode().split("<main", 1)[1]
    assert f"/comments/{comment.pk}/" not in main
    assert f"/consultations/{cast.OPEN}/" not in main


def test_pages_follow_each_other_without_a_gap(ada: Client) -> None:
    said = [cast.comment(cast.ada()).pk for _each in range(2 * COMMENTS_ON_A_PAGE + 5)]
    seen, path = [], PAGE
    while path:
        page = ada.get(path).content.decode()
        seen += [pk for pk in said if f'id="comment-{pk}"' in page]
        cast.comment(cast.ada())  # what is posted meanwhile moves nothing
        more = re.search(r'href="(\?before=\d+)"', page)
        path = PAGE + more[1] if more else ""
    assert sorted(seen) == said
    assert "Back to the newest" in words(ada.get(f"{PAGE}?before={said[5]}"))


@pytest.mark.parametrize("before", ["", "x", "-1", "1.5", "9" * 30, "١"])
def test_any_address_gives_a_page(ada: Client, before: str) -> None:
    cast.comment(cast.ada())
    assert ada.get(PAGE, {"before": before}).status_code == 200


def test_it_takes_few_queries_however_many_there_are() -> None:
    client = signed_in(cast.ada())
    cast.comment(cast.ada())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    queries()  # from now on the process knows the election periods
    few = queries()
    for _each in range(COMMENTS_ON_A_PAGE):
        cast.comment(cast.hana(), parent=cast.comment(cast.ada()))
    assert queries() == few <= 5
