"""Posting, editing, withdrawing and reacting: each one transaction under the discussion's lock.

The lock (consultation and discussion rows, `FOR NO KEY UPDATE`) puts the writers of a
consultation in a row. So ids follow the order of commits, which keyset paging needs, and counters
cannot deadlock. The moment comes from the database's clock, after the lock was got. A deferred
trigger (migration 0002) looks at that clock once more when the transaction commits.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from accounts.models import Member
from accounts.statements import Columns, carried_out, one_row
from discussions.facts import FactsOfPost, facts_of_edit, facts_of_post, facts_of_reaction
from discussions.markup import body_html
from discussions.models import (
    Comment,
    CommentVersion,
    Consultation,
    Discussion,
    Participant,
    Reaction,
)
from discussions.pace import check_pace, slow_thread_if_piling_up
from discussions.permissions import Action, NotOpenError, check_allowed
from discussions.prepared import Gaps, prepared
from discussions.reply_mails import queue_reply_mail
from discussions.responses import count_contribution
from discussions.screened import first_status, open_case_if_needed, screened, text_key
from discussions.statuses import COUNTED_NEW, change_status, count_place_of_new, counted_new
from moderation import cases
from moderation.elections import check_not_frozen
from moderation.sanctions import check_may_write
from moderation.screening import Finding, Looked
from moderation.timeline import Phase

# A btree entry holds a path of about 330 ids. Deeper replies stand beside their parent, in order.
MOST_DEPTH = 200
SAID_JUST_NOW = timedelta(minutes=10)

_DISCUSSION, _CONSULTATION = Columns(Discussion, "d"), Columns(Consultation, "c")
# Locked in this order, the consultation first, as whoever changes one does: the other way round
# they would deadlock.
_LOCK = f"""
SELECT {_DISCUSSION}, {_CONSULTATION}
  FROM discussions_discussion d JOIN discussions_consultation c ON c.id = d.consultation_id
 WHERE d.id = %s
   FOR NO KEY UPDATE OF c FOR NO KEY UPDATE OF d
"""  # noqa: S608 - of constants alone
_COMMENT = Columns(Comment, "k", without="search_vector")
_AUTHOR = Columns(Participant, "p")
_FRESH = f"""
SELECT clock_timestamp(), {_COMMENT}, {_AUTHOR}
  FROM discussions_comment k JOIN discussions_participant p ON p.id = k.author_id
 WHERE k.id = %s
   FOR NO KEY UPDATE OF k, p
"""  # noqa: S608 - of constants alone
_PARENT = Columns(Comment, without="search_vector")
_PARENTS_AUTHOR = Columns(Participant, prefix="author__")
_PARENTS_MEMBER = Columns(Member, prefix="author__member__")
_STORED = [each for each in _PARENT.names if each not in ("id", "path")]
_STORE = f"""
WITH next AS (
    SELECT nextval(pg_get_serial_sequence('discussions_comment', 'id')) AS id
), {COUNTED_NEW}
INSERT INTO discussions_comment ({", ".join(_STORED)}, id, path)
SELECT {", ".join(f"%(new_{each})s" for each in _STORED)}, id, %(above)s::bigint[] || id FROM next
RETURNING id, path
"""  # noqa: S608 - of constants alone
_POSTED = """
SELECT 1
  FROM discussions_comment k JOIN discussions_participant p ON p.id = k.author_id
 WHERE p.member_id = %s AND k.form_key = %s
"""
_REACT = """
INSERT INTO discussions_reaction (comment_id, participant_id, value) VALUES (%s, %s, %s)
ON CONFLICT (comment_id, participant_id) DO UPDATE SET value = excluded.value
"""
_COUNT_REACTIONS = """
UPDATE discussions_comment SET agree_count = %s, disagree_count = %s WHERE id = %s
"""


class FormKeyReusedError(Exception):
    """The form was already posted, with another text."""

    def __init__(self, comment: Comment) -> None:
        super().__init__(comment.pk)
        self.comment = comment


@dataclass(frozen=True)
class NewComment:
    """A checked text (discussions.comment_text) and where it goes.

    `confirmed` marks what its writer was asked about and wants to post (discussions.screened).
    """

    body: str
    form_key: uuid.UUID
    prompt_id: int | None = None
    parent_id: int | None = None
    confirmed: frozenset[str] = frozenset()


def post_comment(discussion: Discussion, member: Member, new: NewComment) -> Comment:
    """Store a comment, once per form key: a repeated post answers with the first one's comment.

    So does the same text, sent again to the same place within SAID_JUST_NOW.

    Raises NotOpenError, FormKeyReusedError, NotAllowedError (the parent takes no reply),
    Comment.DoesNotExist (the member may not know of the parent), SuspendedError, TooOftenError
    (slowed down), FrozenError (a host, in an election period) or AskFirstError.
    """
    # All that can be thought before anybody waits for it.
    html, looked = body_html(new.body), Looked(new.body)
    with closing_is_told(discussion), transaction.atomic():
        discussion = lock(discussion.pk)
        facts = facts_of_post(discussion, member, new.body, new.form_key)
        author, moment = facts.author, facts.moment
        if facts.earlier is not None:
            return _same(Comment.objects.get(pk=facts.earlier), new)
        _check_open(discussion, moment)
        check_may_write(facts.suspended_until, moment)
        _check_host_may_write(author, moment)
        parent = _parent(discussion, member, new.parent_id, moment)
        said = _said_just_now(facts, new)
        if said is not None:
            return said
        check_pace(author, parent, moment)
        found = screened(looked, author, new.confirmed, facts.background)
        comment = Comment(
            discussion=discussion,
            author=author,
            parent=parent,
            prompt_id=new.prompt_id,
            status=first_status(discussion, author, found),
            body=new.body,
            body_html=html,
            posted_at=moment,
            form_key=new.form_key,
        )
        store(comment, found)
        slow_thread_if_piling_up(comment, parent, moment)
    return comment


def store(comment: Comment, found: Sequence[Finding]) -> None:
    """Give a new comment its place, and do all that follows from its being there. Under the lock.

    The parent's author and member have been fetched with it.
    """
    comment.text_key = text_key(comment.body)
    _insert(comment)
    count_place_of_new(comment)
    queue_reply_mail(comment, comment.parent)
    open_case_if_needed(comment, found, comment.posted_at)


def was_posted(member: Member, form_key: uuid.UUID) -> bool:
    """Whether this form has been posted already: sending it again counts towards no limit."""
    return one_row(_POSTED, [member.pk, form_key]) is not None


def edit_comment(
    comment: Comment, member: Member, body: str, confirmed: frozenset[str] = frozenset()
) -> Comment:
    """Replace the text and keep the earlier one. A new text is screened as a new comment is.

    Raises NotAllowedError, NotOpenError, SuspendedError, FrozenError or AskFirstError.
    """
    html, looked = body_html(body), Looked(body)
    with transaction.atomic():
        comment, moment = _lock_for(Action.EDIT, comment, member)
        if body == comment.body:
            return comment
        place, author = comment.discussion, comment.author
        facts = facts_of_edit(place, member, body, comment.pk)
        check_may_write(facts.suspended_until, moment)
        _check_host_may_write(author, moment)
        found = screened(looked, author, confirmed, facts.background)
        CommentVersion.objects.create(comment=comment, body=comment.body, replaced_at=moment)
        comment.body, comment.body_html, comment.edited_at = body, html, moment
        comment.text_key = text_key(body)
        comment.save(update_fields=["body", "body_html", "edited_at", "text_key"])
        waits = first_status(place, author, found) == Comment.Status.HELD
        if comment.is_published and waits:
            change_status(comment, Comment.Status.HELD)
        cases.text_changed(comment.pk)
        open_case_if_needed(comment, found, moment)
    return comment


def withdraw_comment(comment: Comment, member: Member) -> Comment:
    """Take the text out of sight; its place and its replies stay. Again: nothing more happens."""
    with transaction.atomic():
        comment, _moment = _lock_for(Action.WITHDRAW, comment, member)
        change_status(comment, Comment.Status.WITHDRAWN)
    return comment


def react(comment: Comment, member: Member, value: Reaction.Value | None) -> Comment:
    """Agree, disagree or (None) take it back; the last word counts.

    Raises NotAllowedError, NotOpenError, SuspendedError or FrozenError.
    """
    with transaction.atomic():
        comment, moment = _lock_for(Action.REACT, comment, member)
        facts = facts_of_reaction(comment.discussion, member, comment.pk)
        check_may_write(facts.suspended_until, moment)
        participant = facts.participant
        _check_host_may_write(participant, moment)
        before = Reaction.Value(facts.before) if facts.before else None
        if before == value:
            return comment
        _store_reaction(comment, participant, value)
        change = int(value is not None) - int(before is not None)
        if change:
            count_contribution(participant, change)
        _count_reactions(comment, before, value)
    return comment


def lock(discussion_id: int) -> Discussion:
    """The discussion with its consultation, locked until the transaction ends."""
    row = one_row(_LOCK, [discussion_id])
    if row is None:
        raise Discussion.DoesNotExist
    locked = _DISCUSSION.made(row)
    locked.consultation = _CONSULTATION.made(row[len(_DISCUSSION) :])
    return locked


def path_below(parent: Comment | None, pk: int) -> list[int]:
    return [*parent.path[:MOST_DEPTH], pk] if parent else [pk]


def next_ids(count: int) -> list[int]:
    """Ids for new comments, rising. They come first of all, because a path contains its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('discussions_comment', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return sorted(row[0] for row in cursor.fetchall())


def database_moment() -> datetime:
    """Now, by the database's clock, inside a transaction too (where its now() stands still)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _insert(comment: Comment) -> None:
    """Its id and its path are made as it is stored, and what counts it moves in the same step."""
    values = {f"new_{name}": getattr(comment, name) for name in _STORED}
    above = comment.parent.path[:MOST_DEPTH] if comment.parent else []
    row = one_row(_STORE, values | counted_new(comment) | {"above": above})
    assert row is not None  # noqa: S101 - for the type checker
    comment.pk, comment.path = row
    comment._state.adding = False


def _check_open(discussion: Discussion, moment: datetime) -> None:
    phase = discussion.phase(moment)
    if phase is not Phase.OPEN:
        raise NotOpenError(discussion, phase)


def _check_host_may_write(author: Participant, moment: datetime) -> None:
    if author.is_host:
        check_not_frozen(moment)


def _same(earlier: Comment, new: NewComment) -> Comment:
    is_same = earlier.body == new.body or _was_once(earlier, new.body)
    if not is_same or earlier.parent_id != new.parent_id:
        raise FormKeyReusedError(earlier)
    return earlier


def _said_just_now(facts: FactsOfPost, new: NewComment) -> Comment | None:
    """The author's last comment here, if it is this one: they went back and sent it again.

    A browser that goes back keeps the text, but may fetch the page, and with it a new form key.
    """
    if facts.latest is None:
        return None
    latest = Comment.objects.get(pk=facts.latest)
    if facts.moment - latest.posted_at > SAID_JUST_NOW:
        return None
    latest.author = facts.author
    is_same = (latest.body, latest.parent_id, latest.prompt_id) == (
        new.body,
        new.parent_id,
        new.prompt_id,
    )
    return latest if is_same and latest.shows_text_to(facts.author.member) else None


def _was_once(comment: Comment, body: str) -> bool:
    return comment.versions.filter(body=body).exists()


def _parent(
    discussion: Discussion, member: Member, parent_id: int | None, moment: datetime
) -> Comment | None:
    if parent_id is None:
        return None
    row = _placed().row(parent=parent_id, discussion=discussion.pk, viewer=member.pk)
    if row is None:
        raise Comment.DoesNotExist
    parent = _PARENT.made(row)
    author = row[len(_PARENT) :]
    parent.author = _PARENTS_AUTHOR.made(author)
    if parent.author.member_id is not None:
        parent.author.member = _PARENTS_MEMBER.made(author[len(_PARENTS_AUTHOR) :])
    parent.discussion = discussion
    check_allowed(Action.REPLY, parent, member, moment)
    return parent


@prepared
def _placed(gaps: Gaps) -> QuerySet[Comment, Any]:
    viewer = Member(pk=gaps.number("viewer"))
    found: QuerySet[Comment, Any] = (
        Comment.objects.placed_for(viewer)
        .filter(pk=gaps.number("parent"), discussion=gaps.number("discussion"))
        .values_list(*_PARENT.names, *_PARENTS_AUTHOR.names, *_PARENTS_MEMBER.names)
    )
    return found


def _lock_for(action: Action, comment: Comment, member: Member) -> tuple[Comment, datetime]:
    """The comment as it is once its discussion is locked, and the moment the action happens."""
    discussion = lock(comment.discussion_id)
    row = one_row(_FRESH, [comment.pk])
    if row is None:
        raise Comment.DoesNotExist
    moment, *columns = row
    fresh = _COMMENT.made(columns)
    fresh.author = _AUTHOR.made(columns[len(_COMMENT) :])
    fresh.discussion = discussion
    check_allowed(action, fresh, member, moment)
    return fresh, moment


def _store_reaction(
    comment: Comment, participant: Participant, value: Reaction.Value | None
) -> None:
    if value is None:
        Reaction.objects.filter(comment=comment, participant=participant).delete()
    else:
        carried_out(_REACT, [comment.pk, participant.pk, value.value])


def _count_reactions(
    comment: Comment, before: Reaction.Value | None, value: Reaction.Value | None
) -> None:
    agree, disagree = Reaction.Value.AGREE, Reaction.Value.DISAGREE
    comment.agree_count += int(value == agree) - int(before == agree)
    comment.disagree_count += int(value == disagree) - int(before == disagree)
    carried_out(_COUNT_REACTIONS, [comment.agree_count, comment.disagree_count, comment.pk])


@contextmanager
def closing_is_told(discussion: Discussion) -> Iterator[None]:
    """The commit trigger's refusal, as the exception that callers know."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", None) == "comment_window_open_at_commit":
            raise NotOpenError(discussion, Phase.CLOSED) from error
        raise
