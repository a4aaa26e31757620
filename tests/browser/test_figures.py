"""The figures of a consultation in admin, full and empty."""

from tests import archived, cast
from tests.answering import answering
from tests.browser.conftest import OpenTab
from tests.browser.looking import assert_good, at
from tests.browser.test_moderating import staff_tab


def test_figures_look_good_full_and_empty(open_tab: OpenTab, server: str) -> None:
    full = archived.closed_consultation()
    answering(full, {"Hackney": 61, "Croydon": 14, "Tower Hamlets": 22, "Richmond upon Thames": 11})
    page = staff_tab(open_tab, cast.ida(), server)
    draft = cast.consultation(cast.DRAFT)
    room = "/admin/discussions/consultation/{}/figures/"
    assert_good(
        page,
        {
            "figures": at(room.format(full.pk)),
            "figures-empty": at(room.format(draft.pk)),
        },
    )
