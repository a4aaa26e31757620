"""Official answers and voices from elsewhere in a browser: with scripts, without, and to axe."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from discussions import official, posting
from discussions.models import Comment
from discussions.voices import Said, Voice, add_voice
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.looking import Way, assert_good, at
from tests.browser.places import STREETS
from tests.browser.test_moderating import staff_tab

FILE = "text,how\nMore benches.,meeting\nRing me on 020 7946 0958.,phone\nI will kill him.,paper\n"


def thread() -> Comment:
    """One with an official answer below many replies, and one pinned above all."""
    root = cast.comment(cast.ada())
    for _each in range(12):
        cast.comment(cast.ben(), parent=root)
    official.mark(cast.comment(cast.hana(), "We light the lane.", root), cast.hana())
    prompt = cast.discussion().prompt_rows[0]["id"]
    said = posting.NewComment("The bins work. " * 30, uuid.uuid4(), prompt_id=prompt)
    official.mark(posting.post_comment(cast.discussion(), cast.hana(), said), cast.hana())
    library = Said("meeting", "The long room of the library in Brixton, by the market")
    add_voice(Voice(cast.discussion().pk, library, "More benches.", key="1"))
    return root


@pytest.fixture
def room(transactional_db: None) -> str:
    return f"/admin/discussions/consultation/{cast.consultation().pk}/voices/"


def uploaded(room: str, content: str) -> Way:
    def go(page: Page) -> None:
        page.goto(room)
        file: FilePayload = {
            "name": "voices.csv",
            "mimeType": "text/csv",
            "buffer": content.encode(),
        }
        page.get_by_label("The file").set_input_files(file)
        page.get_by_role("button", name="Check the file").click()

    return go


def asked(room: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(room)
        page.get_by_label("What was said").fill("Ring me on 020 7946 0958.")
        page.get_by_role("button", name="Enter it").click()

    return go


def test_more_replies_in_place_leave_the_pinned_answer_alone(
    open_tab: OpenTab, transactional_db: None
) -> None:
    thread()
    page = open_tab()
    page.goto(STREETS)
    page.get_by_role("link", name=re.compile(r"Show \d+ more replies")).click()
    expect(page.get_by_text("is pinned further up.")).to_be_visible()
    ids = page.locator("article[id]").evaluate_all("all => all.map((each) => each.id)")
    assert len(ids) == len(set(ids))
    assert page.get_by_text("We light the lane.").count() == 1


def test_without_scripts_a_host_makes_it_official_and_staff_enter_a_file(
    open_tab: OpenTab, server: str, room: str
) -> None:
    cast.comment(cast.hana(), "We light the lane.", cast.comment(cast.ada()))
    page = open_tab(cast.hana(), scripts=False)
    page.goto(STREETS)
    page.get_by_role("link", name="Make it official").click()
    page.get_by_role("button", name="Make it official").click()
    expect(page.locator(".badge--official")).to_be_visible()
    staff = staff_tab(open_tab, cast.ida(), server, scripts=False)
    uploaded(room, FILE)(staff)
    staff.get_by_label("Enter it, and hold it for a moderator").check()
    staff.get_by_role("button", name="Enter them").click()
    told = "3 voices are entered. 2 of them wait for a moderator."
    expect(staff.get_by_text(told)).to_be_visible()
    page.goto(STREETS)
    expect(page.get_by_text("Said at a meeting")).to_be_visible()


def test_the_pages_are_good(open_tab: OpenTab, server: str, room: str) -> None:
    root = thread()
    answer = Comment.objects.get(body="We light the lane.")
    host = open_tab(cast.hana())
    assert_good(
        host,
        {
            "discussion-pinned": at(STREETS),
            "replies-pointer": at(f"{root.get_absolute_url()}?after={root.pk + 5}"),
            "official": at(f"{answer.get_absolute_url()}official/"),
        },
    )
    staff = staff_tab(open_tab, cast.ida(), server)
    assert_good(
        staff,
        {
            "voices": at(room),
            "voices-asked": asked(room),
            "voices-check": uploaded(room, FILE),
        },
    )
