"""The room of downloads: the list renews itself while a file is made, and does not without need."""

from playwright.sync_api import expect

from discussions import downloads, files, records
from discussions.models import Comment, Consultation, ExportFile, Record
from discussions.posting import database_moment
from tests import cast
from tests.browser.conftest import OpenTab
from tests.browser.looking import assert_good, at
from tests.browser.test_moderating import staff_tab

WHY = "For the report to the Mayor in autumn."


def room(name: str, *more: int) -> str:
    pk = cast.consultation().pk
    return f"/admin/discussions/consultation/{pk}/{'/'.join([name, *map(str, more)])}/"


def test_the_list_renews_itself_and_keeps_what_is_being_typed(
    open_tab: OpenTab, server: str
) -> None:
    cast.comment(cast.ada())
    page = staff_tab(open_tab, cast.analyst(), server)
    page.goto(room("downloads"))
    page.get_by_text("Comments in full, without names").click()
    page.get_by_label("What you need it for").fill(WHY)
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_text("Waiting", exact=True)).to_be_visible()
    page.get_by_label("What you need it for").fill("Half a sentence")
    file = ExportFile.objects.get()
    files.begin(file.pk, 2_000)
    ExportFile.objects.update(rows_done=1_000)
    expect(page.get_by_text("1,000 of 2,000 rows")).to_be_visible()
    downloads.make(file.pk)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download", exact=True).click()
    assert taken.value.suggested_filename == file.name
    expect(page.get_by_label("What you need it for")).to_have_value("Half a sentence")


def test_without_scripts_a_link_shows_how_far_it_is(open_tab: OpenTab, server: str) -> None:
    page = staff_tab(open_tab, cast.analyst(), server, scripts=False)
    page.goto(room("downloads"))
    page.get_by_role("button", name="Make the file").click()
    downloads.make(ExportFile.objects.get().pk)
    page.get_by_role("link", name="See how far they are").click()
    expect(page.get_by_role("link", name="Download", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="See how far they are")).not_to_be_visible()


def test_both_rooms_full_look_as_they_should(open_tab: OpenTab, server: str) -> None:
    comment = cast.comment(cast.ada())
    _files_in_every_state()
    Consultation.objects.update(closes_at=database_moment())
    records.queue_record(Consultation.objects.get())
    record = Record.objects.get()
    records.make_record(record.pk)
    Comment.objects.filter(pk=comment.pk).update(status="hidden")
    page = staff_tab(open_tab, cast.analyst(), server)
    places = {
        "downloads": at(room("downloads")),
        "record": at(room("records", record.pk)),
    }
    assert_good(page, places)


def _files_in_every_state() -> None:
    consultation, anna = cast.consultation(), cast.analyst()
    for form in ("csv", "xlsx", "json"):
        file = downloads.ask(consultation, anna, "comments", form, "full", WHY)
        downloads.make(file.pk)
        downloads.take(anna, file)
    files.fail(downloads.ask(consultation, anna, "people", "csv", "full", WHY).pk)
    gone = downloads.ask(consultation, anna, "people", "xlsx", "full", WHY)
    ExportFile.objects.filter(pk=gone.pk).update(state=ExportFile.State.GONE)
    making = downloads.ask(consultation, anna, "comments", "csv", "public")
    files.begin(making.pk, 100_000)
    ExportFile.objects.filter(pk=making.pk).update(rows_done=41_000)
    downloads.ask(consultation, anna, "comments", "xlsx", "public")
