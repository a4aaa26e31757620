"""A consultation from a file, in one transaction. Importing it again changes nothing.

What the file says of the consultation itself is brought up to date. Comments are only added:
those that are here already stay as they are, because moderators and their authors may have acted.
What the file does not speak of (an outcome, other discussions) stays too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.models import NameInUse
from discussions.exchange import answers
from discussions.exchange.respondents import other_respondents
from discussions.exchange.schema import NAMELESS, MalformedFileError, paragraphs
from discussions.markup import body_html
from discussions.models import (
    Comment,
    Consultation,
    Discussion,
    OutcomePoint,
    Participant,
    Prompt,
    Source,
    TimelineEvent,
)
from discussions.models.participants import FORMER_MEMBER
from discussions.posting import next_ids, path_below
from discussions.responses import recount
from discussions.rich_text import clean_html
from discussions.voices import Said, source_for

_BATCH = 2_000
_OPTIONAL = ("why_now", "other_ways", "host_promise", "answer_due_on")


@dataclass
class Report:
    """What an import did."""

    consultation: Consultation
    comments_added: int = 0
    comments_here: int = 0


def import_consultation(content: dict[str, Any]) -> Report:
    """Take in what discussions.exchange.schema has read.

    Raises MalformedFileError if the file contradicts what is here already.
    """
    with transaction.atomic():
        consultation = _consultation(content)
        report = Report(consultation)
        _replace(consultation.events, _events(consultation, content["timeline"]))
        if content["outcome"] is not None:
            points = _points(consultation, content["outcome"]["points"])
            _replace(consultation.outcome_points, points)
        people = _People(consultation)
        for each in content["hosts"]:
            people.named(each["name"], each["organisation"])
        places = _places(consultation, content["discussions"])
        for index, rows in enumerate(content["discussions"]):
            path = f"consultation.discussions[{index}]"
            _import_discussion(report, people, rows, places.get(rows["slug"]), path)
        if content["outcome"] is not None:
            answers.cite(consultation, content["outcome"]["points"])
        answers.keep_updates(consultation, content["updates"])
        if report.comments_added:
            recount(consultation)
    return report


def _consultation(content: dict[str, Any]) -> Consultation:
    found = Consultation.objects.select_for_update(no_key=True).filter(slug=content["slug"]).first()
    consultation: Consultation = found or Consultation(slug=content["slug"])
    wanted = {
        name: content[name]
        for name in ("title", "owner", "summary", "opens_at", "closes_at", "earlier_responses")
    }
    wanted["earlier_respondents"] = _earlier_respondents(consultation, content)
    wanted["published_at"] = _published_at(consultation, content)
    # What a file does not speak of stays.
    wanted |= {name: content[name] for name in _OPTIONAL if content[name] is not None}
    if content["information"] is not None:
        wanted["information"] = clean_html(content["information"])
    if content["outcome"] is not None:
        wanted["outcome_published_at"] = content["outcome"]["published_at"]
        wanted["outcome_introduction"] = content["outcome"]["introduction"]
    _keep(consultation, wanted)
    return consultation


def _earlier_respondents(consultation: Consultation, content: dict[str, Any]) -> int:
    """Those from elsewhere, and of the file's others those who are not here themselves."""
    stated: int = content["earlier_respondents"]
    others: int = content["other_respondents"]
    if consultation._state.adding:
        return stated + others
    if consultation.earlier_respondents == stated + others:
        return stated + others  # as an earlier import has left it
    return stated + max(others - other_respondents(consultation), 0)


def _published_at(consultation: Consultation, content: dict[str, Any]) -> datetime | None:
    if content["draft"]:
        return None
    opens_at: datetime = content["opens_at"]
    return consultation.published_at or min(timezone.now(), opens_at)


def _keep(row: models.Model, wanted: dict[str, Any]) -> None:
    """Store what is not stored yet. A row that says it all already is not written."""
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    if row.pk is None:
        row.save()
    elif changed:
        row.save(update_fields=changed)


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
            link=row["link"],
            is_the_discussion=row["is_the_discussion"],
        )
        for position, row in enumerate(rows, start=1)
    ]


def _points(consultation: Consultation, rows: list[dict[str, Any]]) -> list[OutcomePoint]:
    return [
        OutcomePoint(consultation=consultation, position=position, **_without(row, "cites"))
        for position, row in enumerate(rows, start=1)
    ]


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _replace(here: Any, wanted: Sequence[models.Model]) -> None:  # noqa: ANN401 - a related manager of either kind
    """Exchange the rows as a whole, unless they say the same in the same order already."""
    if [_said(row) for row in here.all()] == [_said(row) for row in wanted]:
        return
    here.all().delete()
    here.bulk_create(wanted)


def _said(row: models.Model) -> dict[str, Any]:
    names = [each.attname for each in row._meta.fields if each.name not in ("id", "position")]
    return {name: getattr(row, name) for name in names}


def _places(consultation: Consultation, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Where each discussion has to go; nothing if they are here in the file's order already."""
    wanted = [row["slug"] for row in rows]
    here = Discussion.objects.filter(consultation=consultation, slug__in=wanted)
    if list(here.values_list("slug", flat=True)) == wanted:
        return {}
    return {slug: place for place, slug in enumerate(wanted)}


def _import_discussion(
    report: Report, people: "_People", rows: dict[str, Any], place: int | None, path: str
) -> None:
    key = {"consultation": report.consultation, "slug": rows["slug"]}
    discussion: Discussion = Discussion.objects.filter(**key).first() or Discussion(**key)
    _keep(discussion, _wanted(discussion, rows, place))
    prompts = _prompts(discussion, rows["prompts"], path)
    _name_hosts(discussion, [people.named(**each) for each in rows["hosts"]])
    here = _here(discussion)
    _check_same(here, rows["comments"], path)
    new = [row for row in rows["comments"] if row["id"] not in here]
    report.comments_here += len(rows["comments"]) - len(new)
    report.comments_added += len(new)
    if new:
        _add_comments(discussion, people, prompts, here, new)


def _wanted(discussion: Discussion, rows: dict[str, Any], place: int | None) -> dict[str, Any]:
    wanted = {name: rows[name] for name in ("title", "notice", "opens_at", "closes_at")}
    if paragraphs(discussion.introduction) != rows["introduction"]:
        wanted["introduction"] = "\n\n".join(rows["introduction"])
    if place is not None:
        wanted["position"] = place
    return wanted


def _prompts(discussion: Discussion, texts: list[str], path: str) -> list[Prompt]:
    """The prompts with these texts, in this order.

    One that is here keeps its answers wherever it moves. A text that is new takes the place of the
    one that stood there and is gone: it has been reworded.
    """
    here = list(Prompt.objects.filter(discussion=discussion))
    if [prompt.text for prompt in here] == texts:
        return here
    same = _by_text(here, texts)
    left = {place: each for place, each in enumerate(here) if each not in same.values()}
    prompts = []
    for place, text in enumerate(texts):
        prompt = same.get(place) or left.pop(place, None) or Prompt(discussion=discussion)
        _keep(prompt, {"text": text, "position": place + 1})
        prompts.append(prompt)
    gone = [prompt.pk for prompt in left.values()]
    if Comment.objects.filter(prompt__in=gone).exists():
        raise MalformedFileError(f"{path}.prompts: A prompt that has answers here is missing.")
    Prompt.objects.filter(pk__in=gone).delete()
    return prompts


def _by_text(here: Sequence[Prompt], texts: Sequence[str]) -> dict[int, Prompt]:
    """The prompts here that the file has too, by their place in the file, each taken once."""
    found: dict[int, Prompt] = {}
    for prompt in here:
        places = (place for place, text in enumerate(texts) if text == prompt.text)
        place = next((each for each in places if each not in found), None)
        if place is not None:
            found[place] = prompt
    return found


def _name_hosts(discussion: Discussion, hosts: Sequence[Participant]) -> None:
    """In the order of the file, which is the order that pages name them in."""
    named = Discussion.hosts.through.objects.filter(discussion=discussion).order_by("pk")
    here = [each.participant for each in named.select_related("participant__member")]
    wanted = list(dict.fromkeys(host.pk for host in hosts))
    # Hosts who have left share a name: the file tells how many they are, not who.
    if [host.pk for host in here] == wanted or _called(here) == _called(hosts):
        return
    named.delete()
    rows = [Discussion.hosts.through(discussion=discussion, participant_id=pk) for pk in wanted]
    Discussion.hosts.through.objects.bulk_create(rows)


def _called(hosts: Sequence[Participant]) -> list[tuple[str, str]]:
    return [(host.shown_name, host.organisation) for host in hosts]


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
    sources: dict[Said, Source] = {}
    for row in _parents_first(rows):
        parent = known[row["parent"]] if row["parent"] is not None else None
        comment = _comment(discussion, row, next(ids), parent)
        comment.author = people.named(row["author"] or NAMELESS, row["organisation"])
        comment.prompt = prompts[row["prompt"] - 1] if row["prompt"] is not None else None
        comment.source = _source(discussion, row["source"], sources)
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
        official_at=row["posted_at"] if row["official"] else None,
        agree_count=row["agree"],
        disagree_count=row["disagree"],
    )


def _source(
    discussion: Discussion, row: dict[str, Any] | None, known: dict[Said, Source]
) -> Source | None:
    if row is None:
        return None
    said = Said(**row)
    if said not in known:
        known[said] = source_for(discussion.consultation, said)
    return known[said]


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
        participants = Participant.objects.filter(consultation=consultation).order_by("pk")
        for each in participants.select_related("member"):
            if each.is_host or each.member is None:
                self.known.setdefault((each.shown_name, each.organisation), each)

    def named(self, name: str, organisation: str) -> Participant:
        if (name, organisation) not in self.known:
            self.known[name, organisation] = self._made(name, organisation)
        return self.known[name, organisation]

    def _made(self, name: str, organisation: str) -> Participant:
        """Somebody who has left elsewhere is nobody here too, and has no name to be kept."""
        has_left = name == FORMER_MEMBER
        if not has_left:
            NameInUse.objects.reserve(name)
        return Participant.objects.create(
            consultation=self.consultation,
            name="" if has_left else name,
            organisation=organisation,
            has_left=has_left,
        )
