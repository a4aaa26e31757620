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

from django.db import IntegrityError, connection, transaction

from accounts.models import Member
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
from discussions.reply_mails import queue_reply_mail
from discussions.responses import count_contribution
from discussions.screened import first_status, open_case_if_needed, screened, text_key
from discussions.statuses import change_status, count_new
from moderation import cases
from moderation.elections import check_not_frozen
from moderation.sanctions import check_may_write
from moderation.screening import Finding
from moderation.timeline import Phase

# A btree entry holds a path of about 330 ids. Deeper replies stand beside their parent, in order.
MOST_DEPTH = 200
SAID_JUST_NOW = timedelta(minutes=10)


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
    html = body_html(new.body)
    with closing_is_told(discussion), transaction.atomic():
        discussion = lock(discussion.pk)
        author = _participant(discussion, member)
        earlier = Comment.objects.filter(author=author, form_key=new.form_key).first()
        if earlier is not None:
            return _same(earlier, new)
        moment = database_moment()
        phase = discussion.phase(moment)
        if phase is not Phase.OPEN:
            raise NotOpenError(discussion, phase)
        check_may_write(member.pk, moment)
        _check_host_may_write(author, moment)
        parent = _parent(discussion, member, new.parent_id, moment)
        said = _said_just_now(discussion, author, new, moment)
        if said is not None:
            return said
        check_pace(author, parent, moment)
        found = screened(discussion, author, new.body, new.confirmed, moment)
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
    comment.pk = next_ids(1)[0]
    comment.path = path_below(comment.parent, comment.pk)
    comment.text_key = text_key(comment.body)
    comment.save(force_insert=True)
    count_new(comment)
    queue_reply_mail(comment, comment.parent)
    open_case_if_needed(comment, found, comment.posted_at)


def was_posted(member: Member, form_key: uuid.UUID) -> bool:
    """Whether this form has been posted already: sending it again counts towards no limit."""
    posted: bool = Comment.objects.filter(author__member=member, form_key=form_key).exists()
    return posted


def edit_comment(
    comment: Comment, member: Member, body: str, confirmed: frozenset[str] = frozenset()
) -> Comment:
    """Replace the text and keep the earlier one. A new text is screened as a new comment is.

    Raises NotAllowedError, NotOpenError, SuspendedError, FrozenError or AskFirstError.
    """
    html = body_html(body)
    with transaction.atomic():
        comment, moment = _lock_for(Action.EDIT, comment, member)
        if body == comment.body:
            return comment
        check_may_write(member.pk, moment)
        place, author = comment.discussion, comment.author
        _check_host_may_write(author, moment)
        found = screened(place, author, body, confirmed, moment, except_for=comment.pk)
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
        check_may_write(member.pk, moment)
        participant = _participant(comment.discussion, member)
        _check_host_may_write(participant, moment)
        reaction = Reaction.objects.filter(comment=comment, participant=participant).first()
        before = Reaction.Value(reaction.value) if reaction else None
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
    # The consultation first, as whoever changes one does: the other way round they would deadlock.
    consultation = Consultation.objects.select_for_update(no_key=True).get(
        discussions=discussion_id
    )
    locked: Discussion = Discussion.objects.select_for_update(no_key=True).get(pk=discussion_id)
    locked.consultation = consultation
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


def _participant(discussion: Discussion, member: Member) -> Participant:
    participant, _new = Participant.objects.select_for_update(no_key=True).get_or_create(
        consultation=discussion.consultation, member=member
    )
    participant.member = member
    return participant


def _check_host_may_write(author: Participant, moment: datetime) -> None:
    if author.is_host:
        check_not_frozen(moment)


def _same(earlier: Comment, new: NewComment) -> Comment:
    is_same = earlier.body == new.body or _was_once(earlier, new.body)
    if not is_same or earlier.parent_id != new.parent_id:
        raise FormKeyReusedError(earlier)
    return earlier


def _said_just_now(
    discussion: Discussion, author: Participant, new: NewComment, moment: datetime
) -> Comment | None:
    """The author's last comment here, if it is this one: they went back and sent it again.

    A browser that goes back keeps the text, but may fetch the page, and with it a new form key.
    """
    latest: Comment | None = (
        Comment.objects.filter(discussion=discussion, author=author).order_by("-pk").first()
    )
    if latest is None or moment - latest.posted_at > SAID_JUST_NOW:
        return None
    is_same = (latest.body, latest.parent_id, latest.prompt_id) == (
        new.body,
        new.parent_id,
        new.prompt_id,
    )
    return latest if is_same and latest.shows_text_to(author.member) else None


def _was_once(comment: Comment, body: str) -> bool:
    return comment.versions.filter(body=body).exists()


def _parent(
    discussion: Discussion, member: Member, parent_id: int | None, moment: datetime
) -> Comment | None:
    if parent_id is None:
        return None
    parent: Comment = (
        Comment.objects.placed_for(member)
        .select_related("author__member")
        .get(pk=parent_id, discussion=discussion)
    )
    parent.discussion = discussion
    check_allowed(Action.REPLY, parent, member, moment)
    return parent


def _lock_for(action: Action, comment: Comment, member: Member) -> tuple[Comment, datetime]:
    """The comment as it is once its discussion is locked, and the moment the action happens."""
    discussion = lock(comment.discussion_id)
    moment = database_moment()
    fresh: Comment = (
        Comment.objects.select_for_update(no_key=True, of=("self", "author"))
        .select_related("author")
        .get(pk=comment.pk)
    )
    fresh.discussion = discussion
    check_allowed(action, fresh, member, moment)
    return fresh, moment


def _store_reaction(
    comment: Comment, participant: Participant, value: Reaction.Value | None
) -> None:
    if value is None:
        Reaction.objects.filter(comment=comment, participant=participant).delete()
    else:
        Reaction.objects.update_or_create(
            comment=comment, participant=participant, defaults={"value": value}
        )


def _count_reactions(
    comment: Comment, before: Reaction.Value | None, value: Reaction.Value | None
) -> None:
    agree, disagree = Reaction.Value.AGREE, Reaction.Value.DISAGREE
    comment.agree_count += int(value == agree) - int(before == agree)
    comment.disagree_count += int(value == disagree) - int(before == disagree)
    comment.save(update_fields=["agree_count", "disagree_count"])


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
