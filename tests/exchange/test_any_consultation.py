"""Any consultation that the format can describe comes back as it went in."""

import copy
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discussions.exchange.schema import read_content
from discussions.rich_text import clean_html
from tests.exchange.comparing import Content, bring_in, counts, delete, without_defaults, writes
from tests.exchange.files import SLUG, a_comment, a_file, exported

pytestmark = pytest.mark.django_db

_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t\r")


def _text(most: int) -> st.SearchStrategy[str]:
    """Something to read, of at most so many characters."""
    return st.builds(
        lambda start, rest: f"{start}{rest}"[:most].strip(),
        st.sampled_from("aé=+-@字ग٣<&\"'"),
        st.text(_CHARACTERS, max_size=min(most, 30)),
    )


def _moments(first_day: int, last_day: int) -> st.SearchStrategy[str]:
    start = timezone.datetime(2025, 1, 1, tzinfo=timezone.get_fixed_timezone(0))  # type: ignore[attr-defined]
    return st.integers(first_day * 86_400, last_day * 86_400).map(
        lambda seconds: (start + timedelta(seconds=seconds)).isoformat()
    )


def _as_rich_text(text: str) -> str:
    return clean_html(f"<h3>{escape(text)}</h3><p>{text}</p>")


_COUNTS = st.integers(0, 5_000)
_STATUSES = st.sampled_from(["published"] * 5 + ["held", "hidden", "withdrawn"])
_SOURCES = st.fixed_dictionaries(
    {"kind": st.sampled_from(["meeting", "phone", "paper", "email", "elsewhere"])},
    optional={"place": _text(120), "on": st.just("2025-01-07")},
)
_HOSTS = [{"name": "Hana", "organisation": "MOPAC"}, {"name": "Ben", "organisation": "Met Police"}]


@st.composite
def _comments(draw: st.DrawFn, prompts: int, hosts: list[Content]) -> list[Content]:
    comments: list[Content] = []
    for number in range(draw(st.integers(0, 7))):
        parent = draw(st.sampled_from([None, *(each["id"] for each in comments)]))
        status = draw(_STATUSES)
        comment = a_comment(
            f"{draw(_text(20))} {number}",
            parent=parent,
            author=draw(st.sampled_from(["Ada", "Ben", "Hana", "?"]) | _text(40)),
            posted_at=draw(_moments(0, 30)),
            status=status,
            agree=draw(_COUNTS),
            disagree=draw(_COUNTS),
            body=draw(_text(4_000)),
        )
        if parent is None and prompts:
            comment["prompt"] = draw(st.sampled_from([None, *range(1, prompts + 1)]))
        comment["source"] = draw(st.none() | _SOURCES)
        host = draw(st.sampled_from([None, *hosts]))
        if host is not None:
            comment |= {"author": host["name"], "organisation": host["organisation"]}
            comment["official"] = draw(st.booleans())
        elif status in ("hidden", "withdrawn") and draw(st.booleans()):
            comment |= {"author": None, "body": ""}
        if draw(st.booleans()):
            comment["edited_at"] = draw(_moments(31, 40))
        comments.append(comment)
    return draw(st.permutations(comments))


@st.composite
def _discussions(draw: st.DrawFn) -> list[Content]:
    discussions = []
    for number in range(draw(st.integers(0, 2))):
        prompts = draw(st.lists(_text(300), max_size=3))
        hosts = draw(st.lists(st.sampled_from(_HOSTS), unique_by=str))
        discussions.append(
            {
                "slug": f"part-{number}",
                "title": draw(_text(200)),
                "introduction": draw(st.lists(_text(200), max_size=3)),
                "prompts": prompts,
                "hosts": hosts,
                "notice": draw(st.just("") | _text(300)),
                "opens_at": draw(st.none() | _moments(0, 5)),
                "closes_at": draw(st.none() | _moments(6, 30)),
                "comments": draw(_comments(len(prompts), hosts)),
            }
        )
    return discussions


_EVENTS = st.fixed_dictionaries(
    {"title": _text(200), "note": st.just("") | _text(300)},
    optional={
        "link": st.just("https://www.london.gov.uk/plan?a=1&b=2"),
        "starts_on": st.just("2025-01-05"),
        "ends_on": st.just("2025-02-05"),
    },
).map(
    lambda event: event if "starts_on" in event else {"title": event["title"], "status": "coming"}
)
_OUTCOMES = st.fixed_dictionaries(
    {
        "published_at": _moments(40, 50),
        "introduction": st.just("") | _text(500),
        "points": st.lists(
            st.fixed_dictionaries(
                {
                    "heard": _text(500),
                    "answer": _text(500),
                    "verdict": st.sampled_from(["did", "will", "will_not"]),
                }
            ),
            max_size=2,
        ),
    }
)


@st.composite
def files(draw: st.DrawFn) -> Content:
    content = a_file()
    content["consultation"] |= {
        "title": draw(_text(200)),
        "owner": draw(_text(80)),
        "summary": draw(st.just("") | _text(500)),
        "why_now": draw(st.just("") | _text(500)),
        "information": draw(st.just("") | _text(500).map(_as_rich_text)),
        "other_ways": draw(st.just("") | _text(500)),
        "host_promise": draw(st.just("") | _text(200)),
        "answer_due_on": draw(st.sampled_from(["2025-03-01", "2025-12-31"])),
        "draft": draw(st.booleans()),
        "opens_at": draw(_moments(0, 5)),
        "closes_at": draw(_moments(6, 30)),
        "earlier_respondents": draw(_COUNTS),
        "earlier_responses": draw(_COUNTS),
        "timeline": draw(st.lists(_EVENTS, max_size=3)),
        "outcome": draw(st.none() | _OUTCOMES),
        "discussions": draw(_discussions()),
    }
    return content


def meaning(content: Content) -> Any:  # noqa: ANN401
    """What a file says once it is read; introductions and line ends have more than one spelling."""
    read = copy.deepcopy(read_content(content))
    for discussion in read["discussions"]:
        discussion["introduction"] = "\n\n".join(discussion["introduction"]).split()
        for comment in discussion["comments"]:
            if comment["author"] == "?" and comment["status"] in ("hidden", "withdrawn"):
                comment["author"] = None
    return without_defaults(read)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files())
def test_any_consultation_comes_back_as_it_went_in(content: Content) -> None:
    delete(SLUG)
    bring_in(content)
    once = exported()
    assert meaning(once) == meaning(content)
    assert writes(lambda: bring_in(once)) == []
    figures = counts(SLUG)
    delete(SLUG)
    bring_in(once)
    assert exported() == once
    assert counts(SLUG) == figures
