"""A search finds all there is, in order, whatever blocks it is in and however early it ends."""

from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchQuery
from django.utils import timezone

from accounts.models import Member
from discussions import searching
from discussions.cursors import Cursor
from discussions.models import Comment, Discussion, Participant, Prompt
from discussions.models.search_blocks import COARSE, FINE, Scope, first_key
from discussions.searching import Wanted, find
from tests import cast

pytestmark = pytest.mark.django_db

SEARCHES = [
    ("mammoth", None),
    ("light", None),
    ("light", "What works?"),
    ("mammoth", "What works?"),
    ("zebra", None),
    ("even odd", None),
    ('"odd light"', None),
    ("-light", None),
    ("zebra OR -odd", None),
    ("nobody", None),
]


@pytest.fixture
def said() -> Discussion:
    """More mammoths close together than a page, or a fine block, has room for, long ago; since then
    few comments among many of other discussions."""
    streets = cast.discussion()
    first = COARSE + 5
    since = range(first + 2 * FINE, first + COARSE + COARSE // 2, 300)
    told = [(pk, "A mammoth.") for pk in range(first, first + FINE + 40)]
    told += [(pk, "Odd light." if pk % 3 else "Even light.") for pk in since]
    told[3] = (told[3][0], "A zebra, odd.")
    told[-5] = (told[-5][0], "Light on a zebra.")
    _say(streets, told)
    return streets


def _say(where: Discussion, told: list[tuple[int, str]]) -> None:
    author, _new = Participant.objects.get_or_create(
        consultation=where.consultation, member=cast.ben()
    )
    works = where.prompts.get(text="What works?").pk
    Comment.objects.bulk_create(
        Comment(
            pk=pk,
            path=[pk],
            discussion=where,
            author=author,
            prompt_id=works if pk % 2 else None,
            status=Comment.Status.HELD if pk % 11 == 0 else Comment.Status.PUBLISHED,
            body=body,
            body_html=body,
            posted_at=timezone.now(),
        )
        for pk, body in told
    )


@pytest.mark.parametrize(
    ("viewer", "oldest", "looked_for"),
    [
        ("", False, timedelta(0)),
        ("Ben", True, timedelta(0)),
        ("Ben", False, searching.LOOKED_FOR),
        ("Ada", True, searching.LOOKED_FOR),
    ],
)
def test_the_pages_of_a_search_have_all_that_there_is(
    said: Discussion,
    viewer: str,
    oldest: bool,
    looked_for: timedelta,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "LOOKED_FOR", looked_for)
    member = cast.member(viewer) if viewer else None
    for words, question in SEARCHES:
        prompt = said.prompts.get(text=question).pk if question else None
        wanted = Wanted(words, said.pk, prompt, oldest=oldest)
        assert everything(wanted, member) == by_reading_all(wanted, member), (words, question)


def everything(wanted: Wanted, viewer: Member | None) -> list[int]:
    ids: list[int] = []
    after: Cursor | None = None
    for _page in range(400):
        page = find(wanted._replace(after=after), viewer, most=20)
        assert page.ended_early or len(page.ids) == 20 or page.next is None
        ids += page.ids
        if page.next is None:
            return ids
        after = page.next
    raise AssertionError("there is no end")


def by_reading_all(wanted: Wanted, viewer: Member | None) -> list[int]:
    found = Comment.objects.filter(discussion=wanted.discussion_id).visible_to(viewer)
    if wanted.prompt_id:
        found = found.filter(prompt=wanted.prompt_id)
    query = SearchQuery(wanted.words, config="english", search_type="websearch")
    found = found.filter(search_vector=query).order_by("pk" if wanted.oldest else "-pk")
    return list(found.values_list("pk", flat=True))


def test_what_many_use_is_found_at_once(said: Discussion) -> None:
    assert not find(Wanted("light", said.pk), None, most=20).ended_early


@pytest.mark.parametrize("words", ["", "the", "a of", "''", "((", "<->", "!", ":*", "\\", "-"])
def test_nothing_to_search_for_finds_nothing(said: Discussion, words: str) -> None:
    assert find(Wanted(words, said.pk), None, most=20) == searching.Found([])


def test_a_discussion_without_comments_has_nothing(said: Discussion) -> None:
    assert find(Wanted("light", said.pk + 1), None, most=20) == searching.Found([])


def test_a_number_in_a_text_is_no_block(said: Discussion) -> None:
    elsewhere = Discussion.objects.create(
        consultation=said.consultation, slug="parks", title="Parks", introduction="Tell us."
    )
    key = first_key(Scope.DISCUSSION, elsewhere.pk, FINE)
    Prompt.objects.create(discussion=elsewhere, position=1, text="What works?")
    latest = 100 * FINE - 1
    _say(said, [(latest - 1, f"Light {key + 99} '{key + 99}' ' {key + 99}'")])
    _say(elsewhere, [(latest, "Nothing here.")])
    assert latest - 1 in find(Wanted("light", said.pk), None, most=20).ids
    assert find(Wanted("light", elsewhere.pk), None, most=20).ids == []


@pytest.mark.parametrize("after", [0, 1, 10**17])
@pytest.mark.parametrize("oldest", [False, True])
def test_a_cursor_may_be_anything(said: Discussion, oldest: bool, after: int) -> None:
    wanted = Wanted("light", said.pk, after=Cursor(after), oldest=oldest)
    ids = find(wanted, None, most=20).ids
    assert len(ids) in (0, 20)
    assert all(pk > after if oldest else pk < after for pk in ids)
