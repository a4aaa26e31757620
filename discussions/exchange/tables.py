"""The comments and the people of a consultation as tables, for analysts and their spreadsheets."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, TextIO

from django.db.models import Count, Q

from discussions.exchange.cells import Cell, CsvTable, XlsxBook
from discussions.exchange.exporting import (
    PLAIN,
    Scope,
    Terms,
    at_one_moment,
    comment_content,
    comments_of,
    moment_text,
    shows,
)
from discussions.models import Comment, Consultation, Discussion, Participant

_BATCH = 500
PEOPLE_COLUMNS = ("person", "name", "organisation", "from", "comments")
_BEFORE_PEOPLE = (
    "consultation",
    "discussion",
    "id",
    "parent",
    "depth",
    "prompt",
    "prompt_text",
    "status",
)
_AFTER_PEOPLE = (
    "organisation",
    "source",
    "place",
    "said_on",
    "official_at",
    "posted_at",
    "edited_at",
    "agree",
    "disagree",
    "replies",
    "text",
)

_MAY_BE_EMPTY = (
    "prompt",
    "prompt_text",
    "hidden_under",
    "author",
    "person",
    "host",
    "organisation",
    "source",
    "place",
    "said_on",
    "official_at",
    "edited_at",
)

Rows = Iterator[Sequence[Cell]]


def columns(scope: Scope, terms: Terms = PLAIN) -> tuple[str, ...]:
    """By number: `person` is the same in every file of a consultation; `host` names hosts alone."""
    who = ("person", "host") if terms.by_number else ("author",)
    why = ("hidden_under",) if scope is Scope.FULL else ()
    return (*_BEFORE_PEOPLE, *why, *who, *_AFTER_PEOPLE)


def write_csv(consultation: Consultation, scope: Scope, out: TextIO, terms: Terms = PLAIN) -> None:
    with at_one_moment():
        _write_csv(comment_rows(consultation, scope, terms), out)


def write_xlsx(
    consultation: Consultation, scope: Scope, out: BinaryIO, terms: Terms = PLAIN
) -> None:
    with at_one_moment():
        _write_xlsx("Comments", comment_rows(consultation, scope, terms), out, terms)


def write_people_csv(consultation: Consultation, out: TextIO, terms: Terms = PLAIN) -> None:
    with at_one_moment():
        _write_csv(people_rows(consultation, terms), out)


def write_people_xlsx(consultation: Consultation, out: BinaryIO, terms: Terms = PLAIN) -> None:
    with at_one_moment():
        _write_xlsx("People", people_rows(consultation, terms), out, terms)


def comment_rows(consultation: Consultation, scope: Scope, terms: Terms) -> Rows:
    """The columns' names, then a row for each comment in the order of the threads."""
    yield columns(scope, terms)
    for discussion in Discussion.objects.filter(consultation=consultation):
        discussion.consultation = consultation
        prompts = list(discussion.prompts.all())
        texts = {each.pk: each.text for each in prompts}
        numbers = {each.pk: number for number, each in enumerate(prompts, start=1)}
        unseen: Counter[int] = Counter()
        if scope is Scope.PUBLIC:
            unseen = _unseen_replies(discussion)
        for comment in comments_of(discussion, scope, terms):
            comment.reply_count -= unseen[comment.pk]
            content = comment_content(comment, numbers, scope, terms)
            if shows(comment, scope, terms):
                content |= _beyond_the_format(comment, texts)
            cells = _named(discussion, content, comment)
            yield [cells[name] for name in columns(scope, terms)]


def people_rows(consultation: Consultation, terms: Terms = PLAIN) -> Rows:
    """Everybody who commented, by their name in this consultation, and by number as in the
    comments. Never their address, nor what they told about themselves."""
    yield PEOPLE_COLUMNS
    people = people_who_spoke(consultation).select_related("member").order_by("pk")
    for person in people.iterator(_BATCH):
        yield [
            person.pk,
            person.shown_name,
            person.organisation,
            _came_from(person),
            person.said,
        ]
        terms.each_row()


def people_who_spoke(consultation: Consultation) -> Any:  # noqa: ANN401 - Django cannot name it
    """And hosts, whether they have or not. Each with how many comments are theirs, as `said`."""
    people = Participant.objects.filter(consultation=consultation).annotate(said=Count("comments"))
    return people.filter(Q(said__gt=0) | ~Q(organisation=""))


def _came_from(person: Participant) -> str:
    if person.has_left:
        return "former member"
    return "elsewhere" if person.member_id is None else "member"


def _write_csv(rows: Rows, out: TextIO) -> None:
    table = CsvTable(out)
    for row in rows:
        table.row(row)


def _write_xlsx(name: str, rows: Rows, out: BinaryIO, terms: Terms) -> None:
    with XlsxBook(out, terms.folder) as book:
        sheet = book.sheet(name)
        for row in rows:
            sheet.row(row)


def _unseen_replies(discussion: Discussion) -> Counter[int]:
    """How many replies below each comment have no place in what every reader sees."""
    comments = Comment.objects.filter(discussion=discussion)
    unseen = comments.exclude(pk__in=comments.placed_for(None).values("pk"))
    paths = unseen.values_list("path", flat=True).iterator(_BATCH)
    return Counter(pk for path in paths for pk in path[:-1])


def _beyond_the_format(comment: Comment, prompts: dict[int, str]) -> dict[str, Any]:
    """What a table says of a comment that shows, beside what the exchange format has."""
    source = comment.source
    return {
        "prompt_text": prompts[comment.prompt_id] if comment.prompt_id else "",
        "source": source.kind if source else "",
        "place": source.place if source else "",
        "said_on": source.on.isoformat() if source and source.on else "",
        "official_at": moment_text(comment.official_at) or "",
        "hidden_under": comment.hidden_under or "",
        "person": comment.author_id,
        "host": comment.author.shown_name if comment.author.is_host else "",
    }


def _named(discussion: Discussion, content: dict[str, Any], comment: Comment) -> dict[str, Cell]:
    """The cells of a row, by their columns."""
    return {
        **dict.fromkeys(_MAY_BE_EMPTY, ""),
        "status": "published",
        "agree": 0,
        "disagree": 0,
        **{name: cell for name, cell in content.items() if name not in ("body", "parent")},
        "consultation": discussion.consultation.slug,
        "discussion": discussion.slug,
        "parent": content["parent"] or "",
        "depth": comment.depth,
        "replies": comment.reply_count,
        "text": content.get("body", ""),
    }
