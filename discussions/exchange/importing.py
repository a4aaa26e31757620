"""A consultation from a file, in one transaction. Importing it again changes nothing.

What the file says of the consultation itself is brought up to date. Comments are only added:
those that are here already stay as they are, because moderators and their authors may have acted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from discussions.exchange.schema import MalformedFileError
from discussions.markup import body_html
from discussions.models import (
    Comment,
    Consultation,
    Discussion,
    OutcomePoint,
    Participant,
    Prompt,
    TimelineEvent,
)
from discussions.posting import next_ids, path_below
from discussions.responses import recount

_NAMELESS = "?"  # of a placeholder that came without its author; no page shows it
_BATCH = 2_000


@dataclass
class Report:
    """What an import did."""

    consultation: Consultation
    changed: list[str] = field(default_factory=list)
    comments_added: int = 0
    comments_here: int = 0


def import_consultation(content: dict[str, Any]) -> Report:
    """Take in what discussions.exchange.schema has read.

    Raises MalformedFileError if the file contradicts what is here already.
    """
    with transaction.atomic():
        report = Report(_consultation(content))
        consultation = report.consultation
        _replace(report, consultation.events, _events(consultation, content["timeline"]))
        points = (content["outcome"] or {}).get("points", [])
        _replace(report, consultation.outcome_points, _points(consultation, points))
        people = _People(consultation)
        for position, rows in enumerate(content["discussions"]):
            _import_discussion(report, people, position, rows)
        if report.comments_added:
            recount(consultation)
    return report


def _consultation(content: dict[str, Any]) -> Consultation:
    outcome = content["outcome"] or {}
    found = Consultation.objects.select_for_update(no_key=True).filter(slug=content["slug"]).first()
    consultation: Consultation = found or Consultation(slug=content["slug"])
    for name in ("title", "owner", "summary", "opens_at", "closes_at"):
        setattr(consultation, name, content[name])
    consultation.earlier_respondents = content["earlier_respondents"]
    consultation.earlier_responses = content["earlier_responses"]
    consultation.outcome_published_at = outcome.get("published_at")
    consultation.outcome_introduction = outcome.get("introduction", "")
    if content["draft"]:
        consultation.published_at = None
    elif consultation.published_at is None:
        consultation.published_at = min(timezone.now(), content["opens_at"])
    consultation.save()
    return consultation


def _events(consultation: Consultation, rows: list[dict[str, Any]]) -> list[TimelineEvent]:
    return [
        TimelineEvent(
            consultation=consultation,
            position=position,
            title=row["title"],
            note=row["note"],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            stated=row["status"],
            is_the_discussion=row["is_the_discussion"],
        )
        for position, row in enumerate(rows, start=1)
    ]


def _points(consultation: Consultation, rows: list[dict[str, Any]]) -> list[OutcomePoint]:
    return [
        OutcomePoint(consultation=consultation, position=position, **row)
        for position, row in enumerate(rows, start=1)
    ]


def _replace(report: Report, here: Any, wanted: Sequence[models.Model]) -> None:  # noqa: ANN401 - a related manager of either kind
    """Exchange the rows as a whole, unless they are the same already."""
    if [_values(row) for row in here.all()] == [_values(row) for row in wanted]:
        return
    here.all().delete()
    here.bulk_create(wanted)
    report.changed.append(str(here.model._meta.verbose_name_plural))


def _values(row: models.Model) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.fields if not each.primary_key}


def _import_discussion(
    report: Report, people: "_People", position: int, rows: dict[str, Any]
) -> None:
    path = f"consultation.discussions[{position}]"
    discussion, is_new = Discussion.objects.get_or_create(
        consultation=report.consultation, slug=rows["slug"]
    )
    _set(discussion, position, rows)
    prompts = _prompts(discussion, rows["prompts"], path)
    discussion.hosts.set([people.host(each["name"], each["organisation"]) for each in rows["hosts"]])
    here = {} if is_new else _here(discussion)
    _check_same(here, rows["comments"], path)
    new = [row for row in rows["comments"] if row["id"] not in here]
    report.comments_here += len(rows["comments"]) - len(new)
    report.comments_added += len(new)
    _add_comments(discussion, people, prompts, here, new)


def _set(discussion: Discussion, position: int, rows: dict[str, Any]) -> None:
    discussion.position = position
    discussion.introduction = "\n\n".join(rows["introduction"])
    for name in ("title", "notice", "opens_at", "closes_at"):
        setattr(discussion, name, rows[name])
    discussion.save()


def _prompts(discussion: Discussion, texts: list[str], path: str) -> list[Prompt]:
    prompts = []
    for position, text in enumerate(texts, start=1):
        prompt, _new = Prompt.objects.update_or_create(
            discussion=discussion, position=position, defaults={"text": text}
        )
        prompts.append(prompt)
    left_over = Prompt.objects.filter(discussion=discussion, position__gt=len(texts))
    if left_over.filter(comments__isnull=False).exists():
        raise MalformedFileError(f"{path}.prompts: A prompt that has answers here is missing.")
    left_over.delete()
    return prompts


def _here(discussion: Discussion) -> dict[str, Comment]:
    known = Comment.objects.filter(discussion=discussion).only(
        "reference", "path", "posted_at", "discussion"
    )
    return {each.reference: each for each in known.iterator(_BATCH)}


def _check_same(here: dict[str, Comment], rows: list[dict[str, Any]], path: str) -> None:
    for index, row in enumerate(rows):
        comment = here.get(row["id"])
        if comment is not None and comment.posted_at != row["posted_at"]:
            raise MalformedFileError(f"{path}.comments[{index}].id: Another comment has it here.")


def _add_comments(
    discussion: Discussion,
    people: "_People",
    prompts: list[Prompt],
    here: dict[str, Comment],
    rows: list[dict[str, Any]],
) -> None:
    known = dict(here)
    new = []
    ids = iter(next_ids(len(rows)))
    for row in _parents_first(rows):
        parent = known[row["parent"]] if row["parent"] is not None else None
        comment = _comment(discussion, row, next(ids), parent)
        comment.author = people.author(row["author"] or _NAMELESS, row["organisation"])
        comment.prompt = prompts[row["prompt"] - 1] if row["prompt"] is not None else None
        known[row["id"]] = comment
        new.append(comment)
    Comment.objects.bulk_create(new, batch_size=_BATCH)


def _comment(
    discussion: Discussion, row: dict[str, Any], pk: int, parent: Comment | None
) -> Comment:
    return Comment(
        pk=pk,
        discussion=discussion,
        parent=parent,
        path=path_below(parent, pk),
        reference=row["id"],
        status=row["status"],
        body=row["body"],
        body_html=body_html(row["body"]),
        posted_at=row["posted_at"],
        edited_at=row["edited_at"],
        agree_count=row["agree"],
        disagree_count=row["disagree"],
    )


def _parents_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In the order of time, as they would have been posted, no reply before what it answers."""
    by_id = {row["id"]: row for row in rows}
    keys: dict[str, tuple[Any, int]] = {}

    def key(row: dict[str, Any]) -> tuple[Any, int]:
        chain = []
        at: dict[str, Any] | None = row
        while at is not None and at["id"] not in keys:
            chain.append(at)
            at = by_id.get(at["parent"]) if at["parent"] else None
        for each in reversed(chain):
            moment, depth = each["posted_at"], 0
            if each["parent"] in keys:
                parent_moment, parent_depth = keys[each["parent"]]
                moment, depth = max(moment, parent_moment), parent_depth + 1
            keys[each["id"]] = (moment, depth)
        return keys[row["id"]]

    return sorted(rows, key=key)


class _People:
    """The participants of the consultation by name, made where missing.

    What a file says is never put into a member's mouth: authors from elsewhere have no account.
    Hosts are staff, and the same person here and there.
    """

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.known: dict[tuple[str, str], Participant] = {}
        participants = Participant.objects.filter(consultation=consultation)
        for each in participants.select_related("member"):
            if each.is_host or each.member is None:
                self.known[each.shown_name, each.organisation] = each

    def host(self, name: str, organisation: str) -> Participant:
        return self.author(name, organisation)

    def author(self, name: str, organisation: str) -> Participant:
        if (name, organisation) not in self.known:
            self.known[name, organisation] = Participant.objects.create(
                consultation=self.consultation, name=name, organisation=organisation
            )
        return self.known[name, organisation]
