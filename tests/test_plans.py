"""What pages ask the database, where there are many comments: each statement finds what it gives by
an index, and reads little more than that.

Every statement of a page is explained as it was asked, on rows enough that a plan which reads
through a table, or through an index, is told from one that does not. Those whose plans connections
keep (accounts.statements) are explained once more by the plan that is made for any values.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Member
from discussions.cursors import Cursor
from discussions.models import Comment, Discussion, Prompt
from discussions.models.search_blocks import VAST
from tests import cast
from tests.conftest import signed_in
from tests.explaining import Asked, Heard, plans

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("many_comments")]

BIG, SMALL = f"/consultations/{cast.OPEN}/streets/", f"/consultations/{cast.OPEN}/parks/"
COMMENTS = 20_000

TABLES = {  # the big ones
    "accounts_member",
    "discussions_comment",
    "discussions_commentversion",
    "discussions_participant",
    "discussions_reaction",
}
# What one step of a plan may read, over all its turns: some twenty threads with their first
# replies, all the comments of a member, or of a search what two blocks have at most.
ROWS = 1_500

# Member 7 says a hundredth of it. Of the first comments every tenth is in the small discussion, a
# top-level one; of the others a third are, until nothing comes but replies. Most of these are below
# one comment, and below most there are none: many threads have the same rank. The old question was
# answered before all others, and nobody replied to that.
FILL = """
CREATE TEMPORARY TABLE said AS
SELECT nextval(pg_get_serial_sequence('discussions_comment', 'id')) AS id, n,
       n %% 10 = 0 AND n < 12000 AS is_elsewhere,
       n %% 10 = 0 AND n < 12000 OR n %% 3 = 1 AND n < 18000 AS is_top,
       CASE WHEN n %% 4 = 0 AND n > 9000 THEN 6001 + (n - 9000) / 300 * 30
            WHEN n > 1201 THEN 1201 ELSE 1 END AS answers,
       CASE WHEN n %% 100 = 3 THEN 7 ELSE n * 7 %% 10000 + 1 END AS says
  FROM generate_series(1, %(comments)s) n;

CREATE TEMPORARY TABLE below AS
SELECT answers, count(*) AS number FROM said WHERE NOT is_top GROUP BY answers;

INSERT INTO accounts_member (password, is_superuser, email, display_name, is_staff, is_active,
                             joined_at, declared_16_or_over)
SELECT '', false, 'm' || n || '@people.example', 'Member ' || n, false, true, now(), true
  FROM generate_series(1, 10000) n;

INSERT INTO discussions_participant (name, organisation, contributions, consultation_id, member_id,
                                     has_left, asked_to_follow)
SELECT '', '', 1, %(consultation)s, id, false, false
  FROM accounts_member WHERE display_name LIKE 'Member %%';

ANALYZE said, below, accounts_member, discussions_participant;

INSERT INTO discussions_comment (id, discussion_id, author_id, parent_id, prompt_id, path, status,
                                 body, body_html, posted_at, reference, reply_count, agree_count,
                                 disagree_count)
SELECT said.id, CASE WHEN said.is_elsewhere THEN %(small)s ELSE %(big)s END, author.id,
       CASE WHEN NOT said.is_top THEN top.id END,
       CASE WHEN said.is_elsewhere OR NOT said.is_top THEN NULL WHEN said.n < 6000 THEN %(old)s
            WHEN said.n %% 1500 = 1 THEN %(rare)s WHEN said.n %% 9 = 1 THEN %(common)s END,
       CASE WHEN said.is_top THEN ARRAY[said.id] ELSE ARRAY[top.id, said.id] END,
       CASE WHEN said.n %% 97 = 0 THEN 'hidden' WHEN said.n %% 89 = 0 THEN 'held'
            ELSE 'published' END,
       concat_ws(' ', 'Street', CASE said.n %% 2 WHEN 0 THEN 'even' ELSE 'odd' END,
                 CASE WHEN said.n %% 100 = 1 THEN 'badger' END,
                 CASE WHEN said.n %% 4001 = 7 THEN 'zebra' END,
                 CASE WHEN said.n < 6000 THEN 'mammoth' END, 'light.'),
       '<p>Street.</p>', now(), 'made-' || said.n,
       coalesce((SELECT below.number FROM below WHERE below.answers = said.n), 0),
       CASE WHEN said.n > 6000 THEN said.n %% 3 ELSE 0 END, 0
  FROM said
  JOIN said AS top ON top.n = said.answers
  JOIN accounts_member AS member ON member.display_name = 'Member ' || said.says
  JOIN discussions_participant AS author
    ON author.member_id = member.id AND author.consultation_id = %(consultation)s;

INSERT INTO discussions_reaction (value, comment_id, participant_id)
SELECT 'agree', said.id, author.id
  FROM said
  JOIN accounts_member AS member ON member.display_name = 'Member ' || 1 + said.n * 3 %% 10000
  JOIN discussions_participant AS author
    ON author.member_id = member.id AND author.consultation_id = %(consultation)s;

DROP TABLE said, below;
UPDATE discussions_discussion d
   SET last_comment_id = (SELECT max(id) FROM discussions_comment c WHERE c.discussion_id = d.id);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


@pytest.fixture(scope="module")
def many_comments(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        with transaction.atomic():
            _fill()
            yield
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE discussions_comment, discussions_participant")


def _fill() -> None:
    consultation = cast.consultation()
    big = cast.discussion()
    small = Discussion.objects.create(
        consultation=consultation, slug="parks", title="Our parks", introduction="Tell us."
    )
    ids = [
        Prompt.objects.create(discussion=big, position=position, text=text).pk
        for position, text in enumerate(("Old?", "Rare?", "Common?"), start=10)
    ]
    values = {
        "consultation": consultation.pk,
        "comments": COMMENTS,
        "big": big.pk,
        "small": small.pk,
    } | dict(zip(("old", "rare", "common"), ids, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
    answers = Comment.objects.filter(discussion=big, author__member=cast.hana())
    assert not answers.exists()
    for top in Comment.objects.filter(discussion=big, parent=None, status="published")[:3]:
        answer = cast.comment(cast.hana(), parent=top)
        Comment.objects.filter(pk=answer.pk).update(official_at=answer.posted_at)


def pages() -> Iterator[str]:
    discussion = cast.discussion()
    tops = Comment.objects.filter(discussion=discussion, parent=None, status="published")
    middle = tops.order_by("pk")[tops.count() // 2].pk
    latest = discussion.last_comment_id
    # In the middle of all that have the same rank.
    places = {
        "newest": Cursor(middle),
        "oldest": Cursor(middle),
        "agreed": Cursor(middle, 0),
        "replies": Cursor(middle, 0, latest),
    }
    yield from ("/", "/consultations/", f"/consultations/{cast.OPEN}/", "/sitemap.xml")
    yield from (f"{BIG}feed/", f"{SMALL}feed/")
    for sort, cursor in places.items():
        yield f"{BIG}?sort={sort}"
        yield f"{BIG}?sort={sort}&after={cursor}"
        yield f"{SMALL}?sort={sort}"
        for prompt in Prompt.objects.filter(text__in=["Old?", "Rare?", "Common?"]):
            yield f"{BIG}?sort={sort}&prompt={prompt.pk}"
    yield f"{BIG}?sort=replies&after={Cursor(middle, 0, latest - 300)}"
    yield f"{BIG}?sort=replies&after={Cursor(middle, 0, 1)}"
    yield from searches(middle)
    top = tops.order_by("-reply_count")[0]
    # The pages before and after it, in the order of time.
    yield f"{BIG}?sort=newest&after={Cursor(top.pk + 1)}"
    yield f"{BIG}?sort=oldest&after={Cursor(top.pk - 1)}"
    replies = Comment.objects.filter(path__0=top.pk, parent=top).order_by("pk")
    reply = replies.filter(status="published")[replies.count() // 2]
    yield from (f"/comments/{top.pk}/", f"/comments/{top.pk}/?after={reply.pk}")
    yield f"/comments/{reply.pk}/"


def searches(middle: int) -> Iterator[str]:
    old, common = (Prompt.objects.get(text=text).pk for text in ("Old?", "Common?"))
    for words in ("street", "badger", "zebra", "mammoth", "nobody", "-street", '"street odd"'):
        yield f"{BIG}?q={words}"
    for words in ("street", "mammoth"):
        yield f"{BIG}?q={words}&sort=oldest"
        yield f"{BIG}?q={words}&after={Cursor(middle)}"
        yield f"{BIG}?q={words}&prompt={old}"
        yield f"{SMALL}?q={words}"
    yield f"{BIG}?q=mammoth&prompt={common}"
    yield f"{BIG}?q=odd+even"


def test_a_page_for_the_signed_out_reads_what_it_shows() -> None:
    assert faults(Client(), list(pages())) == []


def test_a_page_for_a_member_reads_what_it_shows() -> None:
    member = Member.objects.get(display_name="Member 7")
    mine = ["/account/comments/", "/account/comments/?before=9999999"]
    assert faults(signed_in(member), [*pages(), *mine]) == []


def test_a_whole_discussion_is_read_by_an_index_part_by_part() -> None:
    """As many comments as there are in a part, which is more than other pages may read."""
    middle = Comment.objects.filter(discussion=cast.discussion(), parent=None)[5_000].pk
    addresses = [f"{BIG}all/", f"{BIG}all/?after={middle}", f"{SMALL}all/", "/moderation/"]
    for client in (Client(), signed_in(Member.objects.get(display_name="Member 7"))):
        found = faults(client, addresses)
        assert [each for each in found if "all of discussions_comment is read" in each] == []


def faults(client: Client, addresses: list[str]) -> list[str]:
    """The pages, with what is wrong with a plan of theirs and the statement that it is of."""
    found = []
    for address in addresses:
        heard = Heard()
        with connection.execute_wrapper(heard):
            assert client.get(address).status_code == 200
        for asked in heard.asked:
            found += [f"{address}: {fault} in {asked}" for fault in faults_of(asked)]
    return found


def test_a_plan_for_any_values_is_told_from_one_for_these() -> None:
    """Who does not know which discussion reads through others to find replies of the small one."""
    asked = """SELECT path[1] FROM discussions_comment
                WHERE discussion_id = %s AND id > %s AND parent_id IS NOT NULL
                ORDER BY id LIMIT 501"""
    small = Discussion.objects.get(slug="parks")
    values = [small.pk, small.last_comment_id]
    assert faults_of(Asked(asked, values, is_kept=False)) == []
    assert len(faults_of(Asked(asked, values, is_kept=True))) == 1


def faults_of(asked: Asked) -> list[str]:
    if not asked.sql.lstrip().startswith(("SELECT", "WITH")):
        return []
    return [fault for plan in plans(asked) for step in steps(plan) if (fault := fault_of(step))]


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from steps(below)


def fault_of(step: dict[str, Any]) -> str:
    """Empty if there is none. What was read is counted with all that was read in vain; by the index
    of words, as much as is in a block, of which then only so many comments are read."""
    table, kind = step.get("Relation Name"), step["Node Type"]
    if table in TABLES and kind == "Seq Scan":
        return f"all of {table} is read"
    if kind.endswith("Scan") and (table in TABLES or "Index Name" in step):
        vain = (value for name, value in step.items() if name.startswith("Rows Removed by"))
        rows = (step["Actual Rows"] + sum(vain)) * step["Actual Loops"]
        if rows > (VAST if step.get("Index Name") == "comment_found" else ROWS):
            return f"{rows:,.0f} rows by {step.get('Index Name', kind)} of {table}"
    return ""
