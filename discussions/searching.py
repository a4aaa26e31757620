"""Which comments have the words that a reader searches for, whatever the words and however many.

One statement goes through the discussion from the end that the reader asked for, block by block
(models.search_blocks), until it has a page of them. A word that many use is found in the first few
blocks; one that few use costs next to nothing in a block without it. What stays costly (words that
are common and never meet) ends after LOOKED_FOR: readers then go on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BooleanField, F, Func
from django.db.models.expressions import Combinable

from accounts.models import Member
from discussions.cursors import Cursor
from discussions.models import Comment
from discussions.models.comments import Viewer
from discussions.models.search_blocks import (
    COARSE,
    FINE,
    VAST,
    Scope,
    first_key,
    word_of,
    words_and_blocks,
)
from discussions.prepared import Gaps

LOOKED_FOR = timedelta(milliseconds=12)


class Wanted(NamedTuple):
    """What is searched for: words, in a discussion or the answers to a prompt, after a cursor."""

    words: str
    discussion_id: int
    prompt_id: int | None = None
    after: Cursor | None = None
    oldest: bool = False


@dataclass(frozen=True)
class Found:
    """Ids in the order asked for; there may be more after `next`.

    One that `ended_early` has all there are between the cursors, and no full page.
    """

    ids: list[int]
    next: Cursor | None = None
    ended_early: bool = False


def find(wanted: Wanted, viewer: Viewer, most: int) -> Found:
    """Those that the viewer may read, and that have the words."""
    scope = Scope.DISCUSSION if wanted.prompt_id is None else Scope.PROMPT
    sql = _query(scope, for_member=viewer is not None, oldest=wanted.oldest)
    place = wanted.prompt_id or wanted.discussion_id
    values: dict[str, Any] = {
        "words": wanted.words,
        "place": place,
        "after": wanted.after.pk if wanted.after else None,
        "most": most + 1,
        "seconds": LOOKED_FOR.total_seconds(),
        "viewer": viewer.pk if viewer else None,
        "fine": first_key(scope, place, FINE),
        "coarse": first_key(scope, place, COARSE),
        "vast": first_key(scope, place, VAST),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ids, edge, is_through = cursor.fetchone() or ([], 0, True)
    if len(ids) > most:
        return Found(ids[:most], Cursor(ids[most - 1]))
    if is_through:
        return Found(ids)
    # A cursor names what has been looked at.
    return Found(ids, Cursor(edge - 1 if wanted.oldest else edge), ended_early=True)


@lru_cache
def _query(scope: Scope, *, for_member: bool, oldest: bool) -> str:
    return _SWEEP.format(
        **(_OLDEST if oldest else _NEWEST),
        # By their indexes. What answers a prompt has its id for a path.
        place="prompt_id" if scope is Scope.PROMPT else "discussion_id",
        in_order="path" if scope is Scope.PROMPT else "id",
        block=_block(for_member=for_member, oldest=oldest),
        fine=FINE,
        coarse=COARSE,
        vast=VAST,
    )


def _block(*, for_member: bool, oldest: bool) -> str:
    """The query of a block, which stands inside that of the sweep."""
    viewer = Gaps().number("viewer")
    # Not the id itself, with which the planner would take another index, of all ids.
    place = F("pk") + 0
    found = (
        Comment.objects.visible_to(Member(pk=viewer) if for_member else None)
        .filter(_operator("@@", words_and_blocks(), f"asked.words && {word_of('block.key')}"))
        .filter(_operator(">=" if oldest else "<", place, "sweep.edge"))
    )
    query = found.order_by().values("pk").query
    compose: Callable[[str, object], str] = connection.ops.compose_sql  # type: ignore[attr-defined]  # PostgreSQL's own
    sql = compose(*query.sql_with_params())
    return sql.replace("%", "%%").replace(str(viewer), "%(viewer)s")


def _operator(sign: str, column: Combinable, outside: str) -> Func:
    """`outside` names something of the query around."""
    return Func(
        column,
        template=f"(%(expressions)s {sign} ({outside}))",
        output_field=BooleanField(),
    )


# The parts in which the two orders differ. What is before an edge is done.
_NEWEST = {
    "order": "pk DESC",
    "start": "least(%(after)s, ends.last + 1)",
    "number": "(sweep.edge - 1) / size.ids",
    "next_edge": "block.number * block.ids",
    "before_end": "sweep.edge > asked.first",
}
_OLDEST = {
    "order": "pk",
    "start": "greatest(%(after)s + 1, ends.first)",
    "number": "sweep.edge / size.ids",
    "next_edge": "(block.number + 1) * block.ids",
    "before_end": "sweep.edge <= asked.last",
}

# The planner knows neither the words nor the block: it can but take the index of both. The first
# block is a fine one; from what one took and had follows how large the next can be. One that has
# more than a fine one can is gone through in smaller ones.
_SWEEP = """
WITH RECURSIVE ends AS MATERIALIZED (
    SELECT (SELECT id FROM discussions_comment
             WHERE {place} = %(place)s ORDER BY {in_order} LIMIT 1) AS first,
           (SELECT id FROM discussions_comment
             WHERE {place} = %(place)s ORDER BY {in_order} DESC LIMIT 1) AS last
), asked AS MATERIALIZED (
    SELECT words, first, last, {start} AS start,
           date_part('epoch', statement_timestamp()) + %(seconds)s AS until,
           -- Where words must stand beside each other, comments that have them all are read.
           CASE WHEN words::text LIKE '%%<%%' THEN {coarse} ELSE {vast} END AS largest
      FROM ends, websearch_to_tsquery('english', %(words)s) AS words
     WHERE numnode(words) > 0 AND first IS NOT NULL
), sweep AS (
    SELECT 0 AS steps, 1 AS fine, 0 AS coarse, {fine} AS ids, until - %(seconds)s AS at,
           0::float AS took, 0 AS had, start AS edge, '{{}}'::bigint[] AS found
      FROM asked
    UNION ALL
    SELECT sweep.steps + 1,
           CASE WHEN sweep.fine > 0 THEN sweep.fine - 1
                WHEN here.too_many AND block.ids = {coarse} THEN {coarse} / {fine} ELSE 0 END,
           CASE WHEN block.ids = {vast} AND here.too_many THEN {vast} / {coarse}
                WHEN block.ids = {coarse} AND sweep.coarse > 0 THEN sweep.coarse - 1
                ELSE sweep.coarse END,
           block.ids, date_part('epoch', clock_timestamp()),
           date_part('epoch', clock_timestamp()) - sweep.at, cardinality(here.ids),
           CASE WHEN here.too_many THEN sweep.edge ELSE {next_edge} END,
           CASE WHEN here.too_many THEN sweep.found ELSE sweep.found || here.ids END
      FROM sweep
     CROSS JOIN asked
     CROSS JOIN LATERAL (
        SELECT least(sweep.ids * (asked.until - sweep.at) / nullif(sweep.took, 0),
                     sweep.ids * {fine} / nullif(sweep.had, 0)) AS ids
     ) AS possible
     CROSS JOIN LATERAL (
        SELECT CASE WHEN sweep.fine > 0 THEN {fine}
                    WHEN sweep.coarse > 0 THEN {coarse}
                    WHEN possible.ids >= {vast} THEN asked.largest
                    WHEN possible.ids >= {coarse} THEN {coarse}
                    ELSE {fine} END AS ids
     ) AS size
     CROSS JOIN LATERAL (
        SELECT size.ids, {number} AS number,
               {number} + CASE size.ids WHEN {fine} THEN %(fine)s WHEN {coarse} THEN %(coarse)s
                               ELSE %(vast)s END AS key
     ) AS block
     CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(pk ORDER BY {order}), '{{}}') AS ids,
               count(*) > {fine} AS too_many
          FROM ({block} LIMIT {fine} + 1) AS here
     ) AS here
     WHERE cardinality(sweep.found) < %(most)s AND {before_end}
       AND (sweep.steps = 0 OR sweep.at < asked.until)
)
SELECT sweep.found[:%(most)s], sweep.edge, NOT ({before_end})
  FROM sweep CROSS JOIN asked ORDER BY sweep.steps DESC LIMIT 1
"""
