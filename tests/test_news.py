"""News of a consultation: who writes it, when readers see it, and what staff are told instead."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Mail
from discussions import news
from discussions.models import Announcement, Consultation, Update
from discussions.outcome import ArchivedError
from moderation import elections
from moderation.models import ElectionPeriod
from tests import cast
from tests.conftest import in_staff_session
from tests.pages import words

pytestmark = pytest.mark.django_db

TEXT = "<p>The first <strong>lamps</strong> are up.</p>"


@pytest.fixture(autouse=True)
def no_election() -> None:
    elections.forget()


def written(slug: str = cast.OPEN, title: str = "Lamps") -> Update:
    return news.keep_update(cast.consultation(slug), cast.ida(), title=title, text=TEXT)


def page(slug: str = cast.OPEN) -> str:
    return words(Client().get(f"/consultations/{slug}/"))


def room(consultation: Consultation, step: str = "") -> str:
    return f"/admin/discussions/consultation/{consultation.pk}/news/{step}"


def election() -> None:
    now = timezone.now()
    ElectionPeriod.objects.create(
        name="Mayor of London election", starts_at=now, ends_at=now + timedelta(days=9)
    )
    elections.forget()


def test_from_admin_to_the_page_to_those_who_follow() -> None:
    consultation = cast.consultation()
    desk = in_staff_session(cast.desk())
    form = {"title": "Lamps", "text": f"{TEXT}<script>alert(1)</script>"}
    desk.post(room(consultation, "new/"), form)
    update = Update.objects.get()
    assert (update.by, update.text) == (cast.desk(), TEXT)
    assert "Lamps" not in page()
    assert "The first lamps are up." in words(desk.get(room(consultation, f"{update.pk}/preview/")))
    assert "0 followers will get" in words(desk.get(room(consultation, f"{update.pk}/publish/")))
    assert "Lamps" not in page()
    Update.objects.update(by=None)  # it came with a file
    assert "None" not in words(desk.get(room(consultation)))
    for _time in range(2):
        desk.post(room(consultation, f"{update.pk}/publish/"))
    assert "The first lamps are up." in page()
    told = Announcement.objects.get()
    assert (told.kind, told.key, told.update) == ("update", str(update.pk), update)


def test_the_latest_comes_first_and_the_page_asks_no_more_for_it() -> None:
    consultation = cast.consultation()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page()
        return len(captured)

    page()  # whether there is an election is known for a while
    before = queries()
    for number in range(news.SHOWN_AT_MOST + 2):
        news.publish_update(written(title=f"News number {number}."))
    shown = page()
    assert shown.index("News number 21.") < shown.index("News number 2.")
    assert "News number 1." not in shown
    assert queries() == before
    assert consultation.updates.count() == news.SHOWN_AT_MOST + 2


def test_a_correction_keeps_its_moment_and_mails_nobody() -> None:
    update = news.publish_update(written())
    news.keep_update(
        update.consultation, cast.ida(), title="Lamps", text="<p>Signs.</p>", pk=update.pk
    )
    update.refresh_from_db()
    assert "Signs." in page()
    assert update.published_at is not None
    assert Announcement.objects.count() == 1
    assert not Mail.objects.exists()


def test_what_is_taken_back_only_staff_see() -> None:
    update = news.publish_update(written())
    desk = in_staff_session(cast.desk())
    desk.post(room(update.consultation, f"{update.pk}/take-back/"))
    assert "Lamps" not in page()
    assert "draft" in words(desk.get(room(update.consultation)))


def test_an_election_period_holds_it_back() -> None:
    update = written()
    election()
    desk = in_staff_session(cast.desk())
    answer = desk.post(room(update.consultation, f"{update.pk}/publish/"), follow=True)
    assert "until the election period (Mayor of London election) is over" in words(answer)
    assert Update.objects.get().published_at is None
    assert not Announcement.objects.exists()


def test_nothing_changes_once_it_is_archived() -> None:
    update = written(cast.CLOSED)
    now = timezone.now()
    Consultation.objects.update(outcome_published_at=now, archived_at=now)
    for attempt in (news.publish_update, news.take_back):
        with pytest.raises(ArchivedError):
            attempt(update)
    desk = in_staff_session(cast.desk())
    answer = desk.post(room(update.consultation, "new/"), {"title": "More", "text": TEXT})
    assert answer.status_code == 409
    assert "This consultation is archived." in words(answer)
    assert 'value="More"' in answer.content.decode()


@pytest.mark.parametrize("slug", [cast.DRAFT, cast.OPEN])
def test_what_says_nothing_or_of_a_draft_is_not_published(slug: str) -> None:
    update = written(slug)
    if slug == cast.OPEN:
        Update.objects.update(text="<p>&nbsp;</p>")
    desk = in_staff_session(cast.desk())
    answer = desk.post(room(update.consultation, f"{update.pk}/publish/"), follow=True)
    sentence = {
        cast.DRAFT: "Publish the consultation first: it is still a draft.",
        cast.OPEN: "Give the news a title and a text.",
    }[slug]
    assert sentence in words(answer)
    assert Update.objects.get().published_at is None


def test_only_who_runs_consultations_may() -> None:
    update = written()
    for staff in (cast.analyst(), cast.moderator()):
        browser = in_staff_session(staff)
        for step in ("", "new/", f"{update.pk}/", f"{update.pk}/publish/"):
            assert browser.get(room(update.consultation, step)).status_code == 403
            assert browser.post(room(update.consultation, step)).status_code == 403
    other = cast.consultation(cast.CLOSED)
    assert in_staff_session(cast.ida()).get(room(other, f"{update.pk}/")).status_code == 404
