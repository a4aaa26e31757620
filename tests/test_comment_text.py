"""What the text of a comment may be: words stay, what cannot be seen is dropped."""

import time
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from discussions.comment_text import check_body, clean_body
from discussions.models.comments import BODY_LENGTH


@pytest.mark.parametrize(
    "body",
    [
        "",
        " \n\t ",
        "\u200b",
        "\u3164",
        "\u2800",
        "\u202e",
        "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200c\u200d\u2060\ufe0f\uffa0",
        "\u0301\u0302",
        "\U000e0041\U000e0042",
        "\U0001d159",
        "\x00\x1b",
    ],
    ids=ascii,
)
def test_a32_a_text_that_shows_nothing_is_no_comment(body: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_body(clean_body(body))
    assert refusal.value.message == "Enter a comment."


@pytest.mark.parametrize("body", ["?", "👍", "1", "é", "字", "\u200bx", "-"])
def test_a_text_of_one_sign_is_a_comment(body: str) -> None:
    check_body(clean_body(body))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b\udfff", "ab"),
        ("a\u202eb\u202c", "ab"),
        ("\u2066a\u2069", "a"),
        ("a\x1b[31mb", "a[31mb"),
        ("\ufeffa", "a"),
        ("a\ufffe\uffffb", "ab"),
        ("a\x7f\x9fb", "ab"),
    ],
    ids=ascii,
)
def test_a33_what_harms_a_page_is_dropped(text: str, kept: str) -> None:
    assert clean_body(text) == kept


@pytest.mark.parametrize(
    "mark",
    ["\u0301", "\u0e49", "\u064e", "\u05b0", "\u20dd", "\U0001e944", "\U000e0100"],
    ids=ascii,
)
def test_a33_a_pile_of_marks_is_cut_down(mark: str) -> None:
    kept = clean_body("g" + mark * 500 + " next")
    assert len(kept) <= len("g next") + 5
    assert unicodedata.normalize("NFD", kept).startswith("g" + mark)
    assert kept.endswith(" next")


@pytest.mark.parametrize(
    "text",
    [
        "שָׁלוֹם עֲלֵיכֶם",  # Hebrew with its points
        "السَّلامُ عَلَيْكُمْ، كيف حالكم؟",
        "می‌خواهم در لندن بمانم",  # Persian, with a zero-width non-joiner
        "क्षेत्र में अधिक रोशनी चाहिए",
        "শহরে আরও আলো দরকার",
        "ශ්‍රී ලංකාව",  # Sinhala, with a zero-width joiner
        "எங்கள் தெருவில் விளக்குகள்",
        "ถนนของเราต้องการไฟเพิ่มที่นี่",
        "Đường phố của chúng tôi cần thêm ánh sáng",
        "ကျွန်ုပ်တို့၏ လမ်း",
        "བོད་ཡིག་བསྒྲུབས",
        "我们的街道需要更多的灯",
        "👩🏽‍🚒 👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "left \u200eto\u200f right",
        "a soft\u00adhyphen, a no-break\u00a0space",
        'tab\tstop, 2 < 3 && "quoted"',
    ],
    ids=ascii,
)
def test_every_script_comes_through_unchanged(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert clean_body(text) == composed
    assert clean_body(clean_body(text)) == composed


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\u2028", "\x0b", "\x0c", "\x85"], ids=ascii)
def test_a_line_end_of_any_kind_counts_as_one_character(end: str) -> None:
    assert clean_body(f"One{end}two") == "One\ntwo"


def test_a_browsers_line_ends_do_not_make_a_text_too_long() -> None:
    lines = "x\r\n" * (BODY_LENGTH // 2)
    check_body(clean_body(lines))
    assert len(clean_body(lines)) == BODY_LENGTH - 1


def test_empty_lines_in_a_row_are_one() -> None:
    assert clean_body("One\n\n\n \t\n  two\n \nthree\n\n") == "One\n\n  two\n\nthree"


def test_marks_are_composed_so_that_search_finds_them() -> None:
    assert clean_body("cafe\u0301") == "caf\u00e9"


@pytest.mark.parametrize(
    ("over", "words"),
    [(1, "1 character too long. It can have up to 4,000."), (1_234, "1,234 characters too long.")],
)
def test_a_text_too_long_is_told_by_how_much(over: int, words: str) -> None:
    check_body("x" * BODY_LENGTH)
    with pytest.raises(ValidationError) as refusal:
        check_body("x" * (BODY_LENGTH + over))
    assert words in refusal.value.message


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters()) | st.text("\u0301\u0323ae\n \r\u200d\u2028\u202e\x00\ud800"))
def test_a_clean_text_is_clean(text: str) -> None:
    body = clean_body(text)
    assert clean_body(body) == body
    body.encode()
    assert not any(
        unicodedata.category(each) in ("Cc", "Cs") for each in body if each not in "\n\t"
    )


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_words_are_never_changed(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert clean_body(text) == composed.strip()


@pytest.mark.parametrize("piece", ["\n ", "\u0301", "\r\n", "a\u0301\u0302\u0303\u0304", "\u202e"])
def test_the_longest_text_that_can_be_sent_is_cleaned_in_no_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    clean_body(text)
    assert time.process_time() - start < 1
