"""The discussion page from a kept frame: as without one, whoever reads it, and right at once."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from discussions import official, posting
from discussions.models import Comment, Consultation, Discussion
from discussions.prepared import Gaps, Prepared
from discussions.stencils import Stencil, gaps
from discussions.views import framed
from moderation import elections
from moderation.models import ElectionPeriod
from tests import cast
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

PAGE = f"/consultations/{cast.OPEN}/streets/"
_ONCE = re.compile(rb'(name="(?:csrfmiddlewaretoken|form_key)" value=")[^"]+')


def same_for_all(page: bytes) -> bytes:
    """Without the keys and tokens, which are others each time."""
    text = _ONCE.sub(rb"\1", page)
    return re.sub(rb"\s*\n\s*", b"\n", text).strip()


@pytest.fixture
def talk() -> None:
    first = cast.comment(cast.ada(), "The lamps <are> 100% out.")
    cast.comment(cast.ben(), "Mine too.", first)
    official.mark(cast.comment(cast.hana(), "We mend them.", first), cast.hana())
    held = cast.comment(cast.ada(), "I wait.")
    Comment.objects.filter(pk=held.pk).update(status=Comment.Status.HELD)
    posting.withdraw_comment(cast.comment(cast.ben(), "Gone."), cast.ben())
    prompt = cast.discussion().prompt_rows[0]["id"]
    Comment.objects.filter(pk=first.pk).update(prompt=prompt)


@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize("query", ["", "?sort=oldest", "?sort=agreed", "?after=2.0.0", "?prompt=1"])
def test_a_kept_frame_makes_the_same_page(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    suspended = cast.member("Sue")
    suspended.suspended_until = timezone.now() + timedelta(days=1)
    suspended.save()
    members = (cast.ada(), cast.ben(), cast.hana(), cast.moderator(), cast.ida(), suspended)
    clients = [Client(), *(signed_in(each) for each in members)]
    kept = [client.get(PAGE + query).content for client in clients]
    again = [client.get(PAGE + query).content for client in reversed(clients)][::-1]
    monkeypatch.setattr(framed, "_is_usual", lambda *_args: False)
    rendered = [client.get(PAGE + query).content for client in clients]
    for one, other, whole in zip(kept, again, rendered, strict=True):
        assert same_for_all(one) == same_for_all(whole)
        assert same_for_all(other) == same_for_all(whole)


@pytest.mark.usefixtures("talk")
def test_nobody_gets_what_is_another_members() -> None:
    ada, ben = signed_in(cast.ada()), signed_in(cast.ben())
    for _round in range(3):
        of_ada, of_ben = ada.get(PAGE).content.decode(), ben.get(PAGE).content.decode()
        assert "I wait." in of_ada
        assert "I wait." not in of_ben
        assert re.findall(r"Posting as <strong><bdi>(\w+)", of_ada) == ["Ada"]
        assert re.findall(r"Posting as <strong><bdi>(\w+)", of_ben) == ["Ben"]
        keys = [re.search(r'form_key" value="([^"]+)', page) for page in (of_ada, of_ben)]
        assert keys[0]
        assert keys[1]
        assert keys[0][1] != keys[1][1]


def test_a_form_of_the_kept_page_can_be_posted() -> None:
    cast.consultation()
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(cast.ada()).cookies
    client.get(PAGE)
    page = client.get(PAGE).content.decode()
    form = page[page.index('class="write__form"') :]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]+)"', form)[:2])
    answer = client.post(f"{PAGE}comments/", {**fields, "body": "It works."})
    assert answer.status_code == 302
    assert "It works." in client.get(PAGE).content.decode()


def test_openings_closings_and_elections_are_seen_at_once() -> None:
    cast.consultation()
    reader = Client()
    assert b"Join and comment" in reader.get(PAGE).content
    Consultation.objects.filter(slug=cast.OPEN).update(
        closes_at=timezone.now() - timedelta(microseconds=1)
    )
    page = reader.get(PAGE).content
    assert b"Join and comment" not in page
    assert b"This discussion is closed" in page
    assert "Happening now" not in page.decode()


def test_who_posts_and_reacts_changes_counts_in_the_kept_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None, one, two of each, and thousands: as the template says it, and rendered for words
    alone."""
    cast.consultation()
    framed._stencil.cache_clear()
    seen = [(0, 0), (1, 1), (2, 2), (3, 2), (1_234, 2_345_678)]
    kept = []
    for comments, people in seen:
        Discussion.objects.filter(slug="streets").update(
            comment_count=comments, last_posted_at=timezone.now(), last_comment_id=comments
        )
        Consultation.objects.filter(slug=cast.OPEN).update(
            earlier_respondents=people // 2,
            respondents_here=people - people // 2,
            responses_here=people,
        )
        kept.append(Client().get(PAGE).content)
        with monkeypatch.context() as changed:
            changed.setattr(framed, "_is_usual", lambda *_args: False)
            assert same_for_all(kept[-1]) == same_for_all(Client().get(PAGE).content)
    assert framed._stencil.cache_info().misses == len({0, 1, 2})
    for told in (b"1,234 comments", b"2,345,678 Londoners have", b"2,345,678 times", b": 1234"):
        assert told in kept[-1], told


def test_a_message_is_put_into_the_kept_frame() -> None:
    cast.consultation()
    ada, ben = signed_in(cast.ada()), signed_in(cast.ben())
    for client in (ada, ben):
        client.get(PAGE)
        client.post(f"/following/{cast.OPEN}/", {"wanted": "yes", "next": PAGE})
    framed._stencil.cache_clear()
    for client in (ada, ben):
        told = re.findall(r'<p class="message (.*)</p>', client.get(PAGE).content.decode())
        assert told == ['message--success">You follow this consultation. We email you its news.']
    assert framed._stencil.cache_info().misses == 1


def test_a_message_stands_on_one_page() -> None:
    cast.consultation()
    client = signed_in(cast.ada())
    client.get(PAGE)
    client.post(f"/following/{cast.OPEN}/", {"wanted": "yes", "next": PAGE})
    assert b"We email you its news" in client.get(PAGE).content
    page = client.get(PAGE).content
    assert b"We email you its news" not in page
    assert b"You follow this consultation" in page


def test_what_depends_on_an_election_is_in_the_frame() -> None:
    cast.consultation()
    reader = Client()
    assert b"Election period until" not in reader.get(PAGE).content
    now = timezone.now()
    ElectionPeriod.objects.create(
        name="Mayor", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=9)
    )
    elections.forget()
    assert b"Election period until" in reader.get(PAGE).content


def test_a_stencil_puts_values_where_they_belong() -> None:
    names = ("pk", "more", "last_shown", "root", "slow", "replies")
    stand_ins = gaps(names, numbers=("pk", "more", "last_shown"))
    stencil = Stencil.of("discussions/_thread.html", {"thread": stand_ins})
    html = stencil.fill((7, 100, 9, "<b>100% %s</b>", "", str(stand_ins["replies"])))
    assert 'href="/comments/7/?after=9#replies"' in html
    assert "Show 100 more replies" in html
    assert "<b>100% %s</b>" in html
    assert str(stand_ins["replies"]) in html  # a value is not looked into


def test_a_prepared_query_takes_its_values_for_the_gaps_alone() -> None:
    gap = Gaps()
    number = gap.number("number")
    first, second = (cast.comment(cast.ada()).pk for _each in range(2))
    found = Comment.objects.filter(pk__in=[number, second]).order_by("pk").values_list("pk")
    query = Prepared(found, gap)
    assert query.rows(number=first) == [(first,), (second,)]
    assert query.rows(number=second) == [(second,)]
