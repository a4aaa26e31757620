"""Files of a consultation that people have left: who they were is not in them, and they come in
again anywhere."""

import pytest
from django.utils import timezone

from accounts import leaving
from accounts.models import Closing, Member, NameInUse
from discussions import posting
from discussions.exchange.exporting import Scope
from discussions.leaving import close_due_accounts
from discussions.models import Consultation, Discussion, Participant, Reaction
from discussions.naming import choose_name
from tests import cast
from tests.exchange.comparing import assert_changes_nothing, bring_in, counts, delete
from tests.exchange.files import exported

pytestmark = pytest.mark.django_db


@pytest.fixture
def left() -> None:
    """Ada (as Robin) and Ben have left, and so have both hosts; Cleo is still there."""
    streets = cast.discussion()
    choose_name(streets.consultation, cast.ada(), "Robin")
    first = cast.comment(cast.ada(), "Ada’s view.")
    cast.comment(cast.ben(), "Ben’s view.", parent=first)
    cast.comment(cast.hana(), "Hana’s answer.", parent=first)
    posting.react(first, cast.member("Cleo"), Reaction.Value.AGREE)
    other = Participant.objects.create(
        consultation=streets.consultation, member=cast.member("Hugo"), organisation="MOPAC"
    )
    streets.hosts.add(other)
    for member in (cast.ada(), cast.ben(), cast.hana(), cast.member("Hugo")):
        _close(member)


def _close(member: Member) -> None:
    leaving.start(member, withdraws_comments=False)
    Closing.objects.update(due_at=timezone.now())
    assert close_due_accounts() == 1


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("scope", list(Scope))
def test_a_file_names_none_of_them(scope: Scope) -> None:
    content = exported(cast.OPEN, scope)
    text = str(content)
    for name in ("'Ada'", "Robin", "'Ben'", "'Hana'", "Hugo"):
        assert name not in text
    (discussion,) = content["consultation"]["discussions"]
    assert [each["author"] for each in discussion["comments"]] == ["Former member"] * 3
    host = {"name": "Former member", "organisation": "MOPAC"}
    assert discussion["hosts"] == [host, host]


@pytest.mark.usefixtures("left")
def test_bringing_it_in_where_it_came_from_changes_nothing() -> None:
    assert_changes_nothing(exported(cast.OPEN))
    assert Discussion.objects.get().hosts.count() == 2


@pytest.mark.usefixtures("left")
def test_bringing_it_in_elsewhere_says_the_same_again() -> None:
    content, figures = exported(cast.OPEN), counts(cast.OPEN)
    cast.close_now()
    delete(cast.OPEN)
    bring_in(content)
    assert counts(cast.OPEN) == figures
    former = Participant.objects.filter(has_left=True)
    assert former.count() == 2  # one for the members, one for the hosts: the file tells no more
    assert {each.shown_name for each in former} == {"Former member"}
    again = exported(cast.OPEN)
    authors = [each["author"] for each in again["consultation"]["discussions"][0]["comments"]]
    assert authors == ["Former member"] * 3
    assert_changes_nothing(again)
    assert not NameInUse.objects.filter(folded__startswith="former").exists()


@pytest.mark.usefixtures("left")
def test_one_who_leaves_after_a_file_was_written_is_not_brought_back() -> None:
    content = exported(cast.OPEN)
    cast.comment(cast.member("Cleo"), "Cleo’s view.", where=cast.discussion())
    with_cleo = exported(cast.OPEN)
    _close(cast.member("Cleo"))
    for each in (content, with_cleo):
        bring_in(each)
    assert not Participant.objects.filter(name="Cleo").exists()
    assert Consultation.objects.get().respondents == 3
