"""Screening: what it finds, what it leaves alone, and where exactly in the text it stands."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.screening import Advice, Finding, Kind, screen
from tests.screening import LIVE_CASES, SENTENCES
from tests.screening.sentence import Sentence

_Record = Callable[[str, object], None]
_FOUND_BY_SCREENING = [kind for kind in Kind if kind is not Kind.REPEATED]


def in_words(text: str, findings: list[Finding]) -> list[tuple[Kind, str]]:
    return [(each.kind, text[each.start : each.end]) for each in findings]


def read(sentence: Sentence) -> list[tuple[Kind, str]]:
    return in_words(sentence.text, screen(sentence.text, LIVE_CASES))


def test_every_sentence_is_read_as_it_is_meant() -> None:
    others = [each for each in SENTENCES if not each.is_misread]
    wrong = {each.marked: read(each) for each in others if read(each) != each.findings}
    assert wrong == {}


@pytest.mark.parametrize(
    "space", ["  ", "\t", " \t ", "\u00a0 "], ids=["two", "tab", "both", "hard"]
)
def test_words_that_stand_apart_are_read_all_the_same(space: str) -> None:
    wrong = {}
    for each in SENTENCES:
        apart = [(kind, words.replace(" ", space)) for kind, words in read(each)]
        text = each.text.replace(" ", space)
        if in_words(text, screen(text, LIVE_CASES)) != apart:
            wrong[text] = apart
    assert wrong == {}


def test_what_is_known_to_be_misread_still_is() -> None:
    """Else its place is among the others."""
    mended = [each.marked for each in SENTENCES if each.is_misread and read(each) == each.findings]
    assert mended == []


def test_the_gravest_have_the_first_tier() -> None:
    wrong = {
        each.marked: findings
        for each in SENTENCES
        if not each.is_misread
        and (findings := screen(each.text, LIVE_CASES))
        and min(finding.tier for finding in findings) != each.tier
    }
    assert wrong == {}


def test_the_table_is_large_enough_for_each_kind(record_property: _Record) -> None:
    """The figures stand at the end of pytest's output."""
    hits, misses, false_hits = Counter[Kind](), Counter[Kind](), Counter[Kind]()
    for sentence in SENTENCES:
        meant, got = Counter(sentence.kinds), Counter(kind for kind, _words in read(sentence))
        hits += meant & got
        misses += meant - got
        false_hits += got - meant
    harmless = sum(not sentence.kinds for sentence in SENTENCES)
    record_property("Screening", f"{len(SENTENCES)} sentences, {harmless} of them harmless")
    for kind in _FOUND_BY_SCREENING:
        figures = f"{hits[kind]} found, {misses[kind]} missed, {false_hits[kind]} wrongly found"
        record_property(f"  {kind}", figures)
        assert hits[kind] >= 4
    assert len(SENTENCES) - harmless >= 120
    assert harmless >= 120


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ring 077\u200b00 900\u2060123 now", "077\u200b00 900\u2060123"),
        ("😊😊 ｒｉｎｇ ０７７００９００１２３ 😊", "０７７００９００１２３"),
        ("Naïve café: 07700 900123…", "07700 900123"),
        ("\u0661 \u06f0\u06f7\u06f7\u06f0\u06f0\u06f9\u06f0\u06f0\u06f1\u06f2\u06f3", None),
        ("ﬁne, ﬃne: kit@example.com!", "kit@example.com"),
        ("e\u0301e\u0301 SE15 4QG\u0301.", "SE15 4QG\u0301"),
        ("Call 0\ufe0f\u20e37700 900123", "0\ufe0f\u20e37700 900123"),
    ],
)
def test_spans_are_those_of_the_text_as_it_was_written(text: str, words: str | None) -> None:
    [finding] = screen(text)
    assert text[finding.start : finding.end] == (words or text[2:])


@pytest.mark.parametrize(
    "text",
    [
        "I will kill you",
        "Ｉ ｗｉｌｌ ｋｉｌｌ ｙｏｕ",
        "I w\u00adill k\u200cill you",
        "𝐈 𝐰𝐢𝐥𝐥 𝐤𝐢𝐥𝐥 𝐲𝐨𝐮",
        "І will kіll уоu",  # with Cyrillic letters
        "I will k1ll you",
        "I WILL KILL YOU",
    ],
)
def test_a_threat_is_read_whatever_it_is_written_with(text: str) -> None:
    [finding] = screen(text)
    assert (finding.kind, finding.tier) == (Kind.THREAT, 1)
    assert (finding.start, finding.end) == (0, len(text))


def test_the_graver_of_two_findings_stands_alone() -> None:
    text = "I will kill you, Sam Sample of 12 Sample Road, SE15 4QG"
    assert in_words(text, screen(text, ["kill you"])) == [
        (Kind.THREAT, "I will kill you"),
        (Kind.ADDRESS, "12 Sample Road, SE15 4QG"),
    ]


def test_what_is_held_goes_before_what_is_asked_and_the_longer_before_the_shorter() -> None:
    text = "Ring 07700 900123 now"
    assert in_words(text, screen(text, ["900123"])) == [(Kind.LIVE_CASE, "900123")]
    names = ["Larkspur", "Operation Larkspur"]
    assert in_words("Operation Larkspur", screen("Operation Larkspur", names)) == [
        (Kind.LIVE_CASE, "Operation Larkspur")
    ]


def test_findings_come_in_the_order_of_the_text() -> None:
    text = "Mail kit@example.com, ring 07700 900123, write to SE15 4QG. I will kill you."
    kinds = [finding.kind for finding in screen(text)]
    assert kinds == [Kind.EMAIL, Kind.PHONE, Kind.ADDRESS, Kind.THREAT]


def test_a_live_case_is_one_only_while_it_is_listed() -> None:
    text = "We all know what Tobias van der Quint did."
    assert screen(text) == []
    assert [finding.kind for finding in screen(text, LIVE_CASES)] == [Kind.LIVE_CASE]


@pytest.mark.parametrize("names", [[""], [" "], ["-"], ["A"], ["…"]])
def test_a_name_of_nothing_names_nobody(names: list[str]) -> None:
    assert screen("A man - a plan - a canal …", names) == []


@pytest.mark.parametrize("text", ["", " ", "\n", "😊", "\u200b", "!", "\u0301", "\x00", "İ"])
def test_texts_of_next_to_nothing(text: str) -> None:
    assert screen(text, LIVE_CASES) == []


def test_a_writer_is_asked_about_details_and_incidents_and_never_refused() -> None:
    held = {kind for kind in Kind if kind.advice is Advice.HOLD}
    assert held == {Kind.LIVE_CASE, Kind.THREAT, Kind.SLUR}
    assert Kind.REPEATED.advice is Advice.NOTE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Labour", "the Conservatives"),
        ("more immigration", "less immigration"),
        ("the police", "the protesters"),
        ("Israel", "Palestine"),
        ("trans people", "women’s groups"),
        ("stop and search", "youth clubs"),
    ],
)
@pytest.mark.parametrize(
    "opinion",
    [
        "I am for {} and against {}.",
        "{} should be banned, {} should be paid.",
        "I hate {}. I love {}.",
        "{} ruined this city and {} could save it, you utter fools.",
        "Fuck {}, and vote for {}!",
    ],
)
def test_it_decides_on_no_viewpoint(opinion: str, one: str, other: str) -> None:
    assert screen(opinion.format(one, other)) == screen(opinion.format(other, one)) == []


# Pieces of what is looked for, so that chance makes near misses and overlaps of all kinds.
_PIECES = [part for sentence in SENTENCES for part in sentence.text.split(" ")]
_ANY_TEXT = st.text(max_size=200) | st.lists(
    st.sampled_from(_PIECES) | st.text(max_size=3), max_size=40
).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(_ANY_TEXT)
def test_findings_lie_in_the_text_one_after_the_other(text: str) -> None:
    last = 0
    for finding in screen(text, LIVE_CASES):
        assert last <= finding.start < finding.end <= len(text)
        assert finding.tier in (1, 2)
        last = finding.end


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([each for each in SENTENCES if each.kinds and not each.is_misread]),
       st.sampled_from(["\u200b", "\u2060", "\u00ad", "\ufe0f"]), st.integers(0, 200))  # fmt: skip
def test_what_cannot_be_seen_hides_nothing(sentence: Sentence, unseen: str, place: int) -> None:
    place %= len(sentence.text)
    text = sentence.text[:place] + unseen + sentence.text[place:]
    seen = [
        (kind, words.replace(unseen, ""))
        for kind, words in in_words(text, screen(text, LIVE_CASES))
    ]
    assert seen == [(kind, words.replace(unseen, "")) for kind, words in sentence.findings]
