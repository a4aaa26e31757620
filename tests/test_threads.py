"""Whatever people post, in whatever order, paging brings it out: complete, once, parents first."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from discussions import posting, threads
from discussions.cursors import Cursor
from discussions.models import Comment, Discussion, Reaction
from discussions.models.comment_state import CommentState
from discussions.ranking import Sort
from discussions.reading import Reading
from discussions.threads import read_replies, read_threads, search_comments
from moderation.elections import current_period
from tests import cast

pytestmark = pytest.mark.django_db

# For each comment, which of the earlier ones it answers: counted back, 0 for none.
# Half of them none, so that there are several pages of threads.
answers = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3, 5, 12])
trees = st.lists(answers, min_size=1, max_size=24)
forests = st.lists(answers, min_size=9, max_size=16)
# Between two pages: posts to make, each answering one of the comments there are, or none.
meanwhile = st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=3), min_size=3, max_size=8)


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "THREADS_ON_A_PAGE", 3)
    monkeypatch.setattr(threads, "REPLIES_SHOWN", 2)
    monkeypatch.setattr(threads, "REPLIES_ON_A_PAGE", 3)


def reading(viewer: Member | None = None) -> Reading:
    return Reading(cast.discussion(), viewer, timezone.now())


def post(tree: list[int]) -> list[Comment]:
    posted: list[Comment] = []
    streets, authors = cast.discussion(), (cast.ben(), cast.ada())
    for number, back in enumerate(tree):
        parent = posted[-back] if 0 < back <= len(posted) else None
        author = authors[number % 2]
        posted.append(cast.comment(author, f"Number {number}.", parent, streets))
    return posted


def all_replies(of: Reading, top: CommentState, after: int | None = None) -> Iterator[int]:
    while True:
        page = read_replies(of, top, after)
        yield from (node.comment.pk for node in page.replies if not node.is_pointer)
        if page.next is None:
            return
        after = page.next


def read_all(sort: Sort, between_pages: Callable[[], None] = lambda: None) -> list[int]:
    """Every comment that a reader comes upon, page after page, following "more replies"."""
    found: list[int] = []
    after: Cursor | None = None
    for _page in range(100):
        now = reading()
        page = read_threads(now, sort, after=after)
        for thread in page.threads:
            found.append(thread.root.comment.pk)
            found += [node.comment.pk for node in thread.replies]
            if thread.more:
                assert thread.last_shown is not None
                found += all_replies(now, thread.root.comment, thread.last_shown.pk)
        if page.next is None:
            return found
        after = Cursor.parse(str(page.next))
        between_pages()
    raise AssertionError("paging never ended")


def read_tops(sort: Sort) -> list[int]:
    found: list[int] = []
    after: Cursor | None = None
    for _page in range(100):
        page = read_threads(reading(), sort, after=after)
        found += [thread.root.comment.pk for thread in page.threads]
        after = page.next
        if after is None:
            return found
    raise AssertionError("paging never ended")


def assert_parents_first(found: list[int], posted: list[Comment]) -> None:
    place = {pk: index for index, pk in enumerate(found)}
    for each in posted:
        if each.parent_id is not None:
            assert place[each.parent_id] < place[each.pk]


def per_example(max_examples: int) -> settings:
    allowed = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=max_examples, deadline=None, suppress_health_check=allowed)


@pytest.mark.parametrize("sort", Sort)
@per_example(max_examples=12)
@given(tree=trees)
def test_any_tree_comes_out_complete_once_each_parents_first(sort: Sort, tree: list[int]) -> None:
    with transaction.atomic():
        posted = post(tree)
        found = read_all(sort)
        assert sorted(found) == sorted(each.pk for each in posted)
        assert_parents_first(found, posted)
        transaction.set_rollback(True)


@pytest.mark.parametrize("sort", Sort)
@per_example(max_examples=25)
@given(tree=forests, posts=meanwhile)
def test_nothing_is_skipped_or_repeated_while_others_post(
    sort: Sort, tree: list[int], posts: list[list[int]]
) -> None:
    with transaction.atomic():
        posted = post(tree)
        waiting, ben = list(posts), cast.ben()

        def others_post() -> None:
            for answered in waiting.pop(0) if waiting else []:
                parent = [*posted, None][answered % (len(posted) + 1)]
                cast.comment(ben, parent=parent)

        found = read_all(sort, others_post)
        there_before = {each.pk for each in posted}
        assert len(found) == len(set(found))
        assert there_before <= set(found)
        transaction.set_rollback(True)


@per_example(max_examples=40)
@given(tree=forests, posts=st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=30))
def test_nor_while_others_post_between_two_statements_of_a_page(
    tree: list[int], posts: list[tuple[int, bool]]
) -> None:
    """Some of them held, which count for nobody."""
    with transaction.atomic():
        posted = post(tree)
        ben, held = cast.ben(), patch.object(posting, "first_status", lambda *_: "held")
        busy = False

        def others_post(execute: Callable[..., object], *asked: object) -> object:
            nonlocal busy
            answer = execute(*asked)
            if posts and not busy:
                answered, is_held = posts.pop()
                busy = True
                with held if is_held else nullcontext():
                    cast.comment(ben, parent=posted[answered % len(posted)])
                busy = False
            return answer

        with connection.execute_wrapper(others_post):
            found = read_tops(Sort.REPLIES)
        assert sorted(found) == sorted(each.pk for each in posted if each.parent_id is None)
        transaction.set_rollback(True)


@per_example(max_examples=15)
@given(tree=trees, at=st.integers(0, 23))
def test_a_comments_own_page_has_all_that_stands_below_it(tree: list[int], at: int) -> None:
    with transaction.atomic():
        posted = post(tree)
        top = posted[at % len(posted)]
        below = [each.pk for each in posted if top.pk in each.path[:-1]]
        assert sorted(all_replies(reading(), top)) == below
        transaction.set_rollback(True)


def order(sort: Sort) -> list[str]:
    page = read_threads(reading(), sort)
    return [Comment.objects.get(pk=thread.root.comment.pk).body for thread in page.threads]


def test_each_order_is_what_it_says() -> None:
    first, second, third = (cast.comment(cast.ada(), text) for text in ("1", "2", "3"))
    cast.comment(cast.ben(), "reply", second)
    posting.react(first, cast.ben(), Reaction.Value.AGREE)
    assert order(Sort.NEWEST) == ["3", "2", "1"]
    assert order(Sort.OLDEST) == ["1", "2", "3"]
    assert order(Sort.REPLIES) == ["2", "3", "1"]
    assert order(Sort.AGREED) == ["1", "3", "2"]
    assert third.reply_count == 0


def test_the_answers_to_one_prompt() -> None:
    streets = cast.discussion()
    works, does_not = (row["id"] for row in streets.prompt_rows)
    comment = cast.comment(cast.ada(), "The bins work.")
    Comment.objects.filter(pk=comment.pk).update(prompt=works)
    cast.comment(cast.ben(), "Nothing works.")
    answered = read_threads(reading(), Sort.NEWEST, works).threads
    assert [each.root.comment.pk for each in answered] == [comment.pk]
    assert read_threads(reading(), Sort.NEWEST, does_not).threads == []


@pytest.mark.parametrize("sort", [Sort.AGREED, Sort.REPLIES])
def test_a_cursor_beyond_all_numbers_of_comments_is_before_all_of_them(sort: Sort) -> None:
    for number in range(3):
        cast.comment(cast.ben(), f"Number {number}.")
    for after in (Cursor(2**31, 2**31, 2**40), Cursor(2**40 + 1, 2**32, 2**40)):
        page = read_threads(reading(), sort, after=after)
        assert len(page.threads) == 3


def test_more_replies_are_counted() -> None:
    root = cast.comment(cast.ada())
    for _reply in range(5):
        cast.comment(cast.ben(), parent=root)
    thread = read_threads(reading(), Sort.NEWEST).threads[0]
    assert (len(thread.replies), thread.more) == (2, 3)


def test_search_finds_words_in_any_form_and_pages_through_them() -> None:
    posted = [cast.comment(cast.ada(), f"Lights {number}") for number in range(7)]
    cast.comment(cast.ben(), "Something else")
    found, after = [], None
    for _page in range(3):
        page = search_comments(reading(), "light", after)
        found += [thread.root.comment.pk for thread in page.threads]
        after = page.next
    assert after is None
    assert found == [each.pk for each in reversed(posted)]


@pytest.mark.parametrize("status", ["hidden", "withdrawn", "held"])
def test_search_does_not_know_what_readers_may_not_see(status: str) -> None:
    comment = cast.comment(cast.ada(), "A secret marmalade.")
    Comment.objects.filter(pk=comment.pk).update(status=status)
    assert search_comments(reading(), "marmalade").threads == []
    assert search_comments(reading(cast.ben()), "marmalade").threads == []


def test_a_placeholder_keeps_the_place_and_shows_nothing() -> None:
    root = cast.comment(cast.ada(), "I regret this.")
    reply = cast.comment(cast.ben(), "I answered.", root)
    posting.withdraw_comment(root, cast.ada())
    thread = read_threads(reading(), Sort.NEWEST).threads[0]
    assert not thread.root.shows_text
    assert [node.comment.pk for node in thread.replies] == [reply.pk]
    assert thread.replies[0].reply_to == ""


def test_a_held_comment_is_there_for_its_author_alone() -> None:
    comment = cast.comment(cast.ada())
    Comment.objects.filter(pk=comment.pk).update(status=Comment.Status.HELD)
    assert read_threads(reading(), Sort.NEWEST).threads == []
    assert read_threads(reading(cast.ben()), Sort.NEWEST).threads == []
    own = read_threads(reading(cast.ada()), Sort.NEWEST).threads
    assert own[0].root.shows_text


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1.2", "1.2.3.4", "-1.0.0", "1..1", "９.0.0", "1.0.0;", "9" * 30]
)
def test_what_is_not_a_cursor_is_the_first_page(text: str) -> None:
    assert Cursor.parse(text) is None


def test_a_cursor_survives_the_address() -> None:
    cursor = Cursor(12, 3, 99)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("sort", Sort)
def test_a_page_reads_a_bounded_number_of_rows_in_few_queries(sort: Sort) -> None:
    root = cast.comment(cast.ada())
    for _reply in range(12):
        cast.comment(cast.ben(), parent=root)
    now = reading(cast.ada())
    current_period(now.moment)  # known for a second: every page asks for it
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read_threads(now, sort)
    assert len(queries) <= 4
    assert Discussion.objects.get(pk=root.discussion_id).comment_count == 13
