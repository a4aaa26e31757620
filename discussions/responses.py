"""How many people have responded, and how often: kept as they respond, never counted on reading.

A respondent is counted once, whatever they do; hosts are not respondents, their answers are not
responses. Callers hold the lock of the consultation (see discussions.posting).
"""

from collections.abc import Iterator

from django.db import connection

from accounts.statements import carried_out
from discussions.models import Consultation, Participant


def count_contribution(participant: Participant, change: int) -> None:
    """Add (+1) or take back (-1) a comment or a reaction of this participant."""
    carried_out(_COUNT, counted(participant, change, responses=0))


def count_response(participant: Participant, change: int) -> None:
    """Add (+1) or take back (-1) a published comment of this participant."""
    carried_out(_COUNT, counted(participant, change, responses=change))


def counted(participant: Participant, change: int, responses: int) -> dict[str, int]:
    """The values in COUNTED. From now on the participant knows them as well."""
    before = participant.contributions
    participant.contributions = max(before + change, 0)
    respondents = int(participant.contributions > 0) - int(before > 0)
    counts = not participant.is_host
    return {
        "participant": participant.pk,
        "contributions": participant.contributions,
        "consultation": participant.consultation_id,
        "respondents": respondents if counts else 0,
        "responses": responses if counts else 0,
    }


# Parts of a statement that does more as well.
COUNTED = """
counted_author AS (
    UPDATE discussions_participant SET contributions = %(contributions)s WHERE id = %(participant)s
), counted_consultation AS (
    UPDATE discussions_consultation
       SET respondents_here = respondents_here + %(respondents)s,
           responses_here = responses_here + %(responses)s
     WHERE id = %(consultation)s AND (%(respondents)s <> 0 OR %(responses)s <> 0)
)"""
_COUNT = f"WITH {COUNTED} SELECT 1"


def members_who_responded(consultation: Consultation) -> Iterator[int]:
    """Their ids: not hosts, nor people whose words came from elsewhere."""
    respondents = Participant.objects.filter(
        consultation=consultation, contributions__gt=0, organisation="", member__isnull=False
    )
    ids: Iterator[int] = respondents.values_list("member_id", flat=True).iterator()
    return ids


def recount(consultation: Consultation) -> None:
    """Set every counter of a consultation from its comments and reactions, after an import.

    In the caller's transaction, which may take minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        for statement in _RECOUNT:
            cursor.execute(statement, {"consultation": consultation.pk})
    consultation.refresh_from_db()


_RECOUNT = (
    """
    WITH placed AS (  -- as CommentQuerySet.placed_for: held ones for the sake of what is below
        SELECT DISTINCT unnest(s.path) AS id
          FROM discussions_comment s
          JOIN discussions_discussion d ON d.id = s.discussion_id
         WHERE d.consultation_id = %(consultation)s AND s.status <> 'held'
    )
    UPDATE discussions_comment c SET reply_count = counted.replies
      FROM (SELECT k.id, coalesce(of.replies, 0) AS replies
              FROM discussions_comment k
              JOIN discussions_discussion d ON d.id = k.discussion_id
              LEFT JOIN (SELECT ancestor.id, count(*) AS replies
                           FROM discussions_comment r
                           JOIN placed ON placed.id = r.id
                          CROSS JOIN LATERAL unnest(r.path[:cardinality(r.path) - 1])
                                AS ancestor(id)
                          GROUP BY ancestor.id) of ON of.id = k.id
             WHERE d.consultation_id = %(consultation)s) counted
     WHERE c.id = counted.id AND c.reply_count <> counted.replies
    """,
    """
    UPDATE discussions_discussion d
       SET comment_count = counted.comments,
           last_posted_at = counted.moment,
           last_comment_id = counted.last
      FROM (SELECT discussion_id, count(*) FILTER (WHERE status = 'published') AS comments,
                   max(posted_at) AS moment, max(id) AS last
              FROM discussions_comment GROUP BY discussion_id) counted
     WHERE d.id = counted.discussion_id AND d.consultation_id = %(consultation)s
    """,
    """
    UPDATE discussions_participant p SET contributions = counted.contributions
      FROM (SELECT p.id,
                   (SELECT count(*) FROM discussions_comment c
                     WHERE c.author_id = p.id AND c.status = 'published')
                   + (SELECT count(*) FROM discussions_reaction r WHERE r.participant_id = p.id)
                   AS contributions
              FROM discussions_participant p WHERE p.consultation_id = %(consultation)s) counted
     WHERE p.id = counted.id AND p.contributions <> counted.contributions
    """,
    """
    UPDATE discussions_consultation k
       SET respondents_here = (SELECT count(*) FROM discussions_participant p
                                WHERE p.consultation_id = k.id AND p.contributions > 0
                                  AND p.organisation = ''),
           responses_here = (SELECT count(*) FROM discussions_comment c
                               JOIN discussions_participant p ON p.id = c.author_id
                              WHERE p.consultation_id = k.id AND c.status = 'published'
                                AND p.organisation = '')
     WHERE k.id = %(consultation)s
    """,
)
