"""The measurements, each a function that gives lines of the table, in the order of the issue."""

from collections.abc import Callable

from tests.load.measuring import Load, Row
from tests.load.rows import by_size, floors, signed_in, signed_out, visit, writing

ROWS: dict[str, Callable[[Load], list[Row]]] = {
    "floors": floors.floors,
    "signed-out": signed_out.page,
    "unchanged": signed_out.unchanged,
    "signed-in": signed_in.page,
    "whole": signed_in.whole,
    "ends": by_size.ends,
    "sorts": by_size.sorts,
    "searches": by_size.searches,
    "posting": writing.posting,
    "burst": writing.burst,
    "visit": visit.visit,
    "memory": visit.memory,
}
