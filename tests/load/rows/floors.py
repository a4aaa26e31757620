"""What nothing here can be faster than. The issue's figures were taken on another machine."""

from tests.load import asking
from tests.load.measuring import Load, Row, cpu_of, of, reading, told

_ISSUE = {
    "a bare WSGI function": "0.12 ms in the issue",
    "Django with nothing in it": "0.22 ms in the issue",
    "a plain Django page with 20 comments": "5.0 ms in the issue",
}


def floors(load: Load) -> list[Row]:
    names = list(_ISSUE)
    found = load.take_turns(
        {
            names[0]: reading(load.bare, [asking.get("/?1")], "x"),
            names[1]: reading(load.django, [asking.get("/")], "x"),
            names[2]: reading(load.plain, [asking.get("/")], 'id="comment-'),
        }
    )
    return [
        told(f"{name} ({_ISSUE[name]})", of(samples, lambda s: s.rate), "/s", cpu_of(samples))
        for name, samples in found.items()
    ]
