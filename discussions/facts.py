"""What decides about a post, asked in one statement once its discussion is locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Member
from accounts.statements import Columns, one_row
from discussions.models import Discussion, Participant
from discussions.screened import BACKGROUND, Background, asked_with

_PARTICIPANT = Columns(Participant, "me")
# Made where they are not there yet. Where they are, nothing changes, but they are locked: who
# makes a host of them waits.
_ME = """
WITH me AS (
    INSERT INTO discussions_participant AS stored
           (consultation_id, member_id, name, organisation, contributions)
    VALUES (%(consultation)s, %(member)s, '', '', 0)
    ON CONFLICT (consultation_id, member_id)
    DO UPDATE SET contributions = stored.contributions
    RETURNING *
)
"""
_OF_POST = f"""
{_ME}
SELECT clock_timestamp(),
       writer.suspended_until,
       (SELECT posted.id FROM discussions_comment posted
         WHERE posted.author_id = me.id AND posted.form_key = %(form_key)s),
       (SELECT latest.id
          FROM (SELECT id, body FROM discussions_comment
                 WHERE author_id = me.id AND discussion_id = %(discussion)s
                 ORDER BY id DESC LIMIT 1) latest
         WHERE latest.body = %(body)s),
       {BACKGROUND},
       {_PARTICIPANT}
  FROM me JOIN accounts_member writer ON writer.id = me.member_id
"""  # noqa: S608 - of constants alone
_OF_REACTION = f"""
{_ME}
SELECT writer.suspended_until,
       (SELECT value FROM discussions_reaction
         WHERE comment_id = %(comment)s AND participant_id = me.id),
       {_PARTICIPANT}
  FROM me JOIN accounts_member writer ON writer.id = me.member_id
"""  # noqa: S608 - of constants alone
_OF_EDIT = f"""
SELECT suspended_until, {BACKGROUND} FROM accounts_member WHERE id = %(member)s
"""  # noqa: S608 - of constants alone
_PLACES = len(Background._fields)


@dataclass(frozen=True)
class FactsOfPost:
    """`earlier` was posted with the same form; `latest` is the author's last here, if it says the
    same: comments, by their ids."""

    moment: datetime
    author: Participant
    suspended_until: datetime | None
    earlier: int | None
    latest: int | None
    background: Background


@dataclass(frozen=True)
class FactsOfReaction:
    participant: Participant
    suspended_until: datetime | None
    before: str | None


@dataclass(frozen=True)
class FactsOfEdit:
    suspended_until: datetime | None
    background: Background


def facts_of_post(
    discussion: Discussion, member: Member, body: str, form_key: object
) -> FactsOfPost:
    values = asked_with(discussion, body)
    own = {
        "member": member.pk,
        "form_key": form_key,
        "discussion": discussion.pk,
        "body": body,
    }
    moment, until, earlier, latest, *rest = _row(_OF_POST, values | own)
    return FactsOfPost(
        moment=moment,
        author=_participant(rest[_PLACES:], member),
        suspended_until=until,
        earlier=earlier,
        latest=latest,
        background=Background(*rest[:_PLACES]),
    )


def facts_of_reaction(discussion: Discussion, member: Member, comment_id: int) -> FactsOfReaction:
    values = {
        "consultation": discussion.consultation_id,
        "member": member.pk,
        "comment": comment_id,
    }
    until, before, *columns = _row(_OF_REACTION, values)
    return FactsOfReaction(_participant(columns, member), until, before)


def facts_of_edit(
    discussion: Discussion, member: Member, body: str, comment_id: int
) -> FactsOfEdit:
    values = asked_with(discussion, body, except_for=comment_id) | {"member": member.pk}
    until, *rest = _row(_OF_EDIT, values)
    return FactsOfEdit(until, Background(*rest))


def _participant(columns: Sequence[Any], member: Member) -> Participant:
    participant = _PARTICIPANT.made(columns)
    participant.member = member
    return participant


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    """Raises Member.DoesNotExist: they have left meanwhile."""
    row = one_row(statement, values)
    if row is None:
        raise Member.DoesNotExist
    return row
