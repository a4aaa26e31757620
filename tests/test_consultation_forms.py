"""The forms in which a consultation, its discussions, prompts and hosts are made."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from discussions import preparing
from discussions.models import Comment, Consultation
from tests import cast
from tests.conftest import in_staff_session
from tests.pages import words
from tests.prepared import change_page, draft, form_of, room

pytestmark = pytest.mark.django_db


def test_a_consultation_is_made_in_plain_forms() -> None:
    desk = in_staff_session(cast.desk())
    cast.hana()
    add = "/admin/discussions/consultation/add/"
    sent = form_of(desk, add) | {
        "title": "Safer streets",
        "slug": "safer-streets",
        "summary": "What would help?",
        "opens_at_0": "2027-03-27",
        "opens_at_1": "09:00:00",
        "closes_at_0": "2027-05-30",
        "closes_at_1": "23:59:00",
        "discussions-TOTAL_FORMS": "1",
        "discussions-0-title": "At night",
        "discussions-0-slug": "at-night",
        "discussions-0-position": "1",
        "events-TOTAL_FORMS": "1",
        "events-0-title": "The plan is made",
        "events-0-position": "1",
        "events-0-starts_on": "2027-07-01",
        "events-0-link": "www.london.gov.uk/plan",
    }
    desk.post(add, sent)
    made = Consultation.objects.get()
    assert made.opens_at == datetime(2027, 3, 27, 9, tzinfo=UTC)
    assert made.closes_at == datetime(2027, 5, 30, 22, 59, tzinfo=UTC)  # summer time
    assert made.events.get().link == "https://www.london.gov.uk/plan"
    page = f"/admin/discussions/discussion/{made.discussions.get().pk}/change/"
    prompts = {"prompts-TOTAL_FORMS": "3", "prompts-0-text": "First?", "prompts-1-text": "Third?"}
    prompts |= {"prompts-2-text": "Second?", "prompts-2-position": "2", "prompts-0-position": "1"}
    hosts = {"host_name": "hana", "host_organisation": "MOPAC"}
    answer = desk.post(page, form_of(desk, page) | prompts | hosts)
    assert answer.status_code == 302
    at_night = made.discussions.get()
    assert [(each.position, each.text) for each in at_night.prompts.all()] == [
        (1, "First?"),
        (2, "Second?"),
        (3, "Third?"),
    ]
    assert at_night.hosts.get().member == cast.hana()


def test_prompts_change_places() -> None:
    streets = draft().discussions.get()
    desk = in_staff_session(cast.desk())
    page = f"/admin/discussions/discussion/{streets.pk}/change/"
    moved = {"prompts-0-position": "2", "prompts-1-position": "1"}
    assert desk.post(page, form_of(desk, page) | moved).status_code == 302
    assert [each.text for each in streets.prompts.all()] == ["What does not?", "What works?"]
    assert [each.position for each in streets.prompts.all()] == [1, 2]


def test_a_prompt_that_was_answered_stays_and_says_why() -> None:
    comment = cast.comment(cast.ada())
    streets = comment.discussion
    answered, other = streets.prompts.all()
    Comment.objects.filter(pk=comment.pk).update(prompt=answered)
    desk = in_staff_session(cast.desk())
    page = f"/admin/discussions/discussion/{streets.pk}/change/"
    told = words(desk.post(page, form_of(desk, page) | {"prompts-0-away": "on"}))
    assert "People have answered this prompt, so it stays." in told
    assert streets.prompts.count() == 2
    assert desk.post(page, form_of(desk, page) | {"prompts-1-away": "on"}).status_code == 302
    assert list(streets.prompts.all()) == [answered]
    assert answered != other


def test_a_discussion_goes_while_nobody_knows_of_it() -> None:
    found, desk = draft(), in_staff_session(cast.desk())
    page = change_page(found)
    gone = {"discussions-0-away": "on"}
    cast.elsewhere(cast.DRAFT)
    told = words(desk.post(page, form_of(desk, page) | gone))
    assert "People have commented on this discussion, so it stays." in told
    Comment.objects.all().delete()
    preparing.publish(found, cast.desk(), timezone.now())
    assert "Readers know of this discussion" in words(desk.post(page, form_of(desk, page) | gone))
    Consultation.objects.filter(pk=found.pk).update(published_at=None)
    assert desk.post(page, form_of(desk, page) | gone).status_code == 302
    assert not found.discussions.exists()


def test_dates_and_addresses_stay_once_it_is_published() -> None:
    found, desk = draft(), in_staff_session(cast.desk())
    page = change_page(found)
    typed = {"opens_at_0": "2030-01-01", "opens_at_1": "09:00:00", "slug": "other"}
    typed |= {"closes_at_0": "2030-06-01", "closes_at_1": "09:00:00"}
    preparing.publish(found, cast.desk(), timezone.now())
    before = Consultation.objects.get()
    sent = form_of(desk, page)
    assert "opens_at_0" not in sent
    forged = {"published_at_0": "", "published_at_1": "", "discussions-0-slug": "elsewhere"}
    assert desk.post(page, sent | typed | forged | {"title": "New"}).status_code == 302
    after = Consultation.objects.get()
    assert after.title == "New"
    for name in ("slug", "opens_at", "closes_at", "published_at"):
        assert getattr(after, name) == getattr(before, name)
    assert after.discussions.get().slug == "streets"
    assert room(found, "dates/") in desk.get(page).content.decode()


def test_a_draft_is_no_draft_that_closes_before_it_opens() -> None:
    found, desk = draft(), in_staff_session(cast.desk())
    wrong = {"closes_at_0": "2020-01-01", "closes_at_1": "09:00:00", "why_now": "Kept."}
    answer = desk.post(change_page(found), form_of(desk, change_page(found)) | wrong)
    assert "It has to close after it opens." in words(answer)
    assert "Kept." in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"host_name": "Nobody Here"}, "Say which organisation they answer for."),
        ({"host_organisation": "MOPAC"}, "Say who answers for this organisation."),
        (
            {"host_name": "Nobody Here", "host_organisation": "MOPAC"},
            "Nobody here is called “Nobody Here”.",
        ),
        ({"host_name": "Ada", "host_organisation": "MOPAC"}, "has taken part here as a member"),
    ],
)
def test_a_host_who_cannot_be_one(typed: dict[str, str], told: str) -> None:
    streets = cast.comment(cast.ada()).discussion
    desk = in_staff_session(cast.desk())
    page = f"/admin/discussions/discussion/{streets.pk}/change/"
    assert told in words(desk.post(page, form_of(desk, page) | typed))
    assert [each.member for each in streets.hosts.all()] == [cast.hana()]


def test_nobody_erases_a_consultation_by_a_button() -> None:
    found, ida = draft(), in_staff_session(cast.ida())
    streets = found.discussions.get()
    for path in (change_page(found), f"/admin/discussions/discussion/{streets.pk}/change/"):
        assert "deletelink" not in ida.get(path).content.decode()
        gone = path.replace("/change/", "/delete/")
        assert ida.post(gone, {"post": "yes"}).status_code == 403
    marked = {"action": "delete_selected", "_selected_action": [found.pk], "post": "yes"}
    ida.post("/admin/discussions/consultation/", marked)
    assert Consultation.objects.filter(pk=found.pk).exists()


def test_nothing_of_an_archived_one_is_changed() -> None:
    found = cast.consultation(cast.CLOSED)
    moment = timezone.now()
    Consultation.objects.filter(pk=found.pk).update(outcome_published_at=moment, archived_at=moment)
    desk = in_staff_session(cast.desk())
    streets = f"/admin/discussions/discussion/{found.discussions.get().pk}/change/"
    for page in (change_page(found), streets):
        assert "The closed one" in words(desk.get(page))
        assert desk.post(page, {"title": "Other"}).status_code == 403
    assert "nothing about it changes any more" in words(desk.get(change_page(found)))


def test_who_changed_what_stands_in_the_history() -> None:
    found, desk = draft(), in_staff_session(cast.desk())
    page = change_page(found)
    desk.post(page, form_of(desk, page) | {"title": "Another title"})
    history = words(desk.get(page.replace("/change/", "/history/")))
    assert "Dee" in history
    assert "Changed Title." in history


def test_a_draft_lies_within_years_and_its_title_on_one_line() -> None:
    found, desk = draft(), in_staff_session(cast.desk())
    page = change_page(found)
    wrong = {"closes_at_0": "9999-12-31", "closes_at_1": "23:59:00", "why_now": "Kept."}
    answer = desk.post(page, form_of(desk, page) | wrong)
    assert "no more than 3 years from today" in words(answer)
    assert "Kept." in answer.text
    wrong = {"opens_at_0": "0001-01-01", "opens_at_1": "00:00:00"}
    assert desk.post(page, form_of(desk, page) | wrong).status_code == 200
    assert desk.get(page).status_code == 200
    titles = {"title": "Safer\r\nstreets", "discussions-0-title": "At\nnight"}
    assert desk.post(page, form_of(desk, page) | titles).status_code == 302
    assert Consultation.objects.get().title == "Safer streets"
    assert found.discussions.get().title == "At night"


def test_a_draft_of_another_age_is_not_published() -> None:
    found = draft(weeks=200)
    with pytest.raises(preparing.PublishRefusedError, match="Dates"):
        preparing.publish(found, cast.desk(), timezone.now())


def test_nothing_of_who_took_part_in_an_archived_one_is_changed() -> None:
    found, moment = cast.consultation(cast.CLOSED), timezone.now()
    host = found.participants.get()
    page = f"/admin/discussions/participant/{host.pk}/change/"
    desk = in_staff_session(cast.ida())
    Consultation.objects.update(outcome_published_at=moment, archived_at=moment)
    assert desk.post(page, {"organisation": "Other"}).status_code == 403
