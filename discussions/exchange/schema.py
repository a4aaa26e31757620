"""The JSON exchange format, version 1: what a file may say, and which field is at fault."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError as TextError
from marshmallow import Schema, ValidationError, fields, post_load, validate

from accounts.characters import shows_something
from discussions.comment_text import check_body, clean_body
from discussions.exchange import answers
from discussions.models import Comment, OutcomePoint, Source, TimelineEvent

FORMAT = "talk-london/consultation"
VERSION = 1
NEEDS_NO_AUTHOR = (Comment.Status.HIDDEN, Comment.Status.WITHDRAWN)
NAMELESS = "?"  # the author of a placeholder that came without one; no page shows it

_SLUG = validate.Regexp(
    r"[-a-zA-Z0-9_]{1,50}\Z", error="Give at most 50 letters, digits and hyphens."
)
_COUNT = validate.Range(min=0, max=2_000_000_000)
_YEARS = range(1900, 2200)  # others are slips, and the ends of the calendar break time zones
_LONG = 20_000  # characters of a text by staff
_NOTE = 300
_MANY = validate.Length(max=1_000)
_LINK = validate.Length(max=200)
_COUNTED_NOTE = re.compile(r"(?:(?P<own>.*) )?Londoners have responded [\d,]+ times?", re.DOTALL)
_NOT_TO_BE_KEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_FAULTS_NAMED = 50


class MalformedFileError(Exception):
    """The file is refused whole. Its text names each faulty field by path, one a line."""


class Text(fields.String):
    """A text that the database can keep, trimmed, of a bounded length."""

    def __init__(self, most: int, *, least: int = 0, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=most), **options)
        self.least = least

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - marshmallow's signature
        text: str = super()._deserialize(value, *args, **kwargs)
        if _NOT_TO_BE_KEPT.search(text):
            raise ValidationError("Has a character that cannot be kept.")
        text = text.strip()
        if self.least and not shows_something(text):
            raise ValidationError("There is nothing to read.")
        return text


class Whole(fields.Integer):
    """A whole number; true and false are none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, **options)

    def _validated(self, value: Any) -> int:  # noqa: ANN401 - marshmallow's signature
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Flag(fields.Boolean):
    """true or false; 0, 1 and "no" are neither."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:  # noqa: ANN401 - marshmallow's signature
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Day(fields.Date):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:  # noqa: ANN401 - marshmallow's signature
        day: date = super()._deserialize(value, *args, **kwargs)
        if day.year not in _YEARS:
            raise self.make_error("invalid", input=value)
        return day


class Moment(fields.AwareDateTime):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:  # noqa: ANN401 - marshmallow's signature
        moment: datetime = super()._deserialize(value, *args, **kwargs)
        if moment.year not in _YEARS:
            raise self.make_error("invalid", input=value)
        return moment.astimezone(UTC)


def _moment(**options: Any) -> Moment:
    wrong = "Not a moment such as 2025-02-12T23:59:59Z."
    messages: dict[str, Any] = {"invalid": wrong, "invalid_awareness": wrong, "format": wrong}
    return Moment(format="iso", error_messages=messages, **options)


class SourceSchema(Schema):
    """Where words come from that nobody typed on the site."""

    kind = fields.String(required=True, validate=validate.OneOf(Source.Kind.values))
    place = Text(120, load_default="")
    on = Day(load_default=None, allow_none=True)


class CommentSchema(Schema):
    id = Text(80, least=1, required=True)
    parent = Text(80, load_default=None, allow_none=True)
    depth = Whole(validate=_COUNT)  # for whoever reads the file; the parents tell
    prompt = Whole(load_default=None, allow_none=True)
    author = Text(40, least=1, load_default=None, allow_none=True)
    organisation = Text(80, load_default="")
    posted_at = _moment(required=True)
    edited_at = _moment(load_default=None, allow_none=True)
    status = fields.String(load_default="published", validate=validate.OneOf(Comment.Status.values))
    agree = Whole(load_default=0, validate=_COUNT)
    disagree = Whole(load_default=0, validate=_COUNT)
    source = fields.Nested(SourceSchema, load_default=None, allow_none=True)
    official = Flag(load_default=False)  # a host's answer that is pinned
    body = Text(1_000_000, load_default=None, allow_none=True)

    @post_load
    def _body_is_a_comment(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        data["body"] = clean_body(data["body"] or "")
        is_shown = data["status"] not in NEEDS_NO_AUTHOR
        if is_shown and data["author"] is None:
            raise ValidationError("Missing data for required field.", "author")
        if data["edited_at"] is not None and data["edited_at"] < data["posted_at"]:
            raise ValidationError("Edited before it was posted.", "edited_at")
        try:
            if is_shown or data["body"]:
                check_body(data["body"])
        except TextError as error:
            raise ValidationError(error.messages, "body") from error
        return data


class HostSchema(Schema):
    name = Text(40, least=1, required=True)
    organisation = Text(80, least=1, required=True)


class DiscussionSchema(Schema):
    slug = fields.String(required=True, validate=_SLUG)
    title = Text(200, least=1, required=True)
    introduction = fields.List(Text(_LONG, least=1), load_default=list, validate=_MANY)
    prompts = fields.List(Text(300, least=1), load_default=list, validate=_MANY)
    hosts = fields.List(fields.Nested(HostSchema), load_default=list, validate=_MANY)
    notice = Text(300, load_default="")
    opens_at = _moment(load_default=None, allow_none=True)
    closes_at = _moment(load_default=None, allow_none=True)
    comments = fields.List(fields.Nested(CommentSchema), load_default=list)


class EventSchema(Schema):
    title = Text(200, least=1, required=True)
    note = Text(_NOTE + 100, load_default="")
    starts_on = Day(load_default=None, allow_none=True)
    ends_on = Day(load_default=None, allow_none=True)
    status = fields.String(load_default="", validate=validate.OneOf(TimelineEvent.State.values))
    link = fields.Url(load_default="", schemes={"http", "https"}, validate=_LINK)

    @post_load
    def _has_date_or_status(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        if data["starts_on"] is None and not data["status"]:
            raise ValidationError("Give a date, or say whether it has happened.", "status")
        if data["ends_on"] and (data["starts_on"] is None or data["ends_on"] < data["starts_on"]):
            raise ValidationError("Ends before it starts.", "ends_on")
        counted = _COUNTED_NOTE.fullmatch(data["note"])
        data["is_the_discussion"] = counted is not None
        if counted:
            data["note"] = (counted["own"] or "").strip()  # the figure is counted afresh
        if len(data["note"]) > _NOTE:
            raise ValidationError(f"Longer than maximum length {_NOTE}.", "note")
        return data


class PointSchema(Schema):
    heard = Text(_LONG, least=1, required=True)
    answer = Text(_LONG, least=1, required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(OutcomePoint.Verdict.values))
    decision_title = Text(200, load_default="")
    decision_url = fields.Url(load_default="", schemes={"http", "https"}, validate=_LINK)
    # Comments as "discussion/id"; None: the file does not speak of them.
    cites = fields.List(Text(140, least=1), load_default=None, allow_none=True, validate=_MANY)


class UpdateSchema(Schema):
    title = Text(200, least=1, required=True)
    text = Text(_LONG, least=1, required=True)
    published_at = _moment(required=True)


class OutcomeSchema(Schema):
    published_at = _moment(load_default=None, allow_none=True)
    introduction = Text(_LONG, load_default="")
    points = fields.List(fields.Nested(PointSchema), load_default=list, validate=_MANY)


class ConsultationSchema(Schema):
    slug = fields.String(required=True, validate=_SLUG)
    title = Text(200, least=1, required=True)
    owner = Text(80, least=1, load_default="MOPAC")
    summary = Text(_LONG, load_default="")
    # None: the file does not speak of it, and what is here stays.
    why_now = Text(_LONG, load_default=None)
    information = Text(_LONG, load_default=None)
    other_ways = Text(_LONG, load_default=None)
    host_promise = Text(200, load_default=None)
    answer_due_on = Day(load_default=None)
    draft = Flag(load_default=False)
    opens_at = _moment(load_default=None, allow_none=True)
    closes_at = _moment(load_default=None, allow_none=True)
    earlier_respondents = Whole(load_default=0, validate=_COUNT)
    earlier_responses = Whole(load_default=0, validate=_COUNT)
    # Who responded in the discussions, and whom no author of a comment in the file stands for.
    other_respondents = Whole(load_default=0, validate=_COUNT)
    timeline = fields.List(fields.Nested(EventSchema), load_default=list, validate=_MANY)
    outcome = fields.Nested(OutcomeSchema, load_default=None, allow_none=True)
    updates = fields.List(fields.Nested(UpdateSchema), load_default=list, validate=_MANY)
    # Hosts who answer in discussions that do not name them.
    hosts = fields.List(fields.Nested(HostSchema), load_default=list, validate=_MANY)
    discussions = fields.List(fields.Nested(DiscussionSchema), load_default=list, validate=_MANY)


class FileSchema(Schema):
    format = fields.String(required=True, validate=validate.Equal(FORMAT))
    version = Whole(required=True, validate=validate.Equal(VERSION))
    note = fields.String(load_default="")
    consultation = fields.Nested(ConsultationSchema, required=True)


def read_file(source: bytes) -> dict[str, Any]:
    """The consultation that a file describes, checked. Raises MalformedFileError."""
    try:
        content = json.loads(source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MalformedFileError("The file is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise MalformedFileError(
            f"Line {error.lineno}, column {error.colno}: not JSON ({error.msg})."
        ) from error
    except ValueError as error:
        raise MalformedFileError("The file has a number of thousands of digits.") from error
    except RecursionError as error:
        raise MalformedFileError("The file is nested too deeply.") from error
    return read_content(content)


def read_content(content: Any) -> dict[str, Any]:  # noqa: ANN401 - anything JSON can be
    """The same for a file that has been parsed."""
    try:
        loaded: dict[str, Any] = FileSchema().load(content)
    except ValidationError as error:
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        faults = (f"{path}: {each}" for path, each in _flat(messages, ""))
        raise MalformedFileError(_lines(faults)) from error
    consultation: dict[str, Any] = loaded["consultation"]
    lines = _lines(_cross_faults(consultation))
    if lines:
        raise MalformedFileError(lines)
    return consultation


def paragraphs(text: str) -> list[str]:
    """An introduction as the format has it: a list of paragraphs."""
    return [each.strip() for each in re.split(r"(?:\r?\n){2,}", text) if each.strip()]


def _lines(faults: Iterator[str]) -> str:
    named = list(islice(faults, _FAULTS_NAMED))
    if more := sum(1 for _each in faults):
        named.append(f"… and {more:,} more")
    return "\n".join(named)


def _flat(messages: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a tree of them
    if not isinstance(messages, Mapping):
        yield from ((path or "file", str(each)) for each in messages)
        return
    for key, below in messages.items():
        if isinstance(key, int):
            yield from _flat(below, f"{path}[{key}]")
        else:
            yield from _flat(
                below, path if key == "_schema" else f"{path}.{_name(key)}".lstrip(".")
            )


def _name(key: str) -> str:
    """A field's name as it can be printed; the file may have put anything there."""
    return ascii(key[:60])[1:-1]


def _cross_faults(consultation: dict[str, Any]) -> Iterator[str]:
    """What no field can tell by itself."""
    for name in ("opens_at", "closes_at"):
        if consultation[name] is None and not consultation["draft"]:
            yield f"consultation.{name}: Missing data for required field."
    yield from _window_faults(consultation, "consultation")
    slugs: set[str] = set()
    for index, discussion in enumerate(consultation["discussions"]):
        path = f"consultation.discussions[{index}]"
        if discussion["slug"] in slugs:
            yield f"{path}.slug: Another discussion has it."
        slugs.add(discussion["slug"])
        yield from _window_faults(discussion, path)
        yield from _comment_faults(discussion, consultation["hosts"], path)
    yield from answers.cross_faults(consultation)


def _window_faults(row: dict[str, Any], path: str) -> Iterator[str]:
    opens_at, closes_at = row["opens_at"], row["closes_at"]
    if opens_at and closes_at and closes_at <= opens_at:
        yield f"{path}.closes_at: Closes before it opens."


def _comment_faults(
    discussion: dict[str, Any], other_hosts: list[dict[str, Any]], path: str
) -> Iterator[str]:
    hosts = {(each["name"], each["organisation"]) for each in [*discussion["hosts"], *other_hosts]}
    parents: dict[str, str | None] = {}
    for index, comment in enumerate(discussion["comments"]):
        here = f"{path}.comments[{index}]"
        if comment["id"] in parents:
            yield f"{here}.id: Another comment has it."
        parents[comment["id"]] = comment["parent"]
        yield from _prompt_faults(comment, len(discussion["prompts"]), here)
        if comment["organisation"] and (comment["author"], comment["organisation"]) not in hosts:
            yield f"{here}.organisation: This author is not among the hosts."
        if comment["official"] and not comment["organisation"]:
            yield f"{here}.official: Only a host answers officially."
    yield from _parent_faults(discussion["comments"], parents, path)


def _prompt_faults(comment: dict[str, Any], prompts: int, here: str) -> Iterator[str]:
    if comment["prompt"] is None:
        return
    if comment["parent"] is not None:
        yield f"{here}.prompt: A reply answers a comment, not a prompt."
    elif not 1 <= comment["prompt"] <= prompts:
        yield f"{here}.prompt: There is no such prompt."


def _parent_faults(
    comments: list[dict[str, Any]], parents: dict[str, str | None], path: str
) -> Iterator[str]:
    circular = _circular(parents)
    for index, comment in enumerate(comments):
        here = f"{path}.comments[{index}].parent"
        if comment["parent"] is not None and comment["parent"] not in parents:
            yield f"{here}: There is no such comment."
        elif comment["id"] in circular:
            yield f"{here}: The comment would answer itself."


def _circular(parents: dict[str, str | None]) -> set[str]:
    """Those whose chain of parents never ends."""
    ends: set[str | None] = {None}
    circular: set[str] = set()
    for start in parents:
        trail: dict[str, None] = {}  # in order, and quick to look up
        at: str | None = start
        while at in parents and at not in trail and at not in ends and at not in circular:
            trail[at] = None
            at = parents[at]
        if at in trail or at in circular:
            circular.update(trail)
        else:
            ends.update(trail)
    return circular
