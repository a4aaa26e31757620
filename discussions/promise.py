"""Whether hosts keep what they promise: figures of a consultation, counted when its page is read.

A prompt is answered by a host's comment on it, or by an official answer below a comment on it. A
comment is answered by a host's reply anywhere below it. Hosts' comments are few, so all starts
from them.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from discussions.models import Consultation

MOST_AGREED = 10


@dataclass(frozen=True)
class Kept:
    """`usual_time` is the median, of the comments that were answered, to their first answer."""

    answers: int
    prompts: int
    prompts_answered: int
    agreed: int
    agreed_answered: int
    usual_time: timedelta | None


def kept(consultation: Consultation) -> Kept | None:
    """None where nothing is promised and no host has taken part."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"consultation": consultation.pk, "most": MOST_AGREED})
        *figures, hosts = cursor.fetchone()
    return Kept(*figures) if hosts or consultation.host_promise else None


_FIGURES = """
WITH places AS MATERIALIZED (
    SELECT id FROM discussions_discussion WHERE consultation_id = %(consultation)s
), hosts AS MATERIALIZED (
    SELECT id FROM discussions_participant
     WHERE consultation_id = %(consultation)s AND organisation <> ''
), answers AS MATERIALIZED (
    SELECT c.id, c.path, c.prompt_id, c.posted_at, c.official_at
      FROM discussions_comment c
      JOIN hosts ON hosts.id = c.author_id
     WHERE c.status = 'published'
     ORDER BY c.id
     LIMIT 5000
), prompts AS (
    SELECT p.id FROM discussions_prompt p JOIN places ON places.id = p.discussion_id
), answered_prompts AS (
    SELECT prompt_id AS id FROM answers WHERE prompt_id IS NOT NULL
    UNION
    SELECT top.prompt_id FROM answers
      JOIN discussions_comment top ON top.id = answers.path[1]
     WHERE answers.official_at IS NOT NULL AND top.prompt_id IS NOT NULL
), first_answers AS MATERIALIZED (
    SELECT above.id, min(answers.posted_at) AS at
      FROM answers CROSS JOIN LATERAL unnest(trim_array(answers.path, 1)) AS above(id)
     GROUP BY above.id
), agreed AS MATERIALIZED (  -- top-level comments and replies, each by their own index
    SELECT found.id FROM places CROSS JOIN LATERAL (
        (SELECT c.id, c.agree_count FROM discussions_comment c
          WHERE c.discussion_id = places.id AND c.parent_id IS NULL AND c.agree_count > 0
            AND c.status = 'published' AND c.author_id NOT IN (SELECT id FROM hosts)
          ORDER BY c.agree_count DESC, c.id DESC LIMIT %(most)s)
        UNION ALL
        (SELECT c.id, c.agree_count FROM discussions_comment c
          WHERE c.discussion_id = places.id AND c.parent_id IS NOT NULL AND c.agree_count > 0
            AND c.status = 'published' AND c.author_id NOT IN (SELECT id FROM hosts)
          ORDER BY c.agree_count DESC, c.id DESC LIMIT %(most)s)) found
     ORDER BY found.agree_count DESC, found.id DESC LIMIT %(most)s
)
SELECT (SELECT count(*) FROM answers),
       (SELECT count(*) FROM prompts),
       (SELECT count(*) FROM prompts WHERE id IN (SELECT id FROM answered_prompts)),
       (SELECT count(*) FROM agreed),
       (SELECT count(*) FROM agreed WHERE id IN (SELECT id FROM first_answers)),
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY first_answers.at - c.posted_at)
          FROM first_answers
          JOIN discussions_comment c ON c.id = first_answers.id
         WHERE c.author_id NOT IN (SELECT id FROM hosts)),
       EXISTS (SELECT FROM hosts)
"""
