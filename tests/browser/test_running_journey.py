"""A consultation from its draft to its archive: as the admin, a follower and a reader see it."""

import re
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Member
from discussions.models import Consultation
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.places import comment_with, open_form
from tests.browser.test_moderating import staff_tab

NIGHT = "Night buses"
PAGE = "/consultations/night-buses/"
SAID = "The N29 is full by midnight."
DAY = timedelta(days=1)


@pytest.mark.usefixtures("demo_worker")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_draft_to_archive(
    open_tab: OpenTab, server: str, scripts: bool, tmp_path: Path
) -> None:
    cast.moderator()  # somebody upholds the guidelines
    # The outbox keeps the mails of other tests.
    follower, host = (cast.member(f"{who} {uuid.uuid4().hex[:8]}") for who in ("Fan", "Host"))
    admin = staff_tab(open_tab, cast.desk(), server)  # Django's rows are added by its scripts
    reader = open_tab(scripts=scripts)
    # By name, as the mails lead there.
    fan = open_tab(follower, scripts=scripts, by_name=True)

    make_draft(admin, host)
    assert reader.goto(PAGE).status == 404  # type: ignore[union-attr]
    publish(admin)
    expect_phase(reader, "Coming up")
    fan.goto(PAGE)
    fan.get_by_role("button", name="Follow").click()
    expect(fan.get_by_text("You follow this consultation", exact=True)).to_be_visible()

    change_dates(admin, "Open", "Everything is ready.")
    expect_phase(reader, "Open")
    expect_mail(fan, follower, f"Open now: “{NIGHT}”")
    fan.goto(f"{PAGE}routes/")
    open_form(fan).fill(SAID)
    fan.get_by_role("button", name="Post comment").click()
    expect(comment_with(fan, SAID)).to_be_visible()

    later = timezone.localdate() + 90 * DAY
    change_dates(admin, "Extend", "People asked for more time.", closes_on=f"{later}")
    reader.goto(PAGE)
    expect(reader.get_by_role("region", name="Changes of dates")).to_contain_text(
        "People asked for more time."
    )
    expect_mail(fan, follower, f"New dates: “{NIGHT}”")

    write_news(admin)
    reader.goto(PAGE)
    expect(reader.get_by_role("heading", name="We rode the N29 ourselves.")).to_be_visible()
    expect_mail(fan, follower, f"News of “{NIGHT}”")

    change_dates(admin, "Close", "Enough was said.")
    expect_phase(reader, "Closed")
    expect(reader.get_by_text(re.compile("An answer is due by"))).to_be_visible()
    expect_mail(fan, follower, f"Closed: “{NIGHT}”")

    publish_outcome(admin, fan)
    reader.goto(PAGE)
    outcome = reader.get_by_role("region", name=re.compile("What we heard"))
    expect(outcome).to_contain_text("There are too few night buses.")
    expect(outcome).to_contain_text(SAID)
    expect(outcome.get_by_role("link", name=re.compile("Decision 12"))).to_be_visible()
    expect_mail(fan, follower, f"What came of “{NIGHT}”")
    mails(fan, follower).filter(has_text=re.compile("rests on|cited|your comment")).first.wait_for()

    archive(admin)
    reader.goto(PAGE)
    expect(reader.get_by_text(re.compile("Archived"))).to_be_visible()
    open_archive(reader, tmp_path)
    # Each mail once: open, dates, news, closed, outcome, and that the comment is cited.
    fan.goto("/outbox/")
    expect(mails(fan, follower)).to_have_count(6)


def make_draft(page: Page, host: Member) -> None:
    page.goto("/admin/discussions/consultation/add/")
    page.locator("#id_title").fill(NIGHT)
    page.keyboard.press("Tab")
    expect(page.locator("#id_slug")).to_have_value("night-buses")
    page.get_by_role("textbox", name="The question").fill("Which night buses do you need?")
    page.get_by_role("textbox", name="Why now").fill("The contracts end next year.")
    page.get_by_role("textbox", name="What people need to know").fill("There are 50 routes.")
    page.get_by_role("textbox", name="Other ways to respond").fill("Ring us, or write.")
    today = timezone.localdate()
    for name, day in (("opens_at", today + DAY), ("closes_at", today + 60 * DAY)):
        page.locator(f"#id_{name}_0").fill(f"{day}")
        page.locator(f"#id_{name}_1").fill("09:00:00")
    page.get_by_text("Add another Discussion").click()
    page.locator("#id_discussions-0-title").fill("Routes")
    page.keyboard.press("Tab")
    expect(page.locator("#id_discussions-0-slug")).to_have_value("routes")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    page.locator("#discussions-group").get_by_role("link", name="Change").click()
    page.get_by_text("Add another Prompt").click()
    page.locator("#id_prompts-0-text").fill("Which route is missing?")
    page.get_by_label("Name another host").fill(host.display_name)
    page.get_by_label("Organisation of that host").fill("TfL")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")


def room(page: Page, name: str) -> None:
    consultation = Consultation.objects.get(slug="night-buses")
    page.goto(f"/admin/discussions/consultation/{consultation.pk}/change/")
    page.get_by_role("link", name=name, exact=True).click()


def publish(page: Page) -> None:
    room(page, "Checklist")
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("Readers can see it now")


def change_dates(page: Page, title: str, reason: str, closes_on: str = "") -> None:
    room(page, "Dates")
    form = page.get_by_role("form", name=re.compile(f"^{title}"))
    if closes_on:
        form.get_by_label("Closes on").fill(closes_on)
    form.get_by_label("Why").fill(reason)
    form.get_by_role("button").last.click()
    expect(page.locator(".messagelist")).to_be_visible()


def write_news(page: Page) -> None:
    room(page, "News")
    page.get_by_role("link", name="Write news").click()
    page.get_by_label("Title").fill("We rode the N29 ourselves.")
    page.get_by_role("textbox", name="Text").fill("It was full.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name=re.compile("Publish")).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_be_visible()


def publish_outcome(page: Page, fan: Page) -> None:
    fan.goto(f"{PAGE}routes/")
    number = re.sub(r"\D", "", comment_with(fan, SAID).get_attribute("id") or "")
    room(page, "Outcome")
    page.get_by_label("Introduction").fill("Thank you. Here is what we do.")
    point = page.get_by_role("region", name="Point 1")
    point.get_by_label("What we heard").fill("There are too few night buses.")
    point.get_by_label("What becomes of it").select_option("will")
    point.get_by_label("Our answer, and why").fill("The N29 runs twice as often.")
    point.get_by_label("Decision", exact=True).fill("Decision 12")
    point.get_by_label("Where the decision can be read").fill("https://london.example/12")
    point.get_by_label("Comments it rests on").fill(number)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name=re.compile("Publish the outcome")).click()
    page.get_by_role("button", name="Publish the outcome").click()
    expect(page.locator(".messagelist")).to_be_visible()


def archive(page: Page) -> None:
    room(page, "Outcome")
    page.get_by_role("link", name=re.compile("Archive")).last.click()
    page.get_by_role("button", name="Archive it").click()
    expect(page.locator(".messagelist")).to_be_visible()


def open_archive(page: Page, folder: Path) -> None:
    """Once the worker has made it."""
    for _attempt in range(40):
        page.goto(PAGE)
        link = page.get_by_role("link", name=re.compile("Download the archive"))
        if link.count():
            break
        page.wait_for_timeout(250)
    with page.expect_download() as taken:
        link.click()
    file = folder / "archive.zip"
    taken.value.save_as(file)
    with zipfile.ZipFile(file) as archived:
        names = archived.namelist()
        index = next(each for each in names if each.endswith("index.html"))
        assert NIGHT in archived.read(index).decode()
        assert any(SAID in archived.read(each).decode() for each in names if "routes" in each)


def expect_phase(page: Page, phase: str) -> None:
    page.goto(PAGE)
    expect(page.locator(".phase").first).to_have_text(phase)


def expect_mail(page: Page, member: Member, subject: str) -> None:
    for _attempt in range(60):
        page.goto("/outbox/")
        if mails(page, member).filter(has_text=subject).count():
            break
        page.wait_for_timeout(250)
    expect(mails(page, member).filter(has_text=subject)).to_have_count(1)


def mails(page: Page, member: Member) -> Locator:
    return page.get_by_role("article").filter(has_text=f"To {member.email}")
