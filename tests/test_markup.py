"""The HTML of texts: the same words, links that are links, a fold that hides something."""

import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discussions.comment_text import clean_body
from discussions.markup import FOLD_AFTER, body_html, excerpt, is_folded, plain_html

_BRITTLE = [
    "http://a.example/b",
    "https://a.example",
    "http://",
    "javascript:alert(1)",
    "<script>",
    "</p>",
    "&amp;",
    '"',
    "'",
    "(",
    ")",
    "]",
    ".",
    "\n",
    "\n\n",
    " ",
    "word ",
    "字",
    "👩\u200d👩\u200d👧",
]
_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=800),
    st.lists(st.sampled_from(_BRITTLE) | st.text(max_size=60), max_size=120).map("".join),
).map(lambda text: clean_body(text)[:4_000].strip())

_ALLOWED = re.compile(
    r'<p>|<p class="fold__head">|</p>|<br>|<div class="fold__rest">|</div>'
    r'|<span class="fold__rest">|</span>|<a href="https?://[^"<>\s]+" rel="nofollow ugc">|</a>',
    re.IGNORECASE,
)


def text_of(html: str) -> str:
    """What the HTML says, as a reader gets it."""
    html = html.replace('</p><div class="fold__rest"><p>', "\n\n").replace("</p><p>", "\n\n")
    return unescape(re.sub(r"<[^<>]*>", "", html.replace("<br>", "\n")))


def links(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<a href="([^"]*)"', html)]


def hidden_part(html: str) -> str:
    return text_of("".join(re.findall(r'<(?:span|div) class="fold__rest">.*', html, re.DOTALL)))


class _Balance(HTMLParser):
    """Raises AssertionError where tags do not close in the order in which they opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_the_html_says_what_the_text_says(body: str) -> None:
    assert text_of(body_html(body)) == body


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_nothing_but_paragraphs_links_and_the_fold_ever_appears(body: str) -> None:
    for html in (body_html(body), plain_html(body)):
        rest = _ALLOWED.sub("", html)
        assert not re.search("[<>\"']", rest)
        balance = _Balance()
        balance.feed(html)
        assert balance.open == []


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_the_fold_never_cuts_a_link(body: str) -> None:
    assert links(body_html(body)) == links(plain_html(body))


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_a_fold_stands_exactly_where_something_is_hidden(body: str) -> None:
    html = body_html(body)
    assert is_folded(html) == bool(hidden_part(html).strip())
    if not is_folded(html):
        assert html == plain_html(body)
    assert html.count("fold__head") == html.count("<span")


@pytest.mark.parametrize(
    "body",
    [
        "<svg onload=alert(1)>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><b>',
        "&lt;b&gt;",
        "<!-- -->",
        "]]>",
    ],
)
def test_a1_markup_in_a_text_is_inert(body: str) -> None:
    assert text_of(body_html(body)) == body
    assert "<" not in body_html(body).removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    "body",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://a.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript://a.example",
        "//a.example",
        "ftp://a.example",
        "xhttp://a.example",
        "httpſ://a.example",
        "http://localhost/admin",
        "http://city.hall.example@evil.example/",
        "http://a.example:80@evil.example/",
        "http:///a.example",
        "http://a.example\\@evil.example",
        "https://.",
    ],
)
def test_a2_what_is_no_web_address_is_no_link(body: str) -> None:
    assert links(body_html(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        'http://a.example/"onmouseover="alert(1)',
        "http://a.example/'onmouseover='alert(1)",
        "http://a.example/><script>alert(1)</script>",
        "http://a.example/`x`",
        "http://a.example/\u00a0onclick=x",
    ],
)
def test_a2_an_address_cannot_break_out_of_its_quotes(body: str) -> None:
    html = body_html(body)
    assert links(html) == ["http://a.example/"]
    assert html.startswith(
        '<p><a href="http://a.example/" rel="nofollow ugc">http://a.example/</a>'
    )


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("(see http://a.example/b).", "http://a.example/b"),
        ("See http://a.example/b.", "http://a.example/b"),
        ("[http://a.example/b]!", "http://a.example/b"),
        ("“http://a.example/b”", "http://a.example/b"),
        ("http://a.example/b_(c)", "http://a.example/b_(c)"),
        ("(http://a.example/b_(c))", "http://a.example/b_(c)"),
        ("(http://a.example/b_(c).)", "http://a.example/b_(c)"),
        ("http://a.example/?a=1&b=2#c", "http://a.example/?a=1&b=2#c"),
        ("HTTPS://A.EXAMPLE/B", "HTTPS://A.EXAMPLE/B"),
        ("http://a.example:8080/b", "http://a.example:8080/b"),
        ("http://bücher.example/é", "http://bücher.example/é"),
        ("看http://a.example/b。", "http://a.example/b"),
        ("http://a.example/b…", "http://a.example/b"),
    ],
)
def test_a_sentence_keeps_its_own_marks_outside_the_link(body: str, link: str) -> None:
    assert links(body_html(body)) == [link]
    assert text_of(body_html(body)) == body


def test_every_link_tells_search_engines_that_a_reader_wrote_it() -> None:
    html = body_html("http://a.example and https://b.example/c?d=e&f")
    assert html.count('rel="nofollow ugc"') == html.count("<a ") == 2
    assert "d=e&amp;f" in html


def test_a_long_paragraph_is_folded_at_a_word() -> None:
    body = "word " * 100 + "end"
    html = body_html(body)
    shown = html.partition('<span class="fold__rest">')[0]
    assert 200 <= len(text_of(shown)) <= FOLD_AFTER
    assert text_of(shown).endswith("word")
    assert hidden_part(html).startswith(" word")


def test_a_text_is_folded_after_its_first_paragraph() -> None:
    html = body_html("Short.\n\n" + "And much more of it. " * 3)
    assert html.startswith('<p>Short.</p><div class="fold__rest"><p>And much')


@pytest.mark.parametrize(
    "body",
    ["x" * FOLD_AFTER, "word " * 55 + "end.", "Short.\n\nAnd a little more.", "a\nb\nc", "One."],
)
def test_what_would_hide_next_to_nothing_is_not_folded(body: str) -> None:
    assert not is_folded(body_html(body))


@pytest.mark.parametrize(
    "sign", ["👩\u200d👩\u200d👧", "e\u0323\u0302", "🏽", "क्षि", "ที่"], ids=ascii
)
def test_the_fold_never_cuts_a_sign_that_is_made_of_several(sign: str) -> None:
    for before in range(8):
        body = "字" * (FOLD_AFTER - before) + sign * 60
        rest = hidden_part(body_html(body))
        assert rest == "" or body.endswith(rest)
        assert not re.match("[\u200d\u0302\u0323🏽]", rest) or sign == "🏽"
        assert (len(rest) % len(sign)) == 0 or sign in ("क्षि", "ที่")


@pytest.mark.parametrize(
    "body",
    [
        "http://" * 571,
        "http://a.example/" + ")" * 3_980,
        "http://a.example/" + "()" * 1_990,
        "http://a.example/" + "([" * 1_990,
        "http://a.example/" + ".)" * 1_990,
        "[" * 4_000,
        "http://" + "a." * 1_990,
        "http://" + "a.bb" * 990 + "!",
        "http://a.bb " * 333,
        "x" * 4_000,
        "\n" * 3_999 + "x",
        "a\n" * 2_000,
        "a\n\n" * 1_333,
        "&" * 4_000,
        "h" * 4_000,
        "e" + "\u0301" * 3_999,
        "\u200d" * 4_000,
        " " * 3_999 + "x",
        "\n " * 2_000,
    ],
    ids=lambda body: ascii(body[:20]),
)
def test_hostile_texts_take_no_time(body: str) -> None:
    best = min(_seconds(body) for _attempt in range(3))
    assert best < 0.02


def _seconds(body: str) -> float:
    start = time.perf_counter()
    body_html(clean_body(body))
    body_html(body)
    excerpt(body)
    return time.perf_counter() - start


def test_a_text_by_staff_may_have_line_ends_of_any_kind() -> None:
    assert plain_html("\r\nOne\r\ntwo\r\n\r\n\r\nThree\r\n \r\nFour\r\n") == (
        "<p>One<br>two</p><p>Three</p><p>Four</p>"
    )


@pytest.mark.parametrize(
    ("text", "length", "line"),
    [
        ("One\n\ntwo  three", 160, "One two three"),
        ("One two three", 9, "One two…"),
        ("One, two", 7, "One…"),
        ("x" * 20, 10, "x" * 9 + "…"),
        ("", 10, ""),
    ],
)
def test_an_excerpt_is_one_line_cut_at_a_word(text: str, length: int, line: str) -> None:
    assert excerpt(text, length) == line
