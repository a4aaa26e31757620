"""How soon does a slow phone show a page, does anything move, and what do our scripts take of it?

A cheap phone (a quarter of this machine's speed) on 1.6 Mbit/s with 150 ms of latency, nothing kept
from before, the pages that people come to first; the median of 5 visits to each, in turn.
"""

import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, sync_playwright

from tests.browser.phone import OPTIONS, Phone, Visit
from tests.drills.service import Service, running_service

if TYPE_CHECKING:
    from accounts.models import Member

COMMENTS, VISITS = 1_622, 5
MOST_PAINT, MOST_SCRIPTS = 1_500, 50  # milliseconds


def main() -> int:
    visits = int(os.environ.get("VISITS") or VISITS)
    # As on this machine: to a name that has no certificate, browsers say less of what they can.
    with running_service(TALK_LONDON_LOCAL="true") as service, _browser() as browser:
        ada = _fill(int(os.environ.get("COMMENTS") or COMMENTS))
        places = [(path, member) for path in _paths() for member in (None, ada)]
        seen: dict[int, list[Visit]] = {number: [] for number in range(len(places))}
        for _round in range(visits):
            for number, (path, member) in enumerate(places):
                seen[number].append(_visit(browser, service, path, member))
        print("page                                     paint  scripts  shift  bytes")
        return max(_tell(_name(*places[number]), each) for number, each in seen.items())


def _fill(count: int) -> "Member":
    from discussions.generating import generate
    from tests import cast

    generate(cast.discussion(), count, seed=1)
    return cast.ada()


def _paths() -> list[str]:
    from tests import cast

    consultation = f"/consultations/{cast.OPEN}/"
    streets = f"{consultation}streets/"
    return ["/", consultation, streets, f"{streets}?sort=replies"]


def _visit(browser: Browser, service: Service, path: str, member: "Member | None") -> Visit:
    from tests.browser.conftest import sign_in

    context = browser.new_context(base_url=service.address, **OPTIONS)
    try:
        if member is not None:
            sign_in(context, member, service.address)
        return Phone(context.new_page(), is_slow=True).visit(path)
    finally:
        context.close()


def _tell(name: str, visits: list[Visit]) -> int:
    paint = statistics.median(visit.largest_paint for visit in visits)
    scripts = statistics.median(visit.scripts for visit in visits)
    shift = max(visit.shift for visit in visits)
    is_good = paint <= MOST_PAINT and scripts <= MOST_SCRIPTS and shift == 0
    print(
        f"{name:38} {paint:5.0f} ms {scripts:4.0f} ms  {shift:.3f}  {visits[0].size:,}"
        f"  {'good' if is_good else 'BAD'}"
    )
    return 0 if is_good else 1


def _name(path: str, member: "Member | None") -> str:
    return f"{path.removeprefix('/consultations')}, signed {'in' if member else 'out'}"


@contextmanager
def _browser() -> Iterator[Browser]:
    from tests.browser.conftest import ARGUMENTS

    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("No browser to measure with. Try: apt-get install chromium libatomic1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS.split())
        yield browser
        browser.close()
