from datetime import UTC, datetime, timedelta

import pytest

from moderation.timeline import Phase, Window

OPENS = datetime(2025, 3, 1, 9, tzinfo=UTC)
CLOSES = datetime(2025, 3, 31, 23, tzinfo=UTC)
TICK = timedelta(microseconds=1)


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
