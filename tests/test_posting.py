"""The verbs of discussions.posting, on their own."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from discussions import posting
from discussions.models import Comment, Consultation, Discussion, Participant, Reaction
from discussions.permissions import NotAllowedError, NotOpenError
from moderation.timeline import Phase
from tests import cast

pytestmark = pytest.mark.django_db

AGREE, DISAGREE = Reaction.Value.AGREE, Reaction.Value.DISAGREE


def new(body: str = "More light.", **fields: object) -> posting.NewComment:
    return posting.NewComment(body, uuid.uuid4(), **fields)  # type: ignore[arg-type]


def counted() -> tuple[int, int]:
    """Respondents and responses of the open consultation."""
    consultation = Consultation.objects.get(slug=cast.OPEN)
    return consultation.respondents, consultation.responses


def test_a_repeated_form_key_answers_with_the_first_comment() -> None:
    once = new()
    first = posting.post_comment(cast.discussion(), cast.ada(), once)
    again = posting.post_comment(cast.discussion(), cast.ada(), once)
    assert again == first
    assert Comment.objects.count() == 1
    assert Discussion.objects.get(pk=first.discussion_id).comment_count == 1


def test_a_form_key_with_another_text_is_told_apart() -> None:
    once = new("First.")
    first = posting.post_comment(cast.discussion(), cast.ada(), once)
    with pytest.raises(posting.FormKeyReusedError) as refusal:
        posting.post_comment(
            cast.discussion(), cast.ada(), posting.NewComment("Second.", once.form_key)
        )
    assert refusal.value.comment == first


def test_a_resent_form_is_recognised_after_an_edit() -> None:
    once = new("As first posted.")
    first = posting.post_comment(cast.discussion(), cast.ada(), once)
    posting.edit_comment(first, cast.ada(), "As edited.")
    assert posting.post_comment(cast.discussion(), cast.ada(), once) == first


def test_the_same_text_sent_again_to_the_same_place_is_the_same_comment() -> None:
    root = cast.comment(cast.ada())
    first = posting.post_comment(cast.discussion(), cast.ben(), new("Quite."))
    assert posting.post_comment(cast.discussion(), cast.ben(), new("Quite.")) == first
    elsewhere = posting.post_comment(
        cast.discussion(), cast.ben(), new("Quite.", parent_id=root.pk)
    )
    assert elsewhere != first
    assert posting.post_comment(cast.discussion(), cast.ben(), new("Quite.")) != first
    assert posting.post_comment(cast.discussion(), cast.ada(), new("Quite.")).author.member == (
        cast.ada()
    )


def test_the_same_text_much_later_is_another_comment() -> None:
    first = posting.post_comment(cast.discussion(), cast.ben(), new("Quite."))
    long_ago = timezone.now() - timedelta(minutes=11)
    Comment.objects.filter(pk=first.pk).update(posted_at=long_ago)
    assert posting.post_comment(cast.discussion(), cast.ben(), new("Quite.")) != first


def test_a_form_key_of_one_member_says_nothing_to_another() -> None:
    once = new()
    first = posting.post_comment(cast.discussion(), cast.ada(), once)
    second = posting.post_comment(cast.discussion(), cast.ben(), once)
    assert first != second


@pytest.mark.parametrize(
    ("slug", "phase"),
    [(cast.UPCOMING, Phase.UPCOMING), (cast.CLOSED, Phase.CLOSED), (cast.DRAFT, Phase.DRAFT)],
)
def test_only_an_open_discussion_takes_comments(slug: str, phase: Phase) -> None:
    with pytest.raises(NotOpenError) as refusal:
        posting.post_comment(cast.discussion(slug), cast.ada(), new())
    assert refusal.value.phase is phase
    assert not Comment.objects.exists()


def test_a_discussion_may_close_before_its_consultation() -> None:
    streets = cast.discussion()
    Discussion.objects.filter(pk=streets.pk).update(closes_at=timezone.now())
    with pytest.raises(NotOpenError):
        posting.post_comment(streets, cast.ada(), new())


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_outlasts_the_closing_is_refused_by_the_database() -> None:
    streets = cast.discussion()
    comment = cast.comment(cast.ada())
    with pytest.raises(NotOpenError), posting.closing_is_told(streets), transaction.atomic():  # noqa: PT012 - the commit at its end is what raises
        pk = posting.next_ids(1)[0]
        Comment.objects.create(
            pk=pk,
            discussion=streets,
            author=comment.author,
            path=[pk],
            body="Begun in time.",
            body_html="<p>Begun in time.</p>",
            posted_at=posting.database_moment(),
            form_key=uuid.uuid4(),
        )
        Consultation.objects.filter(slug=cast.OPEN).update(closes_at=posting.database_moment())
    assert list(Comment.objects.all()) == [comment]


def test_a_reply_takes_its_place_below() -> None:
    root = cast.comment(cast.ada())
    reply = cast.comment(cast.ben(), parent=root)
    deeper = cast.comment(cast.ada(), parent=reply)
    assert deeper.path == [root.pk, reply.pk, deeper.pk]
    replies = dict(Comment.objects.values_list("pk", "reply_count"))
    assert replies == {root.pk: 2, reply.pk: 1, deeper.pk: 0}


def test_replies_nest_as_deep_as_people_go() -> None:
    at = cast.comment(cast.ada())
    settings_limit = posting.MOST_DEPTH
    streets, author = at.discussion, at.author
    for _level in range(settings_limit + 3):
        pk = posting.next_ids(1)[0]
        at = Comment.objects.create(
            pk=pk,
            discussion=streets,
            author=author,
            parent=at,
            path=posting.path_below(at, pk),
            body="Deeper.",
            body_html="<p>Deeper.</p>",
            posted_at=timezone.now(),
        )
    assert len(at.path) == settings_limit + 1
    assert at.path[-1] == at.pk


def test_what_one_may_not_see_takes_no_reply() -> None:
    root = cast.comment(cast.ada())
    Comment.objects.filter(pk=root.pk).update(status=Comment.Status.HELD)
    with pytest.raises(Comment.DoesNotExist):
        posting.post_comment(cast.discussion(), cast.ben(), new(parent_id=root.pk))


def test_a_withdrawn_comment_takes_no_reply() -> None:
    root = cast.comment(cast.ada())
    posting.withdraw_comment(root, cast.ada())
    with pytest.raises(NotAllowedError):
        posting.post_comment(cast.discussion(), cast.ben(), new(parent_id=root.pk))


def test_a_reply_stays_in_its_discussion() -> None:
    other = cast.elsewhere(cast.CLOSED)
    with pytest.raises(Comment.DoesNotExist):
        posting.post_comment(cast.discussion(), cast.ben(), new(parent_id=other.pk))


def test_an_edit_keeps_every_version() -> None:
    comment = cast.comment(cast.ada(), "One.")
    posting.edit_comment(comment, cast.ada(), "Two.")
    posting.edit_comment(comment, cast.ada(), "Two.")
    posting.edit_comment(comment, cast.ada(), "Three <b>.")
    comment.refresh_from_db()
    assert comment.body_html == "<p>Three &lt;b&gt;.</p>"
    assert comment.edited_at is not None
    assert [version.body for version in comment.versions.all()] == ["One.", "Two."]


def test_the_time_to_edit_ends() -> None:
    comment = cast.comment(cast.ada(), "One.")
    Comment.objects.filter(pk=comment.pk).update(
        posted_at=timezone.now() - timedelta(minutes=15, seconds=1)
    )
    with pytest.raises(NotAllowedError):
        posting.edit_comment(comment, cast.ada(), "Two.")


def test_nobody_edits_or_withdraws_for_another() -> None:
    comment = cast.comment(cast.ada())
    with pytest.raises(NotAllowedError):
        posting.edit_comment(comment, cast.ben(), "Not mine.")
    with pytest.raises(NotAllowedError):
        posting.withdraw_comment(comment, cast.ben())
    comment.refresh_from_db()
    assert comment.is_published


def test_withdrawing_keeps_the_text_and_the_place() -> None:
    root = cast.comment(cast.ada(), "I regret this.")
    cast.comment(cast.ben(), parent=root)
    posting.withdraw_comment(root, cast.ada())
    root.refresh_from_db()
    assert (root.status, root.body, root.reply_count) == ("withdrawn", "I regret this.", 1)
    assert Discussion.objects.get(pk=root.discussion_id).comment_count == 1


def test_one_may_withdraw_after_closing() -> None:
    comment = cast.comment(cast.ada())
    cast.close_now()
    assert posting.withdraw_comment(comment, cast.ada()).status == "withdrawn"


def test_the_last_reaction_counts() -> None:
    comment = cast.comment(cast.ada())
    for value, expected in ((AGREE, (1, 0)), (AGREE, (1, 0)), (DISAGREE, (0, 1)), (None, (0, 0))):
        comment = posting.react(comment, cast.ben(), value)
        assert (comment.agree_count, comment.disagree_count) == expected
    assert not Reaction.objects.exists()


def test_nobody_agrees_with_themselves_or_after_closing() -> None:
    comment = cast.comment(cast.ada())
    with pytest.raises(NotAllowedError):
        posting.react(comment, cast.ada(), AGREE)
    cast.close_now()
    with pytest.raises(NotOpenError):
        posting.react(comment, cast.ben(), AGREE)


def test_each_respondent_is_counted_once() -> None:
    first = cast.comment(cast.ada())
    cast.comment(cast.ada())
    assert counted() == (1, 2)
    posting.react(first, cast.ben(), AGREE)
    cast.comment(cast.ben(), parent=first)
    assert counted() == (2, 3)
    posting.react(first, cast.ben(), None)
    assert counted() == (2, 3)


def test_who_takes_everything_back_is_no_respondent() -> None:
    comment = cast.comment(cast.ada())
    posting.react(comment, cast.ben(), AGREE)
    posting.react(comment, cast.ben(), None)
    posting.withdraw_comment(comment, cast.ada())
    assert counted() == (0, 0)


def test_hosts_answer_and_are_not_counted() -> None:
    cast.consultation()
    answer = cast.comment(cast.hana(), "We are looking into it.")
    assert answer.author.is_host
    assert counted() == (0, 0)
    assert Discussion.objects.get(pk=answer.discussion_id).comment_count == 1


def test_a_participant_is_made_once() -> None:
    cast.comment(cast.ada())
    cast.comment(cast.ada())
    assert Participant.objects.filter(member=cast.ada()).count() == 1


def test_the_database_holds_a_path_to_its_comment() -> None:
    comment = cast.comment(cast.ada())
    with (
        pytest.raises(Exception, match="comment_path_ends_with_id"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE discussions_comment SET path = '{0}' WHERE id = %s", [comment.pk])


def test_what_is_published_has_dates() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.create(slug="dateless", title="x", published_at=timezone.now())


def test_saving_in_admin_leaves_the_counters_alone() -> None:
    stale = cast.discussion()
    stale_consultation = Consultation.objects.get(slug=cast.OPEN)
    cast.comment(cast.ada())
    stale.notice, stale_consultation.title = "Mind how you go.", "Renamed"
    stale.save()
    stale_consultation.save()
    fresh = Discussion.objects.select_related("consultation").get(pk=stale.pk)
    assert (fresh.notice, fresh.consultation.title) == ("Mind how you go.", "Renamed")
    assert (fresh.comment_count, fresh.last_comment_id > 0) == (1, True)
    assert counted() == (1, 1)
