"""The geometry of the pictures: numbers in, places out."""

import pytest
from django.template.loader import render_to_string

from discussions import charts


def test_bars_are_as_long_as_their_numbers() -> None:
    chart = charts.bars("Comments", [("Our streets", 40), ("Our parks", 10), ("Our rivers", 0)])
    assert [bar.width for bar in chart.bars] == [100, 25, 0]
    assert [bar.value for bar in chart.bars] == ["40", "10", "0"]
    tops = [bar.bar_y for bar in chart.bars]
    assert tops == sorted(tops)
    assert all(bar.text_y < bar.bar_y for bar in chart.bars)
    assert chart.height > tops[-1] + 12


def test_nothing_at_all_is_drawn_as_nothing() -> None:
    assert [bar.width for bar in charts.bars("Comments", [("Our streets", 0)]).bars] == [0]
    assert charts.bars("Comments", []).height == 0
    empty = charts.lines("Over time", [], [("Comments", [])])
    assert empty.lines[0].points == ""
    assert (empty.first, empty.last) == ("", "")


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (3, 5), (10, 10), (11, 20), (49, 50), (51, 100), (999, 1_000)]
)
def test_lines_end_at_a_round_number(most: int, top: int) -> None:
    chart = charts.lines("Over time", ["1 May", "2 May"], [("Comments", [0, most])])
    assert chart.ticks[0].label == f"{top:,}"
    assert chart.lines[0].points == f"0.00,100.00 100.00,{100 - most / top * 100:.2f}"


def test_one_day_alone_is_a_level_line() -> None:
    chart = charts.lines("Over time", ["1 May"], [("Comments", [5]), ("People", [2])])
    assert [line.points for line in chart.lines] == [
        "0.00,0.00 100.00,0.00",
        "0.00,60.00 100.00,60.00",
    ]


def test_pictures_say_what_they_show_and_escape_what_people_wrote() -> None:
    chart = charts.bars(
        "Comments", [("<b>Streets</b> & parks, and whatever else comes to mind", 3)]
    )
    svg = render_to_string("charts/_bars.html", {"chart": chart})
    assert 'role="img"' in svg
    assert "<title>Comments. The numbers are in the table.</title>" in svg
    assert "&lt;b&gt;Streets&lt;/b&gt; &amp; parks" in svg
    assert "<b>" not in svg
    lines = charts.lines("Over time", ["1 May", "2 May"], [("Comments", [1, 2])])
    svg = render_to_string("charts/_lines.html", {"chart": lines})
    assert "<title>Over time. The numbers are in the table.</title>" in svg
    assert 'points="0.00,50.00 100.00,0.00"' in svg
