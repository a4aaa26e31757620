"""Hidden text is nowhere a reader can get: not on a page, in a feed, a file, a mail or a cache.

A word of its own is planted in everything that readers may not see. Then every address there is is
asked for, by readers who may not know, and every answer is searched. A route with a parameter that
is not known here fails the test: it cannot be forgotten.
"""

import base64
import io
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from django.db import connection
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.mail.letters import letter_of
from accounts.models import Mail
from discussions import moderating, posting
from discussions.exchange.exporting import Scope, write_json
from discussions.exchange.tables import write_csv, write_xlsx
from discussions.models import Comment, CommentVersion, Consultation, Discussion
from moderation import appeals
from moderation.models import Appeal, Decision, Report, SealedOriginal, Verb
from tests import cast, moderated
from tests.admin_addresses import admin_addresses, patterns
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

PUBLISHED = "zqpublished"
SECRETS = (
    "zqheld",
    "zqhidden",
    "zqwithdrawn",
    "zqmasked",
    "zqearlier",
    "zqdraft",
    "zqexplanation",
    "zqillegal",
    "zqnote",
    "zqreason",
    "zqappeal",
    "zqreporter",
    "zqanswer",
    "zqappealnote",
)


@dataclass
class Planted:
    feed_tag: str


@pytest.fixture
def planted(db: None) -> Planted:
    """All of it by the verbs that people use, in answers to Ben, who is written to of each."""
    streets = cast.discussion()
    ours = cast.comment(cast.ben(), "What do you think?")
    _reply(ours, f"Before {PUBLISHED} after.")
    _hold(ours)
    hidden = _reply(ours, "Before zqhidden after.")
    withdrawn = _reply(ours, "Before zqwithdrawn after.")
    masked = _reply(ours, "Before zqmasked after.")
    edited = _reply(ours, "Before zqearlier after.")
    posting.edit_comment(edited, cast.ada(), "Another text.")
    cast.elsewhere(cast.DRAFT, "Before zqdraft after.")
    feed_tag = Client().get(f"{streets.get_absolute_url()}feed/").headers["ETag"]
    cara = cast.member("Cara")
    moderated.report(hidden, cara, explanation="zqexplanation")
    moderated.report(hidden, None, guideline=None, explanation="zqillegal")
    decision = moderated.decide(hidden, Verb.HIDE, note="zqnote", reason="zqreason")
    made = moderated.appeal(decision, "zqappeal")
    ruling = appeals.Ruling(Appeal.Outcome.UPHELD, "zqanswer", "zqappealnote")
    moderating.decide_appeal(made, cast.senior(), ruling)
    kept = _reply(ours, "Kept.")
    filed = moderated.report(kept, cara)
    appeals.appeal_decision(
        moderated.keep(kept), "zqreporter", cara, posting.database_moment(), filed
    )
    moderated.decide(masked, Verb.MASK, marked=("zqmasked",), note="zqnote", reason="zqreason")
    posting.withdraw_comment(withdrawn, cast.ada())
    _notice_that_it_is_there()
    return Planted(feed_tag)


def _reply(to: Comment, body: str) -> Comment:
    return cast.comment(cast.ada(), body, parent=to)


def _hold(to: Comment) -> None:
    Discussion.objects.filter(pk=to.discussion_id).update(mode=Discussion.Mode.HOLD_FIRST)
    to.refresh_from_db()
    _reply(to, "Before zqheld after.")
    Discussion.objects.filter(pk=to.discussion_id).update(mode=Discussion.Mode.PUBLISH_FIRST)
    to.refresh_from_db()


def _notice_that_it_is_there() -> None:
    """In the database, where it may be: else nothing would be searched for."""
    statuses = {"zqheld": "held", "zqhidden": "hidden", "zqwithdrawn": "withdrawn"}
    for word, status in statuses.items():
        assert Comment.objects.get(body__contains=word).status == status
    assert CommentVersion.objects.get().body == "Before zqearlier after."
    assert SealedOriginal.objects.get().sealed
    assert Comment.objects.get(body__contains="[words hidden]").is_masked
    assert Comment.objects.get(body__contains="zqdraft").is_published
    assert {each.explanation for each in Report.objects.all()} == {"zqexplanation", "zqillegal", ""}
    assert {each.words for each in Appeal.objects.all()} == {"zqappeal", "zqreporter"}
    assert Decision.objects.filter(note="zqnote", reason="zqreason").count() == 2
    assert Mail.objects.filter(kind="reply", member=cast.ben()).count() >= 5


# Every address


def candidates() -> dict[str, Sequence[object]]:
    """What each parameter of an address may be, such that it leads to something of the planted."""
    comments = Comment.objects.values_list("pk", flat=True)
    decisions = Decision.objects.values_list("pk", flat=True)
    return {
        "pk": sorted({*comments, *decisions}),
        "consultation": list(Consultation.objects.values_list("slug", flat=True)),
        "discussion": ["streets"],
        "reference": list(Report.objects.values_list("reference", flat=True)),
        "version": ["1"],
        "token": ["broken"],
        "digest": ["0" * 64],  # of a picture, which holds no words
    }


def addresses() -> Iterator[str]:
    values = candidates()
    resolver = get_resolver()
    names = {
        pattern.name or ""
        for route, pattern in patterns(resolver)
        if not route.startswith("admin/") or pattern.name == "admin_sign_in"
    }
    for name in sorted(names):
        for possibilities, *_rest in resolver.reverse_dict.getlist(name):
            for _template, parameters in possibilities:
                for chosen in itertools.product(*(values[each] for each in parameters)):
                    yield reverse(name, kwargs=dict(zip(parameters, chosen, strict=True)))
    streets = reverse("discussion", args=[cast.OPEN, "streets"])
    for word in (PUBLISHED, *SECRETS):
        yield f"{streets}?q={word}"
    for sort in ("newest", "oldest", "replies", "agreed"):
        yield f"{streets}?sort={sort}"
    yield from admin_addresses(Comment.objects.all()[0])
    yield from ("/healthz", "/readyz", "/nowhere/")


def content(answer: HttpResponseBase) -> str:
    """All that was sent, headers and all."""
    body = b"".join(answer) if isinstance(answer, StreamingHttpResponse) else answer.content  # type: ignore[attr-defined]
    return f"{answer.headers}\n{body.decode(errors='replace')}".lower()


def found_in(text: str, *, but: str = "") -> list[str]:
    """`but` is an address, which may well repeat the word that was searched for."""
    return [word for word in SECRETS if word in text and word not in but]


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("reader", ["nobody", "Ben", "Cara"])
def test_no_address_shows_it(reader: str) -> None:
    client = Client() if reader == "nobody" else signed_in(cast.member(reader))
    shown: dict[str, list[str]] = {}
    published, number = 0, 0
    for address in addresses():
        number += 1
        text = content(client.get(address))
        published += PUBLISHED in text and PUBLISHED not in address
        found = found_in(text, but=address)
        if found:
            shown[address] = found
    assert shown == {}
    assert number > 120
    assert published > 4, "what is published was not found either: is the search at work?"


@pytest.mark.usefixtures("planted")
def test_a_search_for_it_finds_nothing() -> None:
    streets = reverse("discussion", args=[cast.OPEN, "streets"])
    for client in (Client(), signed_in(cast.ben())):
        assert "before zqpublished after." in content(client.get(f"{streets}?q={PUBLISHED}"))
        for word in SECRETS:
            text = content(client.get(f"{streets}?q={word}"))
            assert f"no comment has “{word}”" in text


def test_who_has_the_feed_is_told_that_it_changed(planted: Planted) -> None:
    feed = reverse("feed", args=[cast.OPEN, "streets"])
    answer = Client().get(feed, headers={"if-none-match": planted.feed_tag})
    assert answer.status_code == 200
    assert found_in(content(answer)) == []


@pytest.mark.usefixtures("planted")
def test_no_public_file_has_it() -> None:
    for consultation in Consultation.objects.published():
        made = {}
        for write in (write_json, write_csv):
            text = io.StringIO()
            write(consultation, Scope.PUBLIC, text)
            made[write.__name__] = text.getvalue()
        table = io.BytesIO()
        write_xlsx(consultation, Scope.PUBLIC, table)
        with zipfile.ZipFile(table) as opened:
            made["xlsx"] = "".join(opened.read(name).decode() for name in opened.namelist())
        for name, text_of_file in made.items():
            assert found_in(text_of_file) == [], name
            assert PUBLISHED in text_of_file, name


@pytest.mark.usefixtures("planted")
def test_no_mail_that_waits_says_it() -> None:
    """Made now, as they would be sent: but for the reason and the answer, to whom they are for."""
    said: set[str] = set()
    for mail in Mail.objects.select_related("member"):
        letter = letter_of(mail)
        if letter is None:
            continue
        text = f"{letter.subject}\n{letter.text}".lower()
        said |= {PUBLISHED} & set(text.split())
        found = set(found_in(text))
        if mail.member == cast.ada():
            found -= {"zqreason", "zqanswer"}
        assert found == set(), mail.kind
    assert said == {PUBLISHED}


@pytest.mark.usefixtures("planted")
def test_nothing_that_is_kept_aside_has_it() -> None:
    """The cache, the jobs, and the sessions, once every address was asked for."""
    client = signed_in(cast.ben())
    for address in addresses():
        client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cache")
        cached = [base64.b64decode(value) for (value,) in cursor.fetchall()]
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        jobs = [args for (args,) in cursor.fetchall()]
        cursor.execute("SELECT consultation || what || digest FROM moderation_ledgerentry")
        entries = [text for (text,) in cursor.fetchall()]
    assert cached
    assert jobs
    assert entries
    for value in cached:
        assert found_in(value.decode(errors="replace")) == []
    for text in (*jobs, *entries, str(dict(client.session.items()))):
        assert found_in(text) == []
