"""Two names of one member cannot be linked by what a reader can get.

The same things are said twice: by one member under two names, and by two members who have these
names. Whatever a reader can fetch is then the same, byte for byte: pages, feeds, exports, answers
to forms. So nothing in it can depend on who stands behind the names.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.mail.letters import letter_of
from accounts.models import Mail, Member
from discussions import posting
from discussions.exchange.exporting import Scope, write_json
from discussions.exchange.tables import write_csv
from discussions.models import Comment, Consultation, Discussion, Participant, Reaction
from discussions.naming import choose_name
from tests import cast
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

POLICING, PARKS = "policing", "parks"
ON_POLICING, ON_PARKS = "Robin Redbreast", "Wren Brown"
_SECRETS = re.compile(
    r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]*"'
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
Pages = dict[str, str]
READERS = ("signed out", "a member")


@pytest.fixture
def stage() -> None:
    """Two open consultations in which Ben has said something, and Hana is a host."""
    for slug in (POLICING, PARKS):
        made = cast.consultation()
        Consultation.objects.filter(pk=made.pk).update(slug=slug, title=f"On {slug}")
        cast.comment(cast.ben(), f"First, about {slug}.", where=discussion(slug))


def discussion(slug: str) -> Discussion:
    found: Discussion = Discussion.objects.with_surroundings().get(consultation__slug=slug)
    return found


def one_member() -> tuple[Member, Member]:
    """Somebody who calls themselves something else in each, in one after a first comment."""
    member = cast.member("Sarah Okonkwo")
    earlier = cast.comment(member, "Earlier.", where=discussion(POLICING))
    choose_name(discussion(POLICING).consultation, member, ON_POLICING)
    posting.withdraw_comment(earlier, member)
    choose_name(discussion(PARKS).consultation, member, ON_PARKS)
    return member, member


def two_members() -> tuple[Member, Member]:
    policing, parks = cast.member(ON_POLICING), cast.member(ON_PARKS)
    earlier = cast.comment(policing, "Earlier.", where=discussion(POLICING))
    posting.withdraw_comment(earlier, policing)
    return policing, parks


def say_the_same(policing: Member, parks: Member) -> None:
    """All that members can do, in both places; long enough apart to be ordered alike."""
    for slug, member in ((POLICING, policing), (PARKS, parks)):
        where = discussion(slug)
        ben = Comment.objects.filter(discussion=where).earliest("pk")
        own = cast.comment(member, f"My view on {slug}.\n\nAnd more of it.", where=where)
        cast.comment(member, f"To Ben, on {slug}.", parent=ben)
        answer = cast.comment(cast.hana(), f"Thank you, on {slug}.", parent=own)
        posting.react(ben, member, Reaction.Value.AGREE)
        posting.react(answer, member, Reaction.Value.DISAGREE)
        posting.edit_comment(own, member, f"My view on {slug}, changed.")
        gone = cast.comment(member, f"Not after all, on {slug}.", where=where)
        cast.comment(cast.ben(), f"Why not, on {slug}?", parent=gone)
        posting.withdraw_comment(gone, member)
        held = cast.comment(member, f"To be looked at, on {slug}.", where=where)
        Comment.objects.filter(pk=held.pk).update(status=Comment.Status.HELD)


def what_readers_get(
    who: Callable[[], tuple[Member, Member]], readers: tuple[str, ...] = READERS
) -> Pages:
    """Everything, and then as if nothing of it had happened."""
    ids = _next_ids()
    point = transaction.savepoint()
    say_the_same(*who())
    _settle()
    pages = dict(_fetched(readers))
    transaction.savepoint_rollback(point)
    _set_next_ids(ids - 1)
    return pages


@pytest.mark.usefixtures("stage")
def test_one_person_under_two_names_is_as_two_people() -> None:
    apart, together = what_readers_get(two_members), what_readers_get(one_member)
    assert list(apart) == list(together)
    for path, page in apart.items():
        assert page == together[path], path
    everything = "".join(apart.values())
    for told in (ON_POLICING, ON_PARKS, "My view on policing, changed.", "Withdrawn by its author"):
        assert told in everything
    assert len(apart) > 60


@pytest.mark.usefixtures("stage")
def test_the_comparison_tells_when_something_is_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An id of the member would be found, and so would how many consultations they are in."""
    leaks: tuple[Callable[[Participant], str], ...] = (
        lambda each: f"{each.name} {each.member_id}",
        lambda each: f"{each.name} {Participant.objects.filter(member=each.member).count()}",
    )
    for leak in leaks:
        with monkeypatch.context() as patch:
            patch.setattr(Participant, "shown_name", property(leak))
            apart = what_readers_get(two_members, ("signed out",))
            assert apart != what_readers_get(one_member, ("signed out",))


@pytest.mark.usefixtures("stage")
def test_nothing_of_the_member_is_in_it() -> None:
    member, _same = one_member()
    say_the_same(member, member)
    everything = "".join(dict(_fetched(("a member",))).values())
    assert ON_POLICING in everything
    for own in ("Sarah", "Okonkwo", "okonkwo", member.email):
        assert own not in everything


@pytest.mark.usefixtures("stage")
def test_mails_about_replies_use_the_name_of_the_place() -> None:
    member, _same = one_member()
    say_the_same(member, member)
    letters = [letter_of(mail) for mail in Mail.objects.filter(member=cast.ben(), kind="reply")]
    said = "\n".join(f"{each.subject}\n{each.text}" for each in letters if each)
    assert f"{ON_POLICING} replied to you" in said
    assert f"{ON_PARKS} replied to you" in said
    assert "Sarah" not in said


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("name", [ON_POLICING, ON_PARKS, "Sarah Okonkwo"])
def test_all_names_of_somebody_else_are_refused_alike(name: str) -> None:
    one_member()
    ben = signed_in(cast.ben())
    answers = [
        ben.post("/account/name/", {"name": name}),
        ben.post(f"/account/name/{PARKS}/", {"name": name}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert "Somebody already uses this name." in answer.content.decode()


def _fetched(readers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for who in readers:
        client = {"a member": signed_in(cast.ben())}.get(who, Client())
        for path in _paths():
            yield f"{who}: {path}", _plain(client.get(path))
        for pk in Comment.objects.order_by("pk").values_list("pk", flat=True):
            path = f"/comments/{pk}/reply/"
            yield f"{who}: POST {path}", _plain(client.post(path, {"body": ""}))
    for slug in (POLICING, PARKS):
        found = Consultation.objects.get(slug=slug)
        for write in (write_json, write_csv):
            out = io.StringIO()
            write(found, Scope.PUBLIC, out)
            yield f"{write.__name__} {slug}", out.getvalue()


def _paths() -> Iterator[str]:
    names = ("home", "consultations", "robots", "sitemap", "guidelines", "privacy", "security")
    yield from map(reverse, names)
    for slug in (POLICING, PARKS):
        page = discussion(slug).get_absolute_url()
        yield f"/consultations/{slug}/"
        yield f"{page}feed/"
        for query in ("", "?sort=oldest", "?sort=replies", "?sort=agreed", "?q=view", "?q=Robin"):
            yield page + query
        prompt = discussion(slug).prompt_rows[0]["id"]
        yield f"{page}?prompt={prompt}"
    for pk in Comment.objects.order_by("pk").values_list("pk", flat=True):
        yield f"/comments/{pk}/"
        for form in ("edit", "reaction"):
            yield f"/comments/{pk}/{form}/"


def _plain(answer: Any) -> str:  # noqa: ANN401 - what a test client answers
    """Status, headers and text, without what differs from one moment to the next."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("Expires", "ETag", "Set-Cookie")
    }
    text = json.dumps([answer.status_code, headers], sort_keys=True) + answer.content.decode()
    return _SECRETS.sub("", text)


def _settle() -> None:
    """Moments and references are new each time; they are the same both times from here."""
    for number, pk in enumerate(Comment.objects.order_by("pk").values_list("pk", flat=True)):
        Comment.objects.filter(pk=pk).update(reference=f"reference-{number}")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE discussions_comment SET posted_at = date_trunc('day', now()),"
            " edited_at = CASE WHEN edited_at IS NULL THEN NULL ELSE date_trunc('day', now()) END"
        )
    Discussion.objects.update(last_posted_at=None)


def _next_ids() -> int:
    return posting.next_ids(1)[0]


def _set_next_ids(value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('discussions_comment', 'id'), %s)", [value]
        )
