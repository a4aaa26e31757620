"""Bringing in a consultation: whole, once, and without touching what people did since."""

import pytest

from discussions import posting
from discussions.exchange.exporting import Scope
from discussions.exchange.schema import MalformedFileError
from discussions.models import (
    Comment,
    Consultation,
    Discussion,
    OutcomePoint,
    Participant,
    Prompt,
    Reaction,
    TimelineEvent,
)
from discussions.responses import recount
from tests import cast
from tests.exchange.comparing import (
    Content,
    assert_changes_nothing,
    bring_in,
    counts,
    delete,
    said,
)
from tests.exchange.files import SLUG, a_comment, a_file, exported

pytestmark = pytest.mark.django_db


def renamed(content: Content, slug: str) -> Content:
    return content | {"consultation": content["consultation"] | {"slug": slug}}


def test_a_file_is_brought_in_with_all_it_says() -> None:
    report = bring_in(a_file())
    assert (report.comments_added, report.comments_here) == (4, 0)
    found = Consultation.objects.get(slug=SLUG)
    assert (found.title, found.owner, found.summary) == (
        "Our plan",
        "City Hall",
        "What we plan.\n\nAnd why.",
    )
    assert (found.respondents, found.responses) == (102, 122)
    streets = Discussion.objects.get(consultation=found)
    assert streets.introduction == "How are they?\n\nTell us."
    assert [each.text for each in streets.prompts.all()] == ["What works?", "What does not?"]
    third = Comment.objects.get(reference="c3")
    assert [Comment.objects.get(pk=pk).reference for pk in third.path] == ["c1", "c2", "c3"]
    assert third.author.is_host
    assert Comment.objects.get(reference="c1").prompt == streets.prompts.get(position=2)
    assert Comment.objects.get(reference="c1").reply_count == 2
    assert Comment.objects.get(reference="c4").status == Comment.Status.HIDDEN


def test_hosts_keep_the_order_of_the_file() -> None:
    content = a_file()
    names = [f"Host {number}" for number in range(40, 0, -1)]
    hosts = [{"name": name, "organisation": "MOPAC"} for name in ["Hana", *names]]
    content["consultation"]["discussions"][0]["hosts"] = hosts
    bring_in(content)
    hosts.reverse()
    bring_in(content)
    assert exported()["consultation"]["discussions"][0]["hosts"] == hosts
    assert_changes_nothing(content)


def test_importing_twice_writes_nothing() -> None:
    bring_in(a_file())
    assert_changes_nothing(a_file())


def test_a_second_import_that_adds_one_comment_leaves_the_others() -> None:
    bring_in(a_file())
    before = dict(Comment.objects.values_list("reference", "pk"))
    content = a_file()
    comments = content["consultation"]["discussions"][0]["comments"]
    comments.append(a_comment("c5", parent="c2", author="Zed", body="Late."))
    report = bring_in(content)
    assert (report.comments_added, report.comments_here) == (1, 4)
    after = dict(Comment.objects.values_list("reference", "pk"))
    assert {name: after[name] for name in before} == before
    assert counts(SLUG) == (103, 123, [4])


def test_what_moderators_and_authors_did_stays() -> None:
    bring_in(a_file())
    Comment.objects.filter(reference="c2").update(status=Comment.Status.HIDDEN)
    Comment.objects.filter(reference="c1").update(body="Edited here.")
    bring_in(a_file())
    assert Comment.objects.get(reference="c2").status == Comment.Status.HIDDEN
    assert Comment.objects.get(reference="c1").body == "Edited here."


def test_what_the_file_says_anew_is_brought_up_to_date() -> None:
    bring_in(a_file())
    content = a_file()
    content["consultation"] |= {"title": "The plan", "earlier_responses": 130}
    content["consultation"]["timeline"].pop(0)
    content["consultation"]["discussions"][0]["title"] = "The streets"
    bring_in(content)
    found = Consultation.objects.get(slug=SLUG)
    assert (found.title, found.responses, found.events.count()) == ("The plan", 132, 1)
    assert Discussion.objects.get(consultation=found).title == "The streets"


def test_an_outcome_that_the_file_does_not_speak_of_stays() -> None:
    bring_in(a_file())
    content = a_file()
    del content["consultation"]["outcome"]
    bring_in(content)
    found = Consultation.objects.get(slug=SLUG)
    assert found.outcome_points.count() == 1
    assert found.outcome_published_at is not None


def with_prompts(*texts: str) -> Content:
    content = a_file()
    content["consultation"]["discussions"][0]["prompts"] = list(texts)
    return content


def answered() -> str:
    prompt = Comment.objects.get(reference="c1").prompt
    assert prompt is not None
    return f"{prompt.position}. {prompt.text}"


def test_a_prompt_keeps_its_answers_wherever_it_moves() -> None:
    bring_in(a_file())
    content = with_prompts("First of all?", "What does not?", "What works?")
    bring_in(content)
    assert answered() == "2. What does not?"
    bring_in(with_prompts("What does not?", "What works?"))
    assert answered() == "1. What does not?"
    assert Prompt.objects.count() == 2


def test_a_reworded_prompt_keeps_its_answers() -> None:
    bring_in(a_file())
    bring_in(with_prompts("What works?", "What does not work?"))
    assert answered() == "2. What does not work?"


def test_a_file_without_a_prompt_that_has_answers_is_refused_whole() -> None:
    bring_in(a_file())
    content = with_prompts("What works?")
    content["consultation"]["title"] = "Other"
    content["consultation"]["discussions"][0]["comments"] = []
    before = said()
    with pytest.raises(MalformedFileError, match=r"discussions\[0\].prompts"):
        bring_in(content)
    assert said() == before


def test_a_comment_that_contradicts_the_one_here_refuses_the_file_whole() -> None:
    bring_in(a_file())
    content = a_file()
    content["consultation"]["title"] = "Other"
    content["consultation"]["discussions"][0]["comments"][1]["posted_at"] = "2025-01-09T10:00:00Z"
    before = said()
    with pytest.raises(MalformedFileError, match=r"comments\[1\]\.id: Another"):
        bring_in(content)
    assert said() == before


def with_comments_from_elsewhere() -> Content:
    """A file about the open consultation, as it stands here, with c1 to c4 beside."""
    content = exported(cast.OPEN)
    streets = content["consultation"]["discussions"][0]
    hosts = [{"name": "Hana", "organisation": "MOPAC"}]
    streets |= {"hosts": hosts, "comments": a_file()["consultation"]["discussions"][0]["comments"]}
    return content


def test_words_from_elsewhere_are_never_put_into_a_members_mouth() -> None:
    cast.comment(cast.ada())
    bring_in(with_comments_from_elsewhere())
    assert Comment.objects.get(reference="c1").author.member is None


# A consultation that was held here.


def held_here() -> Consultation:
    """With all that can stand in one after weeks of use."""
    consultation = cast.consultation()
    hana = Participant.objects.get(member=cast.hana())
    Participant.objects.create(consultation=consultation, name="Ada")  # an import brought her
    first = cast.comment(cast.ada(), "=1+1 is two\n\nand so on")
    reply = cast.comment(cast.ben(), "A reply", parent=first)
    cast.comment(cast.hana(), "An answer", parent=reply)
    posting.react(first, cast.ben(), Reaction.Value.AGREE)
    posting.react(first, cast.member("Cy"), Reaction.Value.DISAGREE)  # and says nothing
    posting.edit_comment(reply, cast.ben(), "A better reply")
    posting.withdraw_comment(cast.comment(cast.member("Di"), "Regretted"), cast.member("Di"))
    hide(cast.comment(cast.member("Eve"), "Nasty words"))
    cast.elsewhere(cast.CLOSED)
    assert hana.is_host
    return Consultation.objects.get(pk=consultation.pk)


def hide(comment: Comment) -> None:
    """As a moderator's decision will: out of sight and out of the counts."""
    Comment.objects.filter(pk=comment.pk).update(status=Comment.Status.HIDDEN)
    recount(Consultation.objects.get(slug=cast.OPEN))


@pytest.mark.parametrize("scope", Scope)
def test_a_consultations_own_export_changes_nothing_here(scope: Scope) -> None:
    held_here()
    assert_changes_nothing(exported(cast.OPEN, scope))


@pytest.mark.parametrize("scope", Scope)
def test_an_export_brings_equal_figures_elsewhere(scope: Scope) -> None:
    held_here()
    before = counts(cast.OPEN)
    bring_in(renamed(exported(cast.OPEN, scope), "elsewhere"))
    assert counts("elsewhere") == before
    assert before[:2] == (3, 2)


def test_an_export_brings_equal_figures_elsewhere_twice() -> None:
    held_here()
    content = renamed(exported(cast.OPEN), "elsewhere")
    bring_in(content)
    assert_changes_nothing(content)


def test_two_people_of_one_name_are_two_respondents_elsewhere_too() -> None:
    consultation = cast.consultation()
    cast.comment(cast.ada())
    bring_in(with_comments_from_elsewhere())  # another Ada, and Ben
    assert Consultation.objects.get(pk=consultation.pk).respondents == 3
    again = exported(cast.OPEN)
    assert again["consultation"]["other_respondents"] == 1
    bring_in(renamed(again, "elsewhere"))
    assert counts("elsewhere")[:2] == counts(cast.OPEN)[:2] == (3, 3)


def test_an_older_export_does_not_count_the_same_people_twice() -> None:
    held_here()
    older = exported(cast.OPEN)
    first = Comment.objects.get(body__startswith="=1")
    posting.react(first, cast.member("Flo"), Reaction.Value.AGREE)
    bring_in(older)
    assert Consultation.objects.get(slug=cast.OPEN).respondents == 4


def test_a_host_may_answer_where_the_discussion_does_not_name_them() -> None:
    cast.consultation()
    Discussion.objects.get(consultation__slug=cast.OPEN).hosts.clear()
    cast.comment(cast.hana(), "An answer")
    content = exported(cast.OPEN)
    assert content["consultation"]["hosts"] == [{"name": "Hana", "organisation": "MOPAC"}]
    assert_changes_nothing(content)
    bring_in(renamed(content, "elsewhere"))
    answer = Comment.objects.get(discussion__consultation__slug="elsewhere")
    assert answer.author.is_host
    assert not answer.discussion.hosts.exists()


def test_what_admins_left_in_their_own_way_stays_so() -> None:
    """Positions with gaps or all alike, white space, an outcome being written, a draft."""
    consultation = cast.consultation()
    streets = Discussion.objects.get(consultation=consultation)
    Discussion.objects.create(consultation=consultation, slug="A_Second-", title="Second")
    for prompt in streets.prompts.all():
        Prompt.objects.filter(pk=prompt.pk).update(position=prompt.position * 10)
    Discussion.objects.filter(pk=streets.pk).update(introduction="One\r\n\r\n\r\n Two \n\n\n")
    for title in ("First", "Second"):
        TimelineEvent.objects.create(consultation=consultation, title=title, stated="coming")
    TimelineEvent.objects.create(
        consultation=consultation,
        title="Have your say",
        stated="happening",
        note="In halls and here.",
        is_the_discussion=True,
    )
    Consultation.objects.filter(pk=consultation.pk).update(outcome_introduction="To come")
    OutcomePoint.objects.create(consultation=consultation, heard="A", answer="B", verdict="did")
    for scope in Scope:
        assert_changes_nothing(exported(cast.OPEN, scope))
    Consultation.objects.filter(pk=consultation.pk).update(
        published_at=None, opens_at=None, closes_at=None
    )
    assert_changes_nothing(exported(cast.OPEN))


def test_a_deep_thread_comes_back_in_its_order() -> None:
    content = a_file()
    comments: list[Content] = content["consultation"]["discussions"][0]["comments"]
    comments.clear()
    for number in range(posting.MOST_DEPTH + 20):
        parent = f"c{number - 1}" if number else None
        comments.append(a_comment(f"c{number}", parent=parent))
    bring_in(content)
    once = exported()
    delete(SLUG)
    bring_in(once)
    assert exported() == once
