"""What a file may say: each fault refuses it whole and is named by its path."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from discussions.exchange.importing import import_consultation
from discussions.exchange.schema import MalformedFileError, read_content, read_file
from discussions.models import Comment, Consultation, Participant
from tests.exchange.files import a_comment, a_file, bytes_of

Content = dict[str, Any]
Spoiling = Callable[[Content], object]

_NUL, _SURROGATE = "a\x00b", "a\ud800b"


def consultation(content: Content) -> Content:
    found: Content = content["consultation"]
    return found


def discussion(content: Content) -> Content:
    found: Content = consultation(content)["discussions"][0]
    return found


def first(content: Content) -> Content:
    found: Content = discussion(content)["comments"][0]
    return found


def reply(content: Content) -> Content:
    found: Content = discussion(content)["comments"][1]
    return found


_D = "consultation.discussions[0]"
_C = f"{_D}.comments[0]"

FAULTS: dict[str, tuple[Spoiling, str]] = {
    "another format": (lambda c: c.update(format="polis"), "format"),
    "another version": (lambda c: c.update(version=2), "version"),
    "true as a version": (lambda c: c.update(version=True), "version"),
    "no consultation": (lambda c: c.pop("consultation"), "consultation"),
    "a list as consultation": (lambda c: c.update(consultation=[]), "consultation"),
    "unknown at the top": (lambda c: c.update(extra=1), "extra"),
    "unknown in a comment": (lambda c: first(c).update(votes=1), f"{_C}.votes"),
    "no title": (lambda c: consultation(c).pop("title"), "consultation.title"),
    "a number as title": (lambda c: consultation(c).update(title=7), "consultation.title"),
    "an empty title": (lambda c: consultation(c).update(title=" "), "consultation.title"),
    "an invisible title": (lambda c: consultation(c).update(title="\u200b"), "consultation.title"),
    "a title too long": (lambda c: consultation(c).update(title="x" * 201), "consultation.title"),
    "a slug with a slash": (lambda c: consultation(c).update(slug="a/b"), "consultation.slug"),
    "a slug with a line end": (lambda c: consultation(c).update(slug="a\n"), "consultation.slug"),
    "no opening": (lambda c: consultation(c).pop("opens_at"), "consultation.opens_at"),
    "a naive moment": (
        lambda c: consultation(c).update(opens_at="2025-01-01T00:00:00"),
        "consultation.opens_at",
    ),
    "a day that never was": (
        lambda c: consultation(c).update(opens_at="2025-02-30T00:00:00Z"),
        "consultation.opens_at",
    ),
    "the first moment of all": (
        lambda c: first(c).update(posted_at="0001-01-01T00:00:00+14:00"),
        f"{_C}.posted_at",
    ),
    "the last moment of all": (
        lambda c: first(c).update(posted_at="9999-12-31T23:59:59-14:00"),
        f"{_C}.posted_at",
    ),
    "a year of another age": (
        lambda c: consultation(c)["timeline"][0].update(starts_on="0001-01-01"),
        "consultation.timeline[0].starts_on",
    ),
    "a number as moment": (lambda c: first(c).update(posted_at=1735689600), f"{_C}.posted_at"),
    "edited before posted": (
        lambda c: first(c).update(edited_at="2024-01-01T00:00:00Z"),
        f"{_C}.edited_at",
    ),
    "closes before it opens": (
        lambda c: consultation(c).update(closes_at="2024-12-01T00:00:00Z"),
        "consultation.closes_at",
    ),
    "a discussion closes as it opens": (
        lambda c: discussion(c).update(
            opens_at="2025-01-05T00:00:00Z", closes_at="2025-01-05T00:00:00Z"
        ),
        f"{_D}.closes_at",
    ),
    "an event without date or state": (
        lambda c: consultation(c)["timeline"].append({"title": "Some time"}),
        "consultation.timeline[2].status",
    ),
    "an event that ends first": (
        lambda c: consultation(c)["timeline"][0].update(ends_on="2024-01-01"),
        "consultation.timeline[0].ends_on",
    ),
    "an event's note too long": (
        lambda c: consultation(c)["timeline"][0].update(note="x" * 301),
        "consultation.timeline[0].note",
    ),
    "the same comment twice": (
        lambda c: reply(c).update(id=" c1 "),
        f"{_D}.comments[1].id",
    ),
    "the same discussion twice": (
        lambda c: consultation(c)["discussions"].append({"slug": "streets", "title": "Again"}),
        "consultation.discussions[1].slug",
    ),
    "an unknown parent": (lambda c: reply(c).update(parent="c9"), f"{_D}.comments[1].parent"),
    "its own parent": (lambda c: first(c).update(parent="c1", prompt=None), f"{_C}.parent"),
    "a circle of parents": (
        lambda c: first(c).update(parent="c2", prompt=None),
        f"{_D}.comments[1].parent",
    ),
    "prompt 0": (lambda c: first(c).update(prompt=0), f"{_C}.prompt"),
    "a prompt that is not there": (lambda c: first(c).update(prompt=3), f"{_C}.prompt"),
    "true as prompt": (lambda c: first(c).update(prompt=True), f"{_C}.prompt"),
    "a reply to a prompt": (lambda c: reply(c).update(prompt=1), f"{_D}.comments[1].prompt"),
    "an organisation that hosts nothing": (
        lambda c: first(c).update(organisation="MOPAC"),
        f"{_C}.organisation",
    ),
    "an unknown status": (lambda c: first(c).update(status="deleted"), f"{_C}.status"),
    "no author": (lambda c: first(c).pop("author"), f"{_C}.author"),
    "an invisible author": (lambda c: first(c).update(author="\u3164\u200b"), f"{_C}.author"),
    "no body": (lambda c: first(c).pop("body"), f"{_C}.body"),
    "an empty body": (lambda c: first(c).update(body=" \n "), f"{_C}.body"),
    "an invisible body": (lambda c: first(c).update(body="\u200b\u3164\u2800"), f"{_C}.body"),
    "a body too long": (lambda c: first(c).update(body="x" * 4_001), f"{_C}.body"),
    "a body in parts": (lambda c: first(c).update(body=["a", "b"]), f"{_C}.body"),
    "a count below zero": (lambda c: first(c).update(agree=-1), f"{_C}.agree"),
    "a count too large": (lambda c: first(c).update(agree=2**31), f"{_C}.agree"),
    "half an agreement": (lambda c: first(c).update(agree=0.5), f"{_C}.agree"),
    "true as a count": (lambda c: first(c).update(disagree=True), f"{_C}.disagree"),
    "a count in a text": (
        lambda c: consultation(c).update(earlier_responses="12"),
        "consultation.earlier_responses",
    ),
    "1 for true": (lambda c: consultation(c).update(draft=1), "consultation.draft"),
    "yes for true": (lambda c: consultation(c).update(draft="yes"), "consultation.draft"),
    "an unknown verdict": (
        lambda c: consultation(c)["outcome"]["points"][0].update(verdict="maybe"),
        "consultation.outcome.points[0].verdict",
    ),
    "more prompts than anyone answers": (
        lambda c: discussion(c).update(prompts=["Why?"] * 40_000),
        f"{_D}.prompts",
    ),
    "a text for a list": (lambda c: discussion(c).update(comments="c1"), f"{_D}.comments"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_its_path(name: str) -> None:
    spoil, path = FAULTS[name]
    content = a_file()
    read_content(content)
    spoil(content)
    with pytest.raises(MalformedFileError) as refusal:
        read_file(bytes_of(content))
    assert any(line.startswith(f"{path}: ") for line in str(refusal.value).splitlines())


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["another version", "a circle of parents", "an empty body"])
def test_a_malformed_file_changes_nothing(name: str) -> None:
    content = a_file()
    FAULTS[name][0](content)
    with pytest.raises(MalformedFileError):
        import_consultation(read_file(bytes_of(content)))
    assert not Consultation.objects.exists()
    assert not Participant.objects.exists()


def test_every_fault_is_named_at_once() -> None:
    content = a_file()
    for name in ("no title", "no author"):
        FAULTS[name][0](content)
    reply(content)["agree"] = 0.5
    with pytest.raises(MalformedFileError) as refusal:
        read_content(content)
    assert {line.partition(":")[0] for line in str(refusal.value).splitlines()} == {
        "consultation.title",
        f"{_C}.author",
        f"{_D}.comments[1].agree",
    }


def test_of_very_many_faults_the_first_are_named_and_the_others_counted() -> None:
    content = a_file()
    discussion(content)["comments"] = [{"id": str(number)} for number in range(10_000)]
    with pytest.raises(MalformedFileError) as refusal:
        read_content(content)
    lines = str(refusal.value).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "… and 9,950 more"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "Line 1, column 1: not JSON"),
        (b'{"format":\n "x" "y"}', "Line 2, column 6: not JSON"),
        ('{"format": "é"}'.encode("latin-1"), "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "thousands of digits"),
        (b"[]", "file: Invalid input type."),
        (b"null", "file: Invalid input type."),
        (b'"text"', "file: Invalid input type."),
    ],
)
def test_what_is_no_file_of_this_format_is_told_in_a_sentence(source: bytes, words: str) -> None:
    with pytest.raises(MalformedFileError) as refusal:
        read_file(source)
    assert words in str(refusal.value)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_file(b"\xef\xbb\xbf" + bytes_of(a_file()))["slug"] == "our-plan"


def test_numbers_beyond_all_bounds_are_faults_of_their_fields() -> None:
    for number in ("1e400", "-1e400", "NaN", "9" * 300):
        source = bytes_of(a_file()).replace(b'"agree": 3', f'"agree": {number}'.encode())
        with pytest.raises(MalformedFileError, match=r"comments\[0\]\.agree"):
            read_file(source)


def _paths_of_texts(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401
    if isinstance(value, dict):
        return [each for key in value for each in _paths_of_texts(value[key], (*path, key))]
    if isinstance(value, list):
        found = enumerate(value)
        return [each for index, below in found for each in _paths_of_texts(below, (*path, index))]
    return [path] if isinstance(value, str) else []


@pytest.mark.parametrize("path", _paths_of_texts(a_file()["consultation"]), ids=str)
@pytest.mark.parametrize("text", [_NUL, _SURROGATE], ids=["NUL", "surrogate"])
def test_no_text_brings_in_a_character_that_cannot_be_kept(
    path: tuple[Any, ...], text: str
) -> None:
    content = a_file()
    place = content["consultation"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = text
    with pytest.raises(MalformedFileError) as refusal:
        read_file(json.dumps(content).encode())
    assert str(path[-1]) in str(refusal.value)
    str(refusal.value).encode()  # and can be printed


def test_a_fault_in_a_name_can_be_printed() -> None:
    content = a_file()
    content["\ud800\x1b[2J"] = 1
    with pytest.raises(MalformedFileError) as refusal:
        read_content(content)
    assert str(refusal.value).isprintable()


def test_nesting_short_of_too_deep_is_a_fault_of_its_field() -> None:
    nested: Any = 1
    for _level in range(400):
        nested = [nested]
    content = a_file()
    first(content)["body"] = nested
    with pytest.raises(MalformedFileError, match=r"comments\[0\]\.body"):
        read_content(content)


def _chain(length: int) -> Content:
    content = a_file()
    comments = [a_comment(f"c{number}", parent=f"c{number - 1}") for number in range(length)]
    comments[0]["parent"] = None
    discussion(content)["comments"] = comments[::-1]
    return content


_LONG_CHAIN = 20_000  # where anything quadratic takes minutes


def test_a_very_long_chain_of_replies_is_read_in_linear_time() -> None:
    content = _chain(_LONG_CHAIN)
    start = time.process_time()
    assert len(read_content(content)["discussions"][0]["comments"]) == _LONG_CHAIN
    assert time.process_time() - start < 10


def test_a_very_long_circle_of_replies_is_refused_in_linear_time() -> None:
    content = _chain(_LONG_CHAIN)
    discussion(content)["comments"][-1]["parent"] = f"c{_LONG_CHAIN - 1}"
    start = time.process_time()
    with pytest.raises(MalformedFileError, match="and 19,950 more"):
        read_content(content)
    assert time.process_time() - start < 10


def test_a_draft_needs_no_dates() -> None:
    content = a_file()
    consultation(content).update(draft=True)
    del consultation(content)["opens_at"], consultation(content)["closes_at"]
    assert read_content(content)["opens_at"] is None


@pytest.mark.django_db
def test_a_chain_of_replies_longer_than_a_path_may_be_is_brought_in() -> None:
    import_consultation(read_content(_chain(500)))
    assert Comment.objects.count() == 500
    assert Comment.objects.get(reference="c0").reply_count >= 200
