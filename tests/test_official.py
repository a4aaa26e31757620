"""Official answers: who makes them so, where they are pinned, and that paging loses none."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from discussions import official, posting, threads
from discussions.cursors import Cursor
from discussions.models import Comment, Consultation, Participant
from discussions.permissions import NotAllowedError
from discussions.ranking import Sort
from discussions.reading import Reading
from discussions.threads import read_replies, read_threads
from moderation import elections
from moderation.models import ElectionPeriod, Verb
from tests import cast
from tests.conftest import in_staff_session, signed_in
from tests.explaining import Heard, plans
from tests.moderated import decide, hide

pytestmark = pytest.mark.django_db

PAGE = f"/consultations/{cast.OPEN}/streets/"


def reading(viewer: Member | None = None) -> Reading:
    return Reading(cast.discussion(), viewer, timezone.now())


def answer(parent: Comment | None = None, body: str = "") -> Comment:
    """Of Hana, for MOPAC, and official."""
    return official.mark(cast.comment(cast.hana(), body, parent), cast.hana())


def answer_to_prompt(body: str, number: int = 0) -> Comment:
    prompt = cast.discussion().prompt_rows[number]["id"]
    new = posting.NewComment(body, uuid.uuid4(), prompt_id=prompt)
    said = posting.post_comment(cast.discussion(), cast.hana(), new)
    return official.mark(said, cast.hana())


def colleague(name: str = "Huw", organisation: str = "MOPAC") -> Member:
    member = cast.member(name)
    Participant.objects.create(
        consultation=cast.consultation(), member=member, organisation=organisation
    )
    return member


def articles(html: bytes) -> list[str]:
    """The ids of comments, and "→" for pointers, in the order of the page."""
    found = re.findall(r'<article class="([^"]*)"(?: id="comment-(\d+)")?', html.decode())
    return ["→" if "pointer" in kind else pk for kind, pk in found]


# Who may.


def test_the_host_and_colleagues_may_and_nobody_else() -> None:
    said = cast.comment(cast.hana())
    others = [cast.ada(), colleague("Cal", "Met Police"), cast.ida(), cast.moderator()]
    for member in others:
        with pytest.raises(NotAllowedError):
            official.mark(said, member)
        client = signed_in(member)
        assert b"/official/" not in client.get(PAGE).content
        assert client.get(f"/comments/{said.pk}/official/").status_code == 403
        assert client.post(f"/comments/{said.pk}/official/", {"official": "yes"}).status_code == 403
    for member in (cast.hana(), colleague()):
        client = signed_in(member)
        assert f"/comments/{said.pk}/official/".encode() in client.get(PAGE).content
        assert client.get(f"/comments/{said.pk}/official/").status_code == 200
        client.post(f"/comments/{said.pk}/official/", {"official": "yes"})
        assert Comment.objects.get(pk=said.pk).is_official
        client.post(f"/comments/{said.pk}/official/", {"official": "no"})
        assert not Comment.objects.get(pk=said.pk).is_official


def test_what_londoners_say_is_never_official() -> None:
    said = cast.comment(cast.ada())
    for in_admin, member in ((False, cast.ada()), (False, cast.hana()), (True, cast.ida())):
        with pytest.raises(NotAllowedError):
            official.mark(said, member, in_admin=in_admin)


def test_marking_again_changes_nothing() -> None:
    said = answer()
    assert official.mark(said, cast.hana()).official_at == said.official_at
    official.unmark(said, cast.hana())
    assert official.unmark(said, cast.hana()).official_at is None


def test_whoever_runs_consultations_may_in_admin() -> None:
    said = cast.comment(cast.hana())
    page = f"/admin/discussions/comment/{said.pk}/"
    admin, moderator = in_staff_session(cast.ida()), in_staff_session(cast.moderator())
    assert b"official/" not in moderator.get(f"{page}change/").content
    assert moderator.post(f"{page}official/", {"official": "yes"}).status_code == 403
    assert b"Make it the official answer" in admin.get(f"{page}change/").content
    assert admin.post(f"{page}official/", {"official": "yes"}, follow=True).status_code == 200
    assert Comment.objects.get(pk=said.pk).is_official
    admin.post(f"{page}official/", {"official": "no"})
    assert not Comment.objects.get(pk=said.pk).is_official
    assert admin.get(f"{page}official/").status_code == 405


def test_not_once_archived() -> None:
    said = cast.comment(cast.hana())
    cast.close_now()
    now = timezone.now()
    Consultation.objects.update(outcome_published_at=now, archived_at=now)
    assert b"/official/" not in signed_in(cast.hana()).get(PAGE).content
    for in_admin, member in ((False, cast.hana()), (True, cast.ida())):
        with pytest.raises(NotAllowedError):
            official.mark(said, member, in_admin=in_admin)


def test_not_in_an_election_period() -> None:
    said, now = cast.comment(cast.hana()), timezone.now()
    ElectionPeriod.objects.create(
        name="Mayor", starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1)
    )
    with pytest.raises(elections.FrozenError):
        official.mark(said, cast.hana())
    client = signed_in(cast.hana())
    page = client.get(f"/comments/{said.pk}/official/").content
    assert b"election period" in page
    assert b"Make it official</button>" not in page
    assert client.post(f"/comments/{said.pk}/official/", {"official": "yes"}).status_code == 409
    assert not Comment.objects.get(pk=said.pk).is_official


# Where they stand.


def test_pinned_right_under_what_it_answers_even_beyond_the_first_replies() -> None:
    root = cast.comment(cast.ada())
    early = [cast.comment(cast.ben(), parent=root) for _each in range(12)]
    late = answer(root)
    below_it = cast.comment(cast.ben(), parent=late)
    page = Client().get(PAGE).content
    first = [str(each.pk) for each in early[: threads.REPLIES_SHOWN]]
    assert articles(page) == [str(root.pk), str(late.pk), *first]
    assert page.count(b"Official answer</span>") == 1
    more = len(early) + 1 - threads.REPLIES_SHOWN
    assert f"Show {more} more replies".encode() in page
    # Further on, a pointer stands in its place, with the replies to it.
    link = re.search(rb'href="(/comments/\d+/\?after=\d+)#replies"', page)
    assert link is not None
    rest = articles(Client().get(link[1].decode()).content)
    assert rest == [
        str(root.pk),
        *(str(each.pk) for each in early[threads.REPLIES_SHOWN :]),
        "→",
        str(below_it.pk),
    ]


def test_one_to_a_reply_that_is_not_shown_says_whom_it_answers() -> None:
    root = cast.comment(cast.ada())
    replies = [cast.comment(cast.ben(), parent=root) for _each in range(12)]
    apart, direct = answer(replies[-1]), answer(root)
    thread = read_threads(reading(), Sort.NEWEST).threads[0]
    assert [node.comment.pk for node in thread.replies[:2]] == [direct.pk, apart.pk]
    assert (thread.replies[1].level, thread.replies[1].reply_to) == (0, "Ben")


def test_one_to_a_reply_that_is_shown_stands_right_under_it() -> None:
    root = cast.comment(cast.ada())
    first, second = (cast.comment(cast.ben(), parent=root) for _each in range(2))
    plain = cast.comment(cast.ada(), parent=first)
    said = answer(first)
    thread = read_threads(reading(), Sort.NEWEST).threads[0]
    shown = [(node.comment.pk, node.level) for node in thread.replies]
    assert shown == [(first.pk, 0), (said.pk, 1), (plain.pk, 1), (second.pk, 0)]


def test_answers_to_prompts_are_pinned_above_the_list() -> None:
    early = answer_to_prompt("The bins work.")
    other = answer_to_prompt("The lights do not.", number=1)
    reply = cast.comment(cast.ben(), parent=early)
    latest = cast.comment(cast.ada())
    page = Client().get(PAGE).content
    assert "MOPAC’s answer to “What works?”" in page.decode()
    pinned = [str(early.pk), str(other.pk)]
    assert articles(page) == [*pinned, str(latest.pk), "→", str(reply.pk)]
    prompt = cast.discussion().prompt_rows[0]["id"]
    of_prompt = Client().get(f"{PAGE}?prompt={prompt}&sort=oldest").content
    assert articles(of_prompt) == [str(early.pk), "→", str(reply.pk)]
    in_their_places = articles(Client().get(f"{PAGE}?sort=oldest").content)
    assert in_their_places == [str(early.pk), str(reply.pk), str(other.pk), str(latest.pk)]


def test_below_a_comments_own_page_too() -> None:
    root = cast.comment(cast.ada())
    plain = cast.comment(cast.ben(), parent=root)
    said = answer(root)
    page = Client().get(f"/comments/{root.pk}/").content
    assert articles(page) == [str(each.pk) for each in (root, said, plain)]


def test_hidden_it_is_as_any_hidden_comment_and_restored_it_is_pinned_again() -> None:
    root = cast.comment(cast.ada())
    plain, said = cast.comment(cast.ben(), parent=root), answer(root, "We will light the lane.")
    hide(said)
    page = Client().get(PAGE).content
    assert articles(page) == [str(each.pk) for each in (root, plain, said)]
    assert b"We will light the lane." not in page
    assert b"Official answer" not in page
    decide(said, Verb.RESTORE)
    assert articles(Client().get(PAGE).content)[1] == str(said.pk)


def test_an_edit_keeps_it_and_withdrawing_does_not() -> None:
    said = answer(cast.comment(cast.ada()))
    assert posting.edit_comment(said, cast.hana(), "In other words: yes.").is_official
    posting.withdraw_comment(said, cast.hana())
    assert b"Official answer" not in Client().get(PAGE).content


def test_who_hosts_no_longer_answers_officially_no_longer() -> None:
    answer(cast.comment(cast.ada()))
    Participant.objects.filter(member=cast.hana()).update(organisation="")
    assert b"Official answer" not in Client().get(PAGE).content


# Paging.

answers = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5])
trees = st.lists(st.tuples(answers, st.booleans()), min_size=4, max_size=22)


def post(tree: list[tuple[int, bool]]) -> list[Comment]:
    posted: list[Comment] = []
    streets = cast.discussion()
    for back, is_official in tree:
        parent = posted[-back] if 0 < back <= len(posted) else None
        said = cast.comment(cast.hana() if is_official else cast.ben(), "", parent, streets)
        posted.append(official.mark(said, cast.hana()) if is_official else said)
    return posted


def in_full_and_pointed_to(sort: Sort) -> tuple[list[int], list[int]]:
    """All that a reader comes upon, page after page, following each "more replies"."""
    nodes, after = [], None
    while True:
        now = reading()
        page = read_threads(now, sort, after=after)
        nodes += page.pinned
        for thread in page.threads:
            nodes += [thread.root, *thread.replies]
            below = thread.last_shown.pk if thread.more and thread.last_shown else None
            while below is not None:
                rest = read_replies(now, thread.root.comment, below)
                nodes += rest.replies
                below = rest.next
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    full = [node.comment.pk for node in nodes if not node.is_pointer]
    return full, [node.comment.pk for node in nodes if node.is_pointer]


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.AGREED])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tree=trees)
def test_each_comment_is_shown_in_full_once_wherever_it_is_pinned(
    sort: Sort, tree: list[tuple[int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "THREADS_ON_A_PAGE", 3)
    monkeypatch.setattr(threads, "REPLIES_SHOWN", 2)
    monkeypatch.setattr(threads, "REPLIES_ON_A_PAGE", 3)
    with transaction.atomic():
        posted = post(tree)
        full, pointed_to = in_full_and_pointed_to(sort)
        assert sorted(full) == sorted(each.pk for each in posted)
        assert set(pointed_to) <= {each.pk for each in posted if each.is_official}
        assert len(pointed_to) == len(set(pointed_to))
        transaction.set_rollback(True)


# What it costs.


def test_reading_costs_no_query_more_and_finds_them_by_their_index() -> None:
    cast.consultation()
    call_command("generate_comments", f"{cast.OPEN}/streets", count=1_622, verbosity=0)
    assert count_queries(Client()) <= 4
    roots = Comment.objects.filter(parent=None).order_by("-pk")[:5]
    for root in roots:
        answer(root)
    answer_to_prompt("The bins work.")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE discussions_comment")
    heard = Heard()
    with connection.execute_wrapper(heard):
        Client().get(PAGE)
    assert len(heard.asked) <= 4
    # The one for the top-level comments: the first replies of each come with them.
    (asked,) = [each for each in heard.asked if "official_at" in each.sql and "ARRAY(" in each.sql]
    for plan in plans(asked):
        assert "comment_official" in str(plan)


def count_queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PAGE).status_code == 200
    return len(captured)
