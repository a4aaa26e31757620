"""Compression of pages that are for everyone: how a reader takes them, and doing it.

Pages of members stay as they are: with what somebody else wrote beside what only they may know,
their compressed length could be used to guess it.
"""

import functools
import gzip

import brotli  # type: ignore[import-untyped]
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from talk_london.headers import GetResponse, is_for_everyone

# Those that cost a page of many comments few milliseconds.
_GZIP_LEVEL = 6
_BROTLI_QUALITY, _BROTLI_WINDOW = 5, 18
_SHORT = 200  # bytes, which no compression makes shorter
_CODINGS = ("br", "gzip")  # the better one first
_LONGEST_HEADER = 200


class CompressionMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_for_everyone(response):
            patch_vary_headers(response, ("Accept-Encoding",))
            coding = coding_for(request.META.get("HTTP_ACCEPT_ENCODING", ""))
            if coding and len(response.content) > _SHORT:
                response.content = _compressed(response.content, coding)
                response.headers["Content-Encoding"] = coding
                response.headers["Content-Length"] = str(len(response.content))
        return response


@functools.lru_cache(maxsize=256)
def coding_for(accepted: str) -> str:
    """Of a page for a reader with this Accept-Encoding; "" where it stays as it is."""
    if len(accepted) > _LONGEST_HEADER:
        return ""
    qualities = dict(_quality(part) for part in accepted.lower().split(","))
    others = qualities.get("*", 0.0)
    best = max(_CODINGS, key=lambda coding: qualities.get(coding, others))
    quality = qualities.get(best, others)
    return best if quality > 0 and quality >= qualities.get("identity", 0.0) else ""


def _quality(part: str) -> tuple[str, float]:
    """A coding and how much it is wanted, from 0 to 1; 0 where that cannot be understood."""
    coding, _, parameter = part.partition(";")
    name, _, value = parameter.partition("=")
    if not parameter.strip():
        return coding.strip(), 1.0
    try:
        quality = float(value) if name.strip() == "q" else 0.0
    except ValueError:
        quality = 0.0
    return coding.strip(), quality if 0 <= quality <= 1 else 0.0


def _compressed(body: bytes, coding: str) -> bytes:
    """The same for the same page, in every process: an entity tag is made from it."""
    if coding == "br":
        compressed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY, lgwin=_BROTLI_WINDOW)
        return compressed
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)
