"""Requests as browsers send them through a proxy that ends TLS, written out in full."""

import gzip
import http.client
import urllib.parse
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]

HOST = "talk.london.example"
CSRF = "c" * 32
_BROWSER = {
    "Host": HOST,
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "198.51.100.7",
}


@dataclass(frozen=True)
class Asked:
    """An answer, read whole and unpacked."""

    status: int
    headers: dict[str, str]
    packed: int  # bytes of the body as they were sent
    body: bytes


def get(path: str, session: str = "", encodings: str = "", etag: str = "") -> str:
    return _written("GET", path, _headers(session, encodings, etag), "")


def post(path: str, session: str, body: str) -> str:
    """A comment of this text, by a form that nobody has posted before."""
    form = {"body": body, "form_key": str(uuid.uuid4()), "csrfmiddlewaretoken": CSRF}
    data = urllib.parse.urlencode(form)
    headers = {
        **_headers(session, "gzip", ""),
        "Origin": f"https://{HOST}",
        "Referer": f"https://{HOST}{path}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(data)),
    }
    return _written("POST", path, headers, data)


def cookies(session: str) -> str:
    return f"__Host-sessionid={session}; __Host-csrftoken={CSRF}"


def ask(port: int, path: str, session: str = "", encodings: str = "") -> Asked:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=_headers(session, encodings, ""))
        answer = connection.getresponse()
        sent = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        body = _UNPACKED[headers.get("content-encoding", "")](sent)
        return Asked(answer.status, headers, len(sent), body)
    finally:
        connection.close()


_UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
}


def _headers(session: str, encodings: str, etag: str) -> dict[str, str]:
    headers = dict(_BROWSER)
    if encodings:
        headers["Accept-Encoding"] = encodings
    if session:
        headers["Cookie"] = cookies(session)
    if etag:
        headers["If-None-Match"] = etag
    return headers


def _written(method: str, path: str, headers: dict[str, str], body: str) -> str:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", body])
