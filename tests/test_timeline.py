from datetime import UTC, datetime, timedelta

import pytest

from moderation.timeline import (
    DatesRefusedError,
    Phase,
    Verb,
    Window,
    changed,
    possible_verbs,
    rescheduled,
)

OPENS = datetime(2025, 3, 1, 9, tzinfo=UTC)
CLOSES = datetime(2025, 3, 31, 23, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
WINDOW = Window(OPENS, CLOSES)
BEFORE, WITHIN, AFTER = OPENS - DAY, OPENS + DAY, CLOSES + DAY
FAR = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (OPENS - TICK, Phase.UPCOMING),
        (OPENS, Phase.OPEN),
        (CLOSES - TICK, Phase.OPEN),
        (CLOSES, Phase.CLOSED),
    ],
)
def test_the_phase_changes_exactly_at_its_ends(moment: datetime, phase: Phase) -> None:
    window = Window(OPENS, CLOSES)
    assert window.phase(moment) is phase
    assert window.accepts(moment) is (phase is Phase.OPEN)


def test_what_is_not_published_is_a_draft_at_any_time() -> None:
    window = Window(OPENS, CLOSES, published=False)
    assert {window.phase(moment) for moment in (OPENS - TICK, OPENS, CLOSES)} == {Phase.DRAFT}


def test_a_discussion_never_outlasts_its_consultation() -> None:
    outer = Window(OPENS, CLOSES)
    wide = Window(OPENS - timedelta(days=9), CLOSES + timedelta(days=9))
    narrow = Window(OPENS + timedelta(days=1), None)
    assert wide.within(outer) == outer
    assert narrow.within(outer) == Window(OPENS + timedelta(days=1), CLOSES)
    assert Window(None, None).within(outer) == outer


@pytest.mark.parametrize(
    ("at", "verbs"),
    [
        (BEFORE, {Verb.MOVE, Verb.OPEN_NOW}),
        (WITHIN, {Verb.EXTEND, Verb.CLOSE_NOW}),
        (CLOSES, {Verb.REOPEN}),
    ],
)
def test_each_phase_has_its_verbs_and_refuses_the_others(at: datetime, verbs: set[Verb]) -> None:
    assert set(possible_verbs(WINDOW, at)) == verbs
    for verb in Verb:
        ends = {"opens_at": at + DAY, "closes_at": CLOSES + 9 * DAY}
        if verb in verbs:
            changed(WINDOW, verb, at, **ends)
        else:
            with pytest.raises(DatesRefusedError):
                changed(WINDOW, verb, at, **ends)


def test_a_draft_has_no_verbs() -> None:
    draft = Window(OPENS, CLOSES, published=False)
    assert possible_verbs(draft, WITHIN) == ()
    with pytest.raises(DatesRefusedError, match="draft"):
        changed(draft, Verb.CLOSE_NOW, WITHIN)


def test_each_verb_changes_the_end_that_it_names() -> None:
    later = CLOSES + 9 * DAY
    assert changed(WINDOW, Verb.OPEN_NOW, BEFORE) == Window(BEFORE, CLOSES)
    assert changed(WINDOW, Verb.CLOSE_NOW, WITHIN) == Window(OPENS, WITHIN)
    assert changed(WINDOW, Verb.EXTEND, WITHIN, closes_at=later) == Window(OPENS, later)
    assert changed(WINDOW, Verb.REOPEN, AFTER, closes_at=later) == Window(OPENS, later)
    moved = changed(WINDOW, Verb.MOVE, BEFORE, opens_at=CLOSES, closes_at=later)
    assert moved == Window(CLOSES, later)


@pytest.mark.parametrize(
    ("verb", "at", "opens_at", "closes_at"),
    [
        (Verb.EXTEND, WITHIN, None, None),
        (Verb.EXTEND, WITHIN, None, CLOSES),
        (Verb.EXTEND, WITHIN, None, WITHIN),
        (Verb.REOPEN, AFTER, None, AFTER),
        (Verb.REOPEN, AFTER, None, None),
        (Verb.MOVE, BEFORE, BEFORE, CLOSES),
        (Verb.MOVE, BEFORE, CLOSES, CLOSES),
        (Verb.MOVE, BEFORE, OPENS, CLOSES),
        (Verb.MOVE, BEFORE, OPENS, None),
        (Verb.EXTEND, WITHIN, None, FAR),
        (Verb.REOPEN, AFTER, None, FAR),
        (Verb.MOVE, BEFORE, OPENS, FAR),
    ],
)
def test_dates_that_make_no_sense_are_refused_in_a_sentence(
    verb: Verb, at: datetime, opens_at: datetime | None, closes_at: datetime | None
) -> None:
    with pytest.raises(DatesRefusedError, match=r"^[A-Z].*\.$"):
        changed(WINDOW, verb, at, opens_at=opens_at, closes_at=closes_at)


@pytest.mark.parametrize(
    ("at", "own", "wanted"),
    [
        (WITHIN, Window(None, None), Window(None, CLOSES - DAY)),
        (WITHIN, Window(None, CLOSES - DAY), Window(None, None)),
        (BEFORE, Window(None, None), Window(OPENS + DAY, CLOSES)),
    ],
)
def test_a_part_gets_dates_of_its_own(at: datetime, own: Window, wanted: Window) -> None:
    assert rescheduled(own, WINDOW, at, wanted) == wanted


@pytest.mark.parametrize(
    ("at", "own", "wanted"),
    [
        (AFTER, Window(None, None), Window(None, CLOSES - DAY)),
        (WITHIN + 9 * DAY, Window(None, WITHIN), Window(None, None)),
        (WITHIN, Window(None, None), Window(None, None)),
        (WITHIN, Window(None, None), Window(None, CLOSES + DAY)),
        (BEFORE, Window(None, None), Window(OPENS - DAY, None)),
        (WITHIN, Window(None, None), Window(None, WITHIN)),
        (WITHIN, Window(None, None), Window(WITHIN + DAY, None)),
        (BEFORE, Window(None, None), Window(CLOSES - DAY, OPENS + DAY)),
        (OPENS + DAY, Window(OPENS + 2 * DAY, None), Window(OPENS + DAY / 2, None)),
    ],
)
def test_a_part_keeps_within_the_whole_and_out_of_the_past(
    at: datetime, own: Window, wanted: Window
) -> None:
    with pytest.raises(DatesRefusedError, match=r"^[A-Z].*\.$"):
        rescheduled(own, WINDOW, at, wanted)
