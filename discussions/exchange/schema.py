"""The JSON exchange format, version 1: what a file may say, and which field is at fault."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError as TextError
from marshmallow import Schema, ValidationError, fields, post_load, validate

from discussions.comment_text import check_body, clean_body
from discussions.models import Comment, OutcomePoint, TimelineEvent

FORMAT = "talk-london/consultation"
VERSION = 1

_SLUG = validate.Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", error="Give lower-case words and hyphens.")
_COUNT = validate.Range(min=0, max=2_000_000_000)
_COUNTED_NOTE = re.compile(r"Londoners have responded [\d,]+ times?")


class MalformedFileError(Exception):
    """The file is refused whole. Its text names each faulty field by path, one a line."""


class Text(fields.String):
    """A text that the database can keep, trimmed, of a bounded length."""

    def __init__(self, most: int, *, least: int = 0, **options: Any) -> None:  # noqa: ANN401
        super().__init__(validate=validate.Length(min=least, max=most), **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401 - marshmallow's signature
        text: str = super()._deserialize(value, *args, **kwargs)
        if re.search("[\x00\ud800-\udfff]", text):
            raise ValidationError("Has a character that cannot be kept.")
        return text.strip()


class Moment(fields.AwareDateTime):
    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:  # noqa: ANN401 - marshmallow's signature
        moment: datetime = super()._deserialize(value, *args, **kwargs)
        return moment.astimezone(UTC)


def _moment(**options: Any) -> Moment:  # noqa: ANN401
    wrong = "Not a moment such as 2025-02-12T23:59:59Z."
    messages = {"invalid": wrong, "invalid_awareness": wrong, "format": wrong}
    return Moment(format="iso", error_messages=messages, **options)


class CommentSchema(Schema):
    id = Text(80, least=1, required=True)
    parent = Text(80, load_default=None, allow_none=True)
    prompt = fields.Integer(load_default=None, allow_none=True, strict=True)
    author = Text(40, least=1, load_default=None, allow_none=True)
    organisation = Text(80, load_default="")
    posted_at = _moment(required=True)
    edited_at = _moment(load_default=None, allow_none=True)
    status = fields.String(load_default="published", validate=validate.OneOf(Comment.Status.values))
    agree = fields.Integer(load_default=0, strict=True, validate=_COUNT)
    disagree = fields.Integer(load_default=0, strict=True, validate=_COUNT)
    body = fields.String(load_default=None, allow_none=True)

    @post_load
    def _body_is_a_comment(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:  # noqa: ANN401
        data["body"] = clean_body(data["body"] or "")
        is_shown = data["status"] in (Comment.Status.PUBLISHED, Comment.Status.HELD)
        if is_shown and data["author"] is None:
            raise ValidationError("Missing data for required field.", "author")
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
    slug = fields.String(required=True, validate=[_SLUG, validate.Length(max=50)])
    title = Text(200, least=1, required=True)
    introduction = fields.List(Text(5_000, least=1), load_default=list)
    prompts = fields.List(Text(300, least=1), load_default=list)
    hosts = fields.List(fields.Nested(HostSchema), load_default=list)
    notice = Text(300, load_default="")
    opens_at = _moment(load_default=None, allow_none=True)
    closes_at = _moment(load_default=None, allow_none=True)
    comments = fields.List(fields.Nested(CommentSchema), load_default=list)


class EventSchema(Schema):
    title = Text(200, least=1, required=True)
    note = Text(300, load_default="")
    starts_on = fields.Date(load_default=None, allow_none=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    status = fields.String(load_default="", validate=validate.OneOf(TimelineEvent.State.values))

    @post_load
    def _has_date_or_status(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:  # noqa: ANN401
        if data["starts_on"] is None and not data["status"]:
            raise ValidationError("Give a date, or say whether it has happened.", "status")
        if data["ends_on"] and (data["starts_on"] is None or data["ends_on"] < data["starts_on"]):
            raise ValidationError("Ends before it starts.", "ends_on")
        data["is_the_discussion"] = _COUNTED_NOTE.fullmatch(data["note"]) is not None
        if data["is_the_discussion"]:
            data["note"] = ""  # the figure is counted afresh
        return data


class PointSchema(Schema):
    heard = Text(3_000, least=1, required=True)
    answer = Text(3_000, least=1, required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(OutcomePoint.Verdict.values))


class OutcomeSchema(Schema):
    published_at = _moment(required=True)
    introduction = Text(5_000, load_default="")
    points = fields.List(fields.Nested(PointSchema), load_default=list)


class ConsultationSchema(Schema):
    slug = fields.String(required=True, validate=[_SLUG, validate.Length(max=50)])
    title = Text(200, least=1, required=True)
    owner = Text(80, least=1, load_default="MOPAC")
    summary = Text(5_000, load_default="")
    draft = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    opens_at = _moment(required=True)
    closes_at = _moment(required=True)
    earlier_respondents = fields.Integer(load_default=0, strict=True, validate=_COUNT)
    earlier_responses = fields.Integer(load_default=0, strict=True, validate=_COUNT)
    timeline = fields.List(fields.Nested(EventSchema), load_default=list)
    outcome = fields.Nested(OutcomeSchema, load_default=None, allow_none=True)
    discussions = fields.List(fields.Nested(DiscussionSchema), load_default=list)


class FileSchema(Schema):
    format = fields.String(required=True, validate=validate.Equal(FORMAT))
    version = fields.Integer(required=True, strict=True, validate=validate.Equal(VERSION))
    note = fields.String(load_default="")
    consultation = fields.Nested(ConsultationSchema, required=True)


def read_file(source: bytes) -> dict[str, Any]:
    """The consultation that a file describes, checked. Raises MalformedFileError."""
    try:
        content = json.loads(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedFileError("The file is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise MalformedFileError(
            f"Line {error.lineno}, column {error.colno}: not JSON ({error.msg})."
        ) from error
    except RecursionError as error:
        raise MalformedFileError("The file is nested too deeply.") from error
    return read_content(content)


def read_content(content: Any) -> dict[str, Any]:  # noqa: ANN401 - anything JSON can be
    """The same for a file that has been parsed."""
    try:
        loaded: dict[str, Any] = FileSchema().load(content)
    except ValidationError as error:
        raise MalformedFileError(_lines(error.normalized_messages())) from error
    consultation: dict[str, Any] = loaded["consultation"]
    faults = list(_cross_faults(consultation))
    if faults:
        raise MalformedFileError("\n".join(faults))
    return consultation


def _lines(messages: Mapping[str, Any]) -> str:
    return "\n".join(f"{path}: {message}" for path, message in _flat(messages, ""))


def _flat(messages: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - a tree of them
    if not isinstance(messages, Mapping):
        yield from ((path or "file", str(each)) for each in messages)
        return
    for key, below in messages.items():
        if isinstance(key, int):
            yield from _flat(below, f"{path}[{key}]")
        else:
            yield from _flat(below, path if key == "_schema" else f"{path}.{key}".lstrip("."))


def _cross_faults(consultation: dict[str, Any]) -> Iterator[str]:
    """What no field can tell by itself."""
    if consultation["closes_at"] <= consultation["opens_at"]:
        yield "consultation.closes_at: Closes before it opens."
    slugs: set[str] = set()
    for index, discussion in enumerate(consultation["discussions"]):
        path = f"consultation.discussions[{index}]"
        if discussion["slug"] in slugs:
            yield f"{path}.slug: Another discussion has it."
        slugs.add(discussion["slug"])
        opens_at, closes_at = discussion["opens_at"], discussion["closes_at"]
        if opens_at and closes_at and closes_at <= opens_at:
            yield f"{path}.closes_at: Closes before it opens."
        yield from _comment_faults(discussion, path)


def _comment_faults(discussion: dict[str, Any], path: str) -> Iterator[str]:
    hosts = {(host["name"], host["organisation"]) for host in discussion["hosts"]}
    parents: dict[str, str | None] = {}
    for index, comment in enumerate(discussion["comments"]):
        here = f"{path}.comments[{index}]"
        if comment["id"] in parents:
            yield f"{here}.id: Another comment has it."
        parents[comment["id"]] = comment["parent"]
        if comment["prompt"] is not None:
            if comment["parent"] is not None:
                yield f"{here}.prompt: A reply answers a comment, not a prompt."
            elif not 1 <= comment["prompt"] <= len(discussion["prompts"]):
                yield f"{here}.prompt: There is no such prompt."
        if comment["organisation"] and (comment["author"], comment["organisation"]) not in hosts:
            yield f"{here}.organisation: This author is not among the hosts."
    circular = _circular(parents)
    for index, comment in enumerate(discussion["comments"]):
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
        trail: list[str] = []
        at: str | None = start
        passed: set[str] = set()
        while at is not None and at in parents and at not in passed:
            if at in ends or at in circular:
                break
            trail.append(at)
            passed.add(at)
            at = parents[at]
        if at is not None and (at in passed or at in circular):
            circular.update(trail)
        else:
            ends.update(trail)
    return circular
