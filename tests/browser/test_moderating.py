"""Moderating in a browser: from the keyboard, without scripts, and every page as axe sees it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Member
from discussions import moderating
from moderation import sanctions
from moderation.models import Appeal, Case, CaseFinding, Decision, ReasonTemplate, Sanction, Verb
from moderation.screening import Kind
from tests import cast, moderated
from tests.browser.conftest import OpenTab
from tests.browser.looking import Way, assert_good, at
from tests.conftest import in_staff_session

QUEUE = "/admin/moderation/case/"
MOST_KEYSTROKES = 6


def staff_tab(open_tab: OpenTab, member: Member, server: str, *, scripts: bool = True) -> Page:
    """Of a member of staff who has just shown their second factor."""
    page = open_tab(scripts=scripts)
    name = settings.SESSION_COOKIE_NAME
    value = in_staff_session(member).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "url": server}])
    return page


def case_about(body: str, *findings: tuple[Kind, int, int]) -> Case:
    case = moderating.open_case_by_staff(cast.comment(cast.ada(), body))
    CaseFinding.objects.bulk_create(
        CaseFinding(case=case, kind=kind, start=start, end=end) for kind, start, end in findings
    )
    return case


def address(case: Case) -> str:
    return f"{QUEUE}{case.pk}/change/"


@pytest.fixture
def ready(transactional_db: None) -> ReasonTemplate:
    """Between tests that commit, also those that a migration made are gone."""
    ReasonTemplate.objects.all().delete()
    ReasonTemplate.objects.create(guideline=1, title="Insult", text="It insults somebody.")
    made: ReasonTemplate = ReasonTemplate.objects.create(
        guideline=3, title="Personal details", text="It has details by which one is found."
    )
    return made


@pytest.fixture
def two_cases(ready: ReasonTemplate) -> tuple[Case, Case]:
    return case_about("Ring Zebedee, he knows.", (Kind.PHONE, 5, 12)), case_about("Lamps.")


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


@pytest.mark.parametrize(
    ("keys", "verb", "guideline"),
    [
        (("h", "3", "Enter"), "hide", 3),
        (("m", "3", "Enter"), "mask", 3),
        (("k", "Enter"), "keep", None),
    ],
    ids=["hide", "hide words", "keep"],
)
def test_a_case_is_decided_in_at_most_six_keystrokes(
    open_tab: OpenTab,
    server: str,
    two_cases: tuple[Case, Case],
    ready: ReasonTemplate,
    keys: tuple[str, ...],
    verb: str,
    guideline: int | None,
) -> None:
    first, second = two_cases
    page = staff_tab(open_tab, cast.moderator(), server)
    page.goto(address(first))
    pressed = press(page, *keys)
    page.wait_for_url(f"**{address(second)}")
    print(f"{verb}: {pressed} keystrokes")
    assert pressed <= MOST_KEYSTROKES
    decision = Decision.objects.get()
    assert (decision.case, decision.verb, decision.guideline) == (first, verb, guideline)
    assert decision.reason == (ready.text if guideline else "")
    expect(page.locator(".messagelist")).to_contain_text(f"Case {first.pk} is decided")


def test_keys_claim_go_on_open_labels_and_list_themselves(
    open_tab: OpenTab, server: str, two_cases: tuple[Case, Case]
) -> None:
    first, second = two_cases
    Case.objects.filter(pk=first.pk).update(severity=Case.Severity.SAFETY)
    page = staff_tab(open_tab, cast.moderator(), server)
    page.goto(QUEUE)
    press(page, "n")
    page.wait_for_url(f"**{address(first)}")
    expect(page.get_by_text("You are at it")).to_be_visible()
    said = page.get_by_text("Ring Zebedee")
    expect(said).to_be_hidden()
    press(page, "o")
    expect(said).to_be_visible()
    press(page, "?")
    expect(page.get_by_text("Decide, from inside a field")).to_be_visible()
    with page.expect_navigation():
        press(page, "c")
    expect(page.get_by_text("You are at it")).to_have_count(0)
    press(page, "n")
    page.wait_for_url(f"**{address(second)}")


def test_keys_leave_alone_who_types_and_who_turned_them_off(
    open_tab: OpenTab, server: str, two_cases: tuple[Case, Case]
) -> None:
    first, second = two_cases
    page = staff_tab(open_tab, cast.moderator(), server)
    page.goto(address(first))
    page.get_by_label("Internal note").click()
    page.keyboard.type("hmm, no: 3 lamps? ok")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.get_by_label("Guideline")).to_have_value("")
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Keys work").uncheck()
    page.goto(address(first))
    press(page, "h", "3", "n", "Enter")
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page).to_have_url(re.compile(address(first)))
    # From inside a field, without the single keys.
    page.get_by_label("Keep").check()
    page.get_by_label("Internal note").fill("Fine.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{address(second)}")
    assert Decision.objects.get().note == "Fine."


def test_of_several_ready_reasons_the_one_about_what_was_found_is_taken(
    open_tab: OpenTab, server: str, ready: ReasonTemplate
) -> None:
    ReasonTemplate.objects.create(guideline=2, title="Hate", text="It attacks a group.")
    ReasonTemplate.objects.create(guideline=2, title="Threat", text="It threatens.")
    threat = case_about("I will hurt you.", (Kind.THREAT, 0, 15))
    plain = case_about("Lamps.")
    page = staff_tab(open_tab, cast.moderator(), server)
    page.goto(address(threat))
    press(page, "m")
    expect(page.get_by_label("I will hurt you", exact=True)).to_be_hidden()
    press(page, "o", "h")
    page.get_by_label("Hide", exact=True).focus()
    press(page, "2", "Enter")
    page.wait_for_url(f"**{address(plain)}")
    assert Decision.objects.get().reason == "It threatens."
    # Where nothing tells which, a person chooses.
    press(page, "h", "2", "Enter")
    expect(page.get_by_text("Say why: the author reads it.")).to_be_visible()
    assert Decision.objects.count() == 1


def test_own_words_stay_when_the_guideline_changes(
    open_tab: OpenTab, server: str, two_cases: tuple[Case, Case]
) -> None:
    page = staff_tab(open_tab, cast.moderator(), server)
    page.goto(address(two_cases[0]))
    reason = page.get_by_label("Reason, in your words")
    page.get_by_label("Guideline").select_option("3")
    expect(reason).to_have_value("It has details by which one is found.")
    page.get_by_label("Guideline").select_option("1")
    expect(reason).to_have_value("It insults somebody.")
    page.get_by_label("Guideline").select_option("9")
    expect(reason).to_have_value("")
    reason.fill("In my words.")
    page.get_by_label("Guideline").select_option("3")
    expect(reason).to_have_value("In my words.")


def test_a_case_is_decided_without_scripts(
    open_tab: OpenTab, server: str, two_cases: tuple[Case, Case], ready: ReasonTemplate
) -> None:
    first, second = two_cases
    page = staff_tab(open_tab, cast.moderator(), server, scripts=False)
    page.goto(QUEUE)
    page.get_by_role("button", name="Take the next case").click()
    page.get_by_label("Hide the marked words").check()
    page.get_by_label("Guideline").select_option("3")
    page.get_by_label("Reason, ready to use").select_option(str(ready.pk))
    page.get_by_role("button", name="Decide").click()
    expect(page).to_have_url(re.compile(address(second)))
    first.comment.refresh_from_db()
    assert first.comment.body == "Ring [words hidden], he knows."
    assert Decision.objects.get().reason == ready.text
    page.goto(QUEUE)
    page.get_by_text("State: Waiting").click()
    page.get_by_role("link", name="Decided").click()
    expect(page.get_by_text("Ring [words hidden]")).to_be_visible()


# Every page of ours.


@pytest.fixture
def stage(ready: ReasonTemplate) -> dict[str, str]:
    """The addresses of pages in states that try them."""
    cast.discussion()
    top = cast.comment(cast.ben(), "Are the lamps out?")
    comment = cast.comment(cast.ada(), "They are. Ring Zebedee. " * 30, parent=top)
    for number in range(3):
        cast.comment(cast.hana(), f"We mend number {number}.", parent=comment)
    full = moderating.open_case_by_staff(comment)
    CaseFinding.objects.create(case=full, kind=Kind.PHONE, start=15, end=22)
    for guideline in (1, 3, None):
        moderated.report(comment, guideline=guideline, explanation="Donaudampfschiff" * 12)
    Case.objects.filter(pk=full.pk).update(due_at=timezone.now() - timedelta(hours=3))
    cast.member("W" * 40)
    upsetting = case_about("An ugly word.", (Kind.SLUR, 3, 7))
    masked = moderated.decide(
        cast.comment(cast.ada(), "Ring Zebedee."), Verb.MASK, marked=("Zebedee",)
    )
    hidden = moderated.hide(cast.comment(cast.ada(), "They are, ring Zebedee, please do."))
    new = sanctions.NewSanction(
        Sanction.Kind.SUSPENSION, 1, "Insults.", "Third.", timedelta(days=7), full
    )
    given = sanctions.sanction(cast.ada(), new, cast.senior("Sam"), timezone.now())
    appeal = moderated.appeal(hidden)
    ended = moderated.uphold(moderated.appeal(masked))
    Appeal.objects.filter(pk=appeal.pk).update(due_at=timezone.now() - timedelta(days=1))
    own = moderating.open_case_by_staff(cast.comment(cast.senior("Sal")))
    admin = "/admin/moderation"
    return {
        "queue": f"{admin}/case/",
        "queue-decided": f"{admin}/case/?state=decided",
        "queue-nothing": f"{admin}/case/?q=xylophone",
        "case": address(full),
        "case-upsetting": address(upsetting),
        "case-masked": address(masked.case),
        "case-own": address(own),
        "together": f"{admin}/case/together/?cases={full.pk},{upsetting.pk}",
        "appeals": f"{admin}/appeal/?state=all",
        "appeal": f"{admin}/appeal/{appeal.pk}/change/",
        "appeal-ended": f"{admin}/appeal/{ended.pk}/change/",
        "sanctions": f"{admin}/sanction/",
        "sanction-give": f"{admin}/sanction/give/{cast.ada().pk}/?case={full.pk}",
        "sanction-end": f"{admin}/sanction/{given.pk}/end/",
    }


def test_pages_of_moderating(open_tab: OpenTab, server: str, stage: dict[str, str]) -> None:
    page = staff_tab(open_tab, cast.senior("Sal"), server)
    ways: dict[str, Way] = {name: at(path) for name, path in stage.items()}
    ways["case-wrong"] = lambda page: decide_without_reason(page, stage["case"])
    ways["case-refused"] = lambda page: decide_too_late(page, stage["case-upsetting"])
    ways["case-keys"] = lambda page: open_keys(page, stage["case"])
    ways["case-original"] = lambda page: open_original(page, stage["case-masked"])
    ways["appeal-wrong"] = lambda page: overturn_without_words(page, stage["appeal"])
    ways["sanction-wrong"] = lambda page: give_nothing(page, stage["sanction-give"])
    assert_good(page, ways)


def decide_without_reason(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_label("Hide", exact=True).check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("Choose the guideline.")).to_be_visible()


def decide_too_late(page: Page, path: str) -> None:
    page.goto(path)
    case = Case.objects.get(pk=path.split("/")[-3])
    moderated.decide(case.comment, Verb.KEEP, None, by=cast.moderator("Moira"))
    page.get_by_label("Keep").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert")).to_contain_text("Moira decided this")


def open_keys(page: Page, path: str) -> None:
    page.goto(path)
    press(page, "m", "?")


def open_original(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_role("button", name="Show the original").click()
    expect(page.get_by_text("Ring Zebedee.", exact=True)).to_be_visible()


def overturn_without_words(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_label("It was wrong: change it").check()
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("alert")).to_be_visible()


def give_nothing(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_role("button", name="Do it, and tell them").click()
    expect(page.get_by_role("alert")).to_be_visible()
