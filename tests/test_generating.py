"""Made-up comments: measured are discussions that could have grown by posting."""

import pytest
from django.utils import timezone

from discussions.generating import RARE_WORD, generate
from discussions.models import Comment, Consultation, Discussion
from discussions.responses import recount
from tests import cast

pytestmark = pytest.mark.django_db

COUNT = 300


@pytest.fixture
def streets() -> Discussion:
    streets = cast.discussion()
    generate(streets, COUNT, seed=1)
    return cast.discussion()


def test_every_count_is_as_if_it_had_been_posted(streets: Discussion) -> None:
    def counts() -> list[tuple[int, int]]:
        return list(Comment.objects.order_by("pk").values_list("pk", "reply_count"))

    generated = counts()
    assert sum(replies for _pk, replies in generated) > COUNT
    Comment.objects.update(reply_count=0)
    recount(Consultation.objects.get(pk=streets.consultation_id))
    assert counts() == generated
    assert streets.comment_count == COUNT


def test_they_were_said_one_after_the_other_while_it_was_open(streets: Discussion) -> None:
    moments = list(Comment.objects.order_by("pk").values_list("posted_at", flat=True))
    assert moments == sorted(moments)
    opens_at = streets.consultation.opens_at
    assert opens_at is not None
    assert opens_at <= moments[0] < moments[-1] <= timezone.now()


def test_more_come_after_what_is_there(streets: Discussion) -> None:
    last = Comment.objects.latest("pk")
    generate(streets, 10, seed=2)
    assert all(each.posted_at >= last.posted_at for each in Comment.objects.filter(pk__gt=last.pk))


def test_a_rare_word_is_as_rare_in_any_discussion(streets: Discussion) -> None:
    assert Comment.objects.filter(body__icontains=RARE_WORD).count() == 25


def test_the_same_seed_says_the_same(streets: Discussion) -> None:
    bodies = list(Comment.objects.order_by("pk").values_list("body", flat=True))
    generate(streets, COUNT, seed=1)
    assert list(Comment.objects.order_by("pk").values_list("body", flat=True)[COUNT:]) == bodies
