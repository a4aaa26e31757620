"""What the page of a consultation says of how its hosts keep their promise."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from discussions import official, posting
from discussions.models import Comment, Consultation, Participant, Reaction
from discussions.promise import Kept, kept
from discussions.templatetags.talk import at_most
from tests import cast
from tests.moderated import hide
from tests.pages import words

pytestmark = pytest.mark.django_db

PAGE = f"/consultations/{cast.OPEN}/"


def figures() -> Kept:
    found = kept(cast.consultation())
    assert found is not None
    return found


def to_prompt(comment: Comment, number: int = 0) -> Comment:
    prompt = cast.discussion().prompt_rows[number]["id"]
    Comment.objects.filter(pk=comment.pk).update(prompt=prompt)
    return comment


def agreed_with(body: str = "", parent: Comment | None = None) -> Comment:
    said = cast.comment(cast.ada(), body, parent)
    posting.react(said, cast.ben(), Reaction.Value.AGREE)
    return said


def test_a_prompt_is_answered_by_a_hosts_comment_or_an_official_answer_below_one() -> None:
    said = to_prompt(cast.comment(cast.ada()))
    reply = cast.comment(cast.hana(), parent=said)
    assert (figures().prompts, figures().prompts_answered) == (2, 0)
    official.mark(reply, cast.hana())
    assert figures().prompts_answered == 1
    to_prompt(cast.comment(cast.hana()), number=1)
    assert figures().prompts_answered == 2
    hide(reply)
    assert figures().prompts_answered == 1


def test_the_comments_most_agreed_with_count_replies_and_no_hosts() -> None:
    many = [agreed_with() for _each in range(8)]
    replies = [agreed_with(parent=many[0]) for _each in range(4)]
    hosts = cast.comment(cast.hana())
    posting.react(hosts, cast.ben(), Reaction.Value.AGREE)
    assert (figures().agreed, figures().agreed_answered) == (10, 0)
    between = cast.comment(cast.ben(), parent=replies[-1])
    cast.comment(cast.hana(), parent=between)
    # It stands below the reply and below the comment at the top; that one is not among the ten.
    Comment.objects.filter(pk=replies[-1].pk).update(agree_count=F("agree_count") + 1)
    assert figures().agreed_answered == 1
    Comment.objects.filter(pk=many[0].pk).update(agree_count=F("agree_count") + 1)
    assert figures().agreed_answered == 2


def test_the_median_is_over_the_comments_that_got_an_answer_to_their_first_one() -> None:
    for hours in (1, 30, 50):
        said = cast.comment(cast.ada())
        for later in (hours, hours + 100):
            answer = cast.comment(cast.hana(), parent=said)
            Comment.objects.filter(pk=answer.pk).update(
                posted_at=said.posted_at + timedelta(hours=later)
            )
    cast.comment(cast.ada(), "Nobody answers this.")
    assert figures().usual_time == timedelta(hours=30)
    assert figures().answers == 6


def test_one_consultation_tells_nothing_of_another() -> None:
    cast.elsewhere(cast.CLOSED)
    other = cast.consultation(cast.CLOSED)
    cast.comment(cast.hana(), parent=cast.comment(cast.ada()))
    found = kept(other)
    assert found is not None
    assert (found.answers, found.usual_time, found.agreed) == (0, None, 0)


def test_the_page_keeps_count() -> None:
    Consultation.objects.filter(pk=cast.consultation().pk).update(
        host_promise="MOPAC answers on Tuesdays and Thursdays"
    )
    page = words(Client().get(PAGE))
    assert "MOPAC answers on Tuesdays and Thursdays No answers yet." in page
    said = to_prompt(agreed_with())
    official.mark(cast.comment(cast.hana(), parent=said), cast.hana())
    agreed_with("Nobody has answered this.")
    page = words(Client().get(PAGE))
    for sentence in (
        "1 of 2 questions answered",
        "1 of 2 most agreed comments answered",
        "usually within an hour",
        "1 answer so far",
    ):
        assert sentence in page


def test_nothing_is_shown_without_a_promise_or_a_host() -> None:
    Participant.objects.filter(consultation=cast.consultation()).update(organisation="")
    assert kept(cast.consultation()) is None
    assert "Answers from hosts" not in words(Client().get(PAGE))


def test_it_is_one_query_of_the_consultation_page_alone() -> None:
    cast.comment(cast.hana(), parent=cast.comment(cast.ada()))
    counted = {}
    for path in (PAGE, f"{PAGE}streets/"):
        with CaptureQueriesContext(connection) as captured:
            Client().get(path)
        counted[path] = sum("first_answers" in each["sql"] for each in captured)
    assert list(counted.values()) == [1, 0]


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (timedelta(0), "an hour"),
        (timedelta(hours=4, minutes=1), "5 hours"),
        (timedelta(hours=23, minutes=30), "a day"),
        (timedelta(hours=25), "2 days"),
    ],
)
def test_a_span_is_rounded_up(time: timedelta, told: str) -> None:
    assert at_most(time) == told
