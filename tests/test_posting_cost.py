"""What a post asks of the database: few statements, and few rows however much was said before."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions import posting
from discussions.markup import body_html
from discussions.models import Comment, Consultation, Discussion
from moderation.limits import Limit, TooOftenError, check_limits
from moderation.models import LimitCount
from tests import cast

pytestmark = pytest.mark.django_db

PAGE = "/consultations/open-one/streets/"
MANY = 600  # of each kind, and what a plan must not read all of
FEW = 40
# With BEGIN and COMMIT, the session and the member. Whoever comments first is asked whether they
# want to follow.
AT_MOST = {"comment": 12, "reply": 17, "reaction": 12, "edit": 13, "withdraw": 13}


def busy_thread() -> Comment:
    """Ada says a lot, Ben answers a lot, and others answer the first thing that Ada said."""
    top = cast.comment(cast.ada(), "What should change on our streets?")
    said_by_ben = cast.comment(cast.ben(), "More light, to begin with.", parent=top)
    others = [cast.comment(cast.member(f"Other {number}"), "I agree.") for number in range(5)]
    ada, ben = top.author, said_by_ben.author
    long_ago = timezone.now() - timedelta(days=1)
    rows = []
    for number, pk in enumerate(posting.next_ids(3 * MANY)):
        # Ben's come first: his latest is not the latest here.
        parent = [top, None, top][number // MANY]
        author = [ben, ada, others[number % 5].author][number // MANY]
        body = f"Number {number} of very many things that have been said before in this place."
        rows.append(
            Comment(
                pk=pk,
                discussion=top.discussion,
                author=author,
                parent=parent,
                path=posting.path_below(parent, pk),
                body=body,
                body_html=body_html(body),
                text_key=number,
                posted_at=long_ago,
            )
        )
    Comment.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE discussions_comment, discussions_participant")
    return top


def sent(client: Client, kind: str, top: Comment) -> int:
    """The status of the answer to a post of this kind by Ben."""
    # Of digits, some would be a telephone number.
    once = uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    fields = {"body": f"Said {once} in many words, so that it is compared with others."}
    key = {"form_key": str(uuid.uuid4())}
    own = Comment.objects.filter(author__member=cast.ben(), parent=None).last()
    address, given = {
        "comment": (f"{PAGE}comments/", fields | key),
        "reply": (f"/comments/{top.pk}/reply/", fields | key),
        "reaction": (f"/comments/{top.pk}/reaction/", {"reaction": "agree"}),
        "edit": (f"/comments/{own.pk if own else 0}/edit/", fields),
        "withdraw": (f"/comments/{own.pk if own else 0}/withdraw/", {}),
    }[kind]
    with counted_rows() as read, CaptureQueriesContext(connection) as asked:
        status = client.post(address, given).status_code
    assert read["seq_scan"] == 0, kind
    assert read["idx_tup_fetch"] <= FEW, (kind, read)
    assert len(asked) <= AT_MOST[kind], [each["sql"] for each in asked]
    return status


@contextmanager
def counted_rows() -> Iterator[dict[str, int]]:
    """What is read of the comments meanwhile, by PostgreSQL's count: by triggers, too."""
    read, before = dict[str, int](), _rows_read()
    yield read
    read |= {name: count - before[name] for name, count in _rows_read().items()}


def _rows_read() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables"
            " WHERE relname = 'discussions_comment'"
        )
        return dict(zip(("seq_scan", "idx_tup_fetch"), cursor.fetchone(), strict=True))


def test_a_post_reads_few_rows_in_few_statements(ben: Client) -> None:
    top = busy_thread()
    for kind in ("comment", "reply", "reply", "reaction", "edit", "withdraw"):
        assert sent(ben, kind, top) == 302, kind


def test_a_repeated_form_and_text_are_found_among_many() -> None:
    top, once = busy_thread(), posting.NewComment("Once is enough.", uuid.uuid4())
    first = posting.post_comment(top.discussion, cast.ben(), once)
    again = posting.NewComment(once.body, uuid.uuid4())
    with counted_rows() as read:
        assert posting.was_posted(cast.ben(), once.form_key)
        assert posting.post_comment(top.discussion, cast.ben(), once) == first
        assert posting.post_comment(top.discussion, cast.ben(), again) == first
    assert (read["seq_scan"], read["idx_tup_fetch"] <= FEW) == (0, True), read


def test_what_is_one_too_many_of_the_first_counts_for_none_of_the_others() -> None:
    own, street = (Limit("own", 2, timedelta(days=9)), "1"), (Limit("street", 3, timedelta(9)), "a")
    for _time in range(2):
        check_limits(own, street)
    with pytest.raises(TooOftenError) as refusal:
        check_limits(own, street)
    assert refusal.value.limit == own[0]
    check_limits((own[0], "2"), street)
    with pytest.raises(TooOftenError) as refusal:
        check_limits((own[0], "2"), street)
    assert refusal.value.limit == street[0]
    counts = dict(LimitCount.objects.values_list("key", "count"))
    assert counts == {"own:1": 3, "own:2": 2, "street:a": 4}


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_the_consultation_holds_no_discussion() -> None:
    """The order in which PostgreSQL locks the rows of one statement: the other one deadlocks."""
    streets = cast.discussion()
    waiting = threading.Thread(target=_lock, args=[streets.pk])
    with transaction.atomic():
        Consultation.objects.select_for_update(no_key=True).get(slug=cast.OPEN)
        waiting.start()
        _until_somebody_waits()
        assert Discussion.objects.select_for_update(nowait=True).get(pk=streets.pk) == streets
    waiting.join(10)
    assert not waiting.is_alive()


def _lock(discussion_id: int) -> None:
    with transaction.atomic():
        posting.lock(discussion_id)
    connection.close()


def _until_somebody_waits() -> None:
    for _attempt in range(500):
        with connection.cursor() as cursor:
            # A transaction is told what sessions do as it was when it asked first; of locks, now.
            cursor.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
            )
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
