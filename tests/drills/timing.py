"""Does the service tell, by time or by word, whose email address it knows?

200 samples each of known and unknown addresses, one after the other in turn, on the four forms
that ask for one or follow from one: joining, signing in, a new password, the code.
"""

import difflib
import itertools
import os
import re
import secrets
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from tests.drills.service import Service, running_service

SAMPLES = 200
MOST_APART = 0.020  # seconds, between the medians (S9)
PASSWORD = "three words in a row"
HOST = "talk.london.example"

_CSRF = secrets.token_hex(16)
_HIDDEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@dataclass
class Sample:
    seconds: float
    page: str
    """What the visitor sees in the end, without their own address in it."""


@dataclass
class Form:
    name: str
    send: Callable[["Visitor", str], Sample]
    known: list[Sample] = field(default_factory=list)
    unknown: list[Sample] = field(default_factory=list)


class Visitor:
    """A browser behind a proxy of ours, each from an address of its own: limits are not the
    question here."""

    _addresses = itertools.count(1)

    def __init__(self, service: Service) -> None:
        number = next(self._addresses)
        self.http = httpx.Client(base_url=service.address, timeout=30)
        self.cookies = {"__Host-csrftoken": _CSRF}
        self.headers = {
            "Host": HOST,
            "Referer": f"https://{HOST}/",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        }

    def get(self, path: str) -> httpx.Response:
        return self._noted(self.http.get(path, headers=self._all_headers()))

    def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        data = {"csrfmiddlewaretoken": _CSRF, **form}
        return self._noted(self.http.post(path, data=data, headers=self._all_headers()))

    def timed_post(self, path: str, address: str, form: dict[str, str]) -> Sample:
        start = time.perf_counter()
        answer = self.post(path, form)
        seconds = time.perf_counter() - start
        if answer.status_code not in (200, 302):
            raise SystemExit(f"{path} answered {answer.status_code}: this measures nothing.")
        seen = f"{answer.status_code} {answer.headers.get('Location', '')}\n"
        if answer.status_code == 302:
            answer = self.get(answer.headers["Location"])
        page = _HIDDEN.sub("", answer.text).replace(address, "(the address)")
        return Sample(seconds, f"{seen}{answer.status_code}\n{page}")

    def _all_headers(self) -> dict[str, str]:
        """Cookies by hand: they are for https alone, which ends at the proxy."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.headers | {"Cookie": cookies}

    def _noted(self, answer: httpx.Response) -> httpx.Response:
        for cookie in answer.headers.get_list("set-cookie"):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer


def join(visitor: Visitor, email: str) -> Sample:
    return visitor.timed_post("/accounts/signup/", email, _joining(email))


def sign_in(visitor: Visitor, email: str) -> Sample:
    return visitor.timed_post("/accounts/login/", email, {"login": email, "password": "not it"})


def reset(visitor: Visitor, email: str) -> Sample:
    return visitor.timed_post("/accounts/password/reset/", email, {"email": email})


def verify(visitor: Visitor, email: str) -> Sample:
    visitor.post("/accounts/signup/", _joining(email))
    return visitor.timed_post("/accounts/confirm-email/", email, {"code": "ABC-DEF"})


def _joining(email: str) -> dict[str, str]:
    return {
        "email": email,
        "display_name": f"Newcomer {secrets.token_hex(8)}",
        "password1": PASSWORD,
        "is_16_or_over": "on",
        "accepts": "on",
        "shown_versions": _shown_versions(),
    }


def _shown_versions() -> str:
    from accounts import agreements

    return agreements.current()


def main() -> int:
    forms = [Form("joining", join), Form("signing in", sign_in)]
    forms += [Form("new password", reset), Form("the code", verify)]
    samples = int(os.environ.get("SAMPLES") or SAMPLES)
    with running_service() as service:
        # Each address once: one gets a code every ten seconds at most, known or not.
        known = iter(service.make_members(samples * len(forms), PASSWORD))
        for number in range(samples):
            for form in forms:
                label = f"{form.name.replace(' ', '-')}-{number}"
                _sample_both(service, form, next(known), label)
    return max(_tell(form) for form in forms)


def _sample_both(service: Service, form: Form, known: str, label: str) -> None:
    """The first of the two is now the one, now the other."""
    rows = [(form.known, known), (form.unknown, f"nobody-{label}@people.example")]
    if len(form.known) % 2:
        rows.reverse()
    for samples, email in rows:
        samples.append(form.send(Visitor(service), email))


def _tell(form: Form) -> int:
    medians = [
        statistics.median(sample.seconds for sample in samples)
        for samples in (form.known, form.unknown)
    ]
    pages = {sample.page for sample in (*form.known, *form.unknown)}
    apart = abs(medians[0] - medians[1])
    is_good = apart <= MOST_APART and len(pages) == 1
    print(
        f"{form.name:13} known {medians[0] * 1000:6.1f} ms  unknown {medians[1] * 1000:6.1f} ms"
        f"  apart {apart * 1000:5.1f} ms  pages {len(pages)}  {'good' if is_good else 'BAD'}"
    )
    if len(pages) > 1:
        one, other = (page.splitlines() for page in sorted(pages)[:2])
        print("\n".join(difflib.unified_diff(one, other)))
    return 0 if is_good else 1
