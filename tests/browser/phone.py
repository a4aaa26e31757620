"""A phone, and what a page costs whoever reads it there: bytes, requests, time, and what moves.

Bytes are those that came over the wire, with their headers; what the browser had kept is none.
"""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page

OPTIONS: dict[str, Any] = {
    "viewport": {"width": 360, "height": 800},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-GB",
}

# A cheap phone on a poor connection: 1.6 Mbit/s down, 0.75 up.
_SLOW_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
_SLOWER_BY = 4

# Without `hadRecentInput`: nobody touches the page, but somebody may scroll.
_WATCH = """
window.costs = { paint: 0, shift: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.costs.paint = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.costs.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_SCROLL_THROUGH = """async () => {
  const drawn = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
  for (let y = 0; y < document.documentElement.scrollHeight; y += 1200) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise(drawn);
  }
}"""


@dataclass
class Arrival:
    address: str
    kind: str = ""
    size: int = 0


@dataclass
class Visit:
    arrivals: list[Arrival] = field(default_factory=list)
    largest_paint: float = 0
    """Milliseconds from going there."""
    shift: float = 0
    """Of the layout, from opening the page to having scrolled through it."""
    scripts: float = 0
    """Milliseconds of the main thread, without what else the machine did meanwhile."""

    @property
    def size(self) -> int:
        return sum(arrival.size for arrival in self.arrivals)

    def __str__(self) -> str:
        parts = ", ".join(f"{each.kind} {each.size:,}" for each in self.arrivals)
        return f"{self.size:,} bytes in {len(self.arrivals)} requests ({parts})"


class Phone:
    """A tab, with nothing kept from before."""

    def __init__(self, page: Page, *, is_slow: bool = False) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._under_way: dict[str, Arrival] = {}
        self._arrivals: list[Arrival] = []
        page.add_init_script(_WATCH)
        self._listen()
        self._session.send("Network.enable")
        # Time of the processor: a busy machine counts for nothing.
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        if is_slow:
            self._session.send("Network.emulateNetworkConditions", _SLOW_NETWORK)
            self._session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER_BY})

    def visit(self, path: str) -> Visit:
        """Goes there, waits until all is there, and reads through it."""
        self._arrivals = []
        before = self._script_time()
        self._page.goto(path)
        self._wait_until_quiet()
        scripts = self._script_time() - before
        self._page.evaluate(_SCROLL_THROUGH)
        costs = self._page.evaluate("window.costs")
        arrivals = [each for each in self._arrivals if each.size]
        return Visit(arrivals, costs["paint"], costs["shift"], scripts * 1000)

    def _wait_until_quiet(self) -> None:
        """For an icon is asked for when all else is there."""
        quiet = 0
        while quiet < 5:
            self._page.wait_for_timeout(50)
            quiet = 0 if self._under_way else quiet + 1

    def _listen(self) -> None:
        self._session.on("Network.requestWillBeSent", self._begun)
        self._session.on("Network.responseReceived", self._answered)
        self._session.on("Network.loadingFinished", self._finished)
        self._session.on("Network.loadingFailed", self._failed)

    def _begun(self, event: dict[str, Any]) -> None:
        self._under_way[event["requestId"]] = Arrival(event["request"]["url"])

    def _answered(self, event: dict[str, Any]) -> None:
        """An icon is told of here first."""
        address = event["response"]["url"]
        arrival = self._under_way.setdefault(event["requestId"], Arrival(address))
        arrival.kind = "Icon" if event["type"] == "Other" else event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        arrival = self._under_way.pop(event["requestId"], None)
        if arrival is not None:
            arrival.size = int(event["encodedDataLength"])
            self._arrivals.append(arrival)

    def _failed(self, event: dict[str, Any]) -> None:
        self._under_way.pop(event["requestId"], None)

    def _script_time(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "ScriptDuration"))
