"""What the link at the end of a mail turns off: the mails of one kind, perhaps about one thing."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """How the page that the link leads to says it, before and after."""

    question: str
    what_stops: str
    title_when_done: str
    told_when_done: str


@dataclass(frozen=True)
class Switch:
    """`turn_off` gets the member's id and the thing ("" where the kind has none), twice perhaps."""

    turn_off: Callable[[int, str], None]
    wording: Callable[[str], Wording]


_switches: dict[str, Switch] = {}


def register_switch(kind: str, switch: Switch) -> None:
    _switches[kind] = switch


def switch_of(kind: str) -> Switch | None:
    return _switches.get(kind)
