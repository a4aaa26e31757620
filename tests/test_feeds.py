"""What other machines read of a discussion: its feed, the sitemap, structured data, previews."""

import json
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client
from django.utils import timezone

from discussions import posting
from discussions.models import Comment, Consultation, Discussion, Participant
from tests import cast

pytestmark = pytest.mark.django_db

_STREETS = f"/consultations/{cast.OPEN}/streets/"
_FEED = f"{_STREETS}feed/"
_ATOM = "{http://www.w3.org/2005/Atom}"
_SITE = "http://testserver"


def feed(address: str = _FEED) -> Xml.Element:
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return Xml.fromstring(answer.content)  # noqa: S314 - our own


def texts(element: Xml.Element, path: str) -> list[str]:
    return [each.text or "" for each in element.findall(path.replace("atom:", _ATOM))]


# The feed.


def test_a_feed_has_all_that_atom_asks_for() -> None:
    comment = cast.comment(cast.ada(), "More <light> & benches.\n\nMany.")
    found = feed()
    assert found.tag == f"{_ATOM}feed"
    assert texts(found, "atom:title") == ["Our streets: latest comments"]
    assert texts(found, "atom:id") == [f"{_SITE}{_STREETS}"]
    links = {each.get("rel"): each.get("href") for each in found.findall(f"{_ATOM}link")}
    assert links == {"alternate": f"{_SITE}{_STREETS}", "self": f"{_SITE}{_FEED}"}
    (entry,) = found.findall(f"{_ATOM}entry")
    assert texts(entry, "atom:id") == [f"{_SITE}/comments/{comment.pk}/"]
    assert texts(entry, "atom:title") == ["More <light> & benches. Many."]
    assert texts(entry, "atom:author/atom:name") == ["Ada"]
    assert texts(entry, "atom:summary") == ["<p>More &lt;light&gt; &amp; benches.</p><p>Many.</p>"]
    assert entry.find(f"{_ATOM}summary").get("type") == "html"  # type: ignore[union-attr]
    for moment in texts(entry, "atom:published") + texts(entry, "atom:updated"):
        assert datetime.fromisoformat(moment).tzinfo is not None
    assert texts(found, "atom:updated") == texts(entry, "atom:updated")


def test_a7_a_feed_has_visible_comments_alone() -> None:
    for status in Comment.Status:
        comment = cast.comment(cast.ada(), f"Text that is {status.value}")
        Comment.objects.filter(pk=comment.pk).update(status=status)
    assert texts(feed(), "atom:entry/atom:title") == ["Text that is published"]


def test_a_feed_has_the_latest_comments_first_and_not_all() -> None:
    cast.comment(cast.ada(), "The first")
    streets = cast.discussion()
    author = Participant.objects.get(member=cast.ada())
    for number, pk in enumerate(posting.next_ids(60)):
        Comment.objects.create(
            pk=pk,
            discussion=streets,
            author=author,
            path=[pk],
            body=f"Number {number}",
            body_html=f"<p>Number {number}</p>",
            posted_at=timezone.now(),
        )
    Discussion.objects.filter(pk=streets.pk).update(last_comment_id=pk)
    titles = texts(feed(), "atom:entry/atom:title")
    assert titles == [f"Number {number}" for number in range(59, 9, -1)]


def test_a_feed_of_nothing_is_a_feed_and_stays_the_same() -> None:
    cast.consultation(cast.UPCOMING)
    address = f"/consultations/{cast.UPCOMING}/streets/feed/"
    assert feed(address).findall(f"{_ATOM}entry") == []
    first = Client().get(address)
    Consultation.objects.filter(slug=cast.UPCOMING).update(summary="Other")
    assert Client().get(address).content == first.content


def test_a10_a_draft_has_no_feed() -> None:
    cast.elsewhere(cast.DRAFT)
    assert Client().get(f"/consultations/{cast.DRAFT}/streets/feed/").status_code == 404


def test_a_feed_survives_characters_that_xml_knows_not() -> None:
    comment = cast.comment(cast.ada())
    Comment.objects.filter(pk=comment.pk).update(body="a\x01b", body_html="<p>a\x01b</p>")
    Discussion.objects.update(title="Our\x0b streets\x02", introduction="How\x03?")
    Participant.objects.filter(member=cast.ada()).update(name="A\x04da")
    found = feed()
    assert texts(found, "atom:title") == ["Our streets: latest comments"]
    assert texts(found, "atom:entry/atom:author/atom:name") == ["Ada"]


def test_a_feed_that_has_not_changed_is_not_sent_again() -> None:
    cast.comment(cast.ada())
    tag = Client().get(_FEED).headers["ETag"]
    again = Client().get(_FEED, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a7_a_reader_who_has_the_feed_is_told_of_a_withdrawal() -> None:
    cast.comment(cast.ben())
    comment = cast.comment(cast.ada())
    answer = Client().get(_FEED)
    posting.withdraw_comment(comment, cast.ada())
    known = {"If-None-Match": answer.headers["ETag"]}
    assert Client().get(_FEED, headers=known).status_code == 200
    later = timezone.now() + timedelta(hours=1)
    since = {"If-Modified-Since": later.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    assert Client().get(_FEED, headers=since).status_code == 200


def test_a_feed_takes_few_queries(django_assert_max_num_queries: Any) -> None:  # noqa: ANN401
    for _each in range(5):
        cast.comment(cast.ada())
    with django_assert_max_num_queries(2):
        Client().get(_FEED)


# The sitemap.


def locations() -> list[str]:
    answer = Client().get("/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml"
    found = Xml.fromstring(answer.content)  # noqa: S314 - our own
    return [
        each.text or "" for each in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]


def test_a10_the_sitemap_has_every_page_but_drafts() -> None:
    for slug in (cast.OPEN, cast.UPCOMING, cast.CLOSED, cast.DRAFT):
        cast.consultation(slug)
    found = locations()
    for slug in (cast.OPEN, cast.UPCOMING, cast.CLOSED):
        assert f"{_SITE}/consultations/{slug}/" in found
        assert f"{_SITE}/consultations/{slug}/streets/" in found
    assert not any(cast.DRAFT in each for each in found)
    assert not any("/comments/" in each or "/accounts/" in each for each in found)


def test_every_page_of_the_sitemap_is_there() -> None:
    cast.consultation()
    assert len(locations()) == len(set(locations()))
    for location in locations():
        assert Client().get(location.removeprefix(_SITE)).status_code == 200


# Structured data and previews.

_BREAK_OUT = "</script><script>alert(1)</script><!-- & \u2028"


class _Page(HTMLParser):
    """The data blocks, the scripts and what previews are made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.scripts: list[str] = []
        self.blocks: list[str] = []
        self._in_block = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_block = tag == "script" and given.get("type") == "application/ld+json"
        if tag == "script" and not self._in_block:
            self.scripts.append(given.get("src", ""))
        if tag == "meta":
            self.meta[given.get("property") or given.get("name", "")] = given.get("content", "")
        if tag == "link":
            self.links[given["rel"]] = given["href"]

    def handle_endtag(self, tag: str) -> None:
        self._in_block = False

    def handle_data(self, data: str) -> None:
        if self._in_block:
            self.blocks.append(data)


def page(address: str = _STREETS) -> _Page:
    return _Page(Client().get(address).content.decode())


def test_structured_data_describes_the_discussion() -> None:
    cast.comment(cast.ada())
    (block,) = page().blocks
    data = json.loads(block)
    assert data["@type"] == "DiscussionForumPosting"
    assert data["url"] == f"{_SITE}{_STREETS}"
    assert data["headline"] == "Our streets"
    assert data["text"] == "Tell us how they are."
    assert data["author"] == {"@type": "Organization", "name": "MOPAC"}
    assert data["commentCount"] == 1
    assert datetime.fromisoformat(data["datePublished"]).tzinfo is not None
    assert None not in data.values()


def test_a1_structured_data_cannot_be_broken_out_of() -> None:
    cast.consultation()
    Discussion.objects.update(title=_BREAK_OUT, introduction=_BREAK_OUT)
    Consultation.objects.update(title=_BREAK_OUT, owner=_BREAK_OUT)
    found = page()
    data = json.loads("".join(found.blocks))
    assert data["headline"] == data["author"]["name"] == data["isPartOf"]["name"] == _BREAK_OUT
    assert all(re.fullmatch(r"/static/js/[\w.-]+\.js", each) for each in found.scripts)


@pytest.mark.parametrize("name", ["consultation", "discussion", "comment"])
def test_a_link_is_previewed_with_absolute_addresses(name: str) -> None:
    comment = cast.comment(cast.ada(), "More light, please.")
    address = {
        "consultation": f"/consultations/{cast.OPEN}/",
        "discussion": _STREETS,
        "comment": comment.get_absolute_url(),
    }[name]
    found = page(address)
    assert found.links["canonical"] == found.meta["og:url"] == f"{_SITE}{address}"
    assert found.meta["og:image"].startswith(f"{_SITE}/static/img/preview.")
    assert Client().get(found.meta["og:image"].removeprefix(_SITE)).status_code == 200
    assert found.meta["og:title"]
    assert found.meta["og:description"]


def test_a1_a_preview_cannot_be_broken_out_of() -> None:
    comment = cast.comment(cast.ada(), '"><script>alert(1)</script>')
    found = page(comment.get_absolute_url())
    assert found.meta["og:description"] == '"><script>alert(1)</script>'
    assert all(each.startswith("/static/") for each in found.scripts)


def test_a_discussion_links_its_feed() -> None:
    cast.consultation()
    assert page().links["alternate"] == _FEED
