"""Text to HTML, at writing time: paragraphs, links, and the fold of a long comment.

A folded text stands once in the HTML: what the fold hides carries `fold__rest`, and the style
sheet hides it while the switch behind it is closed. Without style sheets all of it shows.
"""

import re
import unicodedata
from html import escape

FOLD_AFTER = 240  # characters, or the first paragraph
_WORTH_FOLDING = 40  # a switch that reveals less than this is only in the way

# No letter or digit stands before a link; one of another script may: 看http://a.example.
_HTTP = r"[Hh][Tt][Tt][Pp][Ss]?://"
_URL = re.compile(rf"(?<![A-Za-z0-9]){_HTTP}[^\s<>\"'“”‘’`«»]+")
_NOT_THE_URLS = ".,;:!?…*_~|。、，；：！？）」』】"
_BRACKETS = {")": "(", "]": "["}
_HOST = re.compile(rf"{_HTTP}[\w.-]+\.[A-Za-z]{{2,}}(?::\d{{1,5}})?(?:[/?#]|\Z)")
_SPACE = re.compile("[^\\S\u00a0\u202f]")  # one that a line may break at
_JOINER = "\u200d"


def body_html(body: str) -> str:
    """The HTML of a clean comment text, folded where that hides something worth hiding."""
    paragraphs = _paragraphs(body)
    first = paragraphs[0] if paragraphs else ""
    shown = _head(first)
    hidden = [first[len(shown) :], *paragraphs[1:]]
    if sum(len("".join(each.split())) for each in hidden) < _WORTH_FOLDING:
        return "".join(_paragraph(each) for each in paragraphs)
    return _folded(shown, hidden[0], hidden[1:])


def plain_html(text: str) -> str:
    """Paragraphs and links of a text by staff, never folded."""
    return "".join(_paragraph(each) for each in _paragraphs(text))


def is_folded(html: str) -> bool:
    return 'class="fold__rest"' in html


def excerpt(body: str, length: int = 160) -> str:
    """One line for feeds, previews and lists, cut at a word."""
    line = " ".join(body.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(",;:.-–") + "…"


def _paragraphs(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return [each for each in re.split(r"\n\s*\n", lines) if each]


def _head(paragraph: str) -> str:
    """The part of the first paragraph that stays visible: whole, or up to a word boundary."""
    if len(paragraph) <= FOLD_AFTER:
        return paragraph
    start = FOLD_AFTER - _WORTH_FOLDING
    spaces = _SPACE.finditer(paragraph, start, FOLD_AFTER + 1)
    cut = max((each.start() for each in spaces), default=FOLD_AFTER)
    for link in _URL.finditer(paragraph):
        if link.start() < cut < link.end():
            cut = link.end()
    while cut < len(paragraph) and _belongs_before(paragraph, cut):
        cut += 1
    return paragraph[:cut]


def _belongs_before(text: str, place: int) -> bool:
    """Whether the character there makes one sign with what stands before it."""
    character = text[place]
    return (
        character == _JOINER
        or text[place - 1] == _JOINER
        or unicodedata.category(character)[0] == "M"
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # a tone of skin
    )


def _folded(shown: str, rest: str, more: list[str]) -> str:
    rest_html = f'<span class="fold__rest">{_inline(rest)}</span>' if rest else ""
    more_html = "".join(_paragraph(each) for each in more)
    if more_html:
        more_html = f'<div class="fold__rest">{more_html}</div>'
    head = '<p class="fold__head">' if rest else "<p>"
    return f"{head}{_inline(shown)}{rest_html}</p>{more_html}"


def _paragraph(text: str) -> str:
    return f"<p>{_inline(text)}</p>"


def _inline(text: str) -> str:
    parts, end = [], 0
    for match in _URL.finditer(text):
        url = _trimmed(match.group())
        if not _HOST.match(url):
            continue
        parts.append(escape(text[end : match.start()]))
        parts.append(f'<a href="{escape(url)}" rel="nofollow ugc">{escape(url)}</a>')
        end = match.start() + len(url)
    parts.append(escape(text[end:]))
    return "".join(parts).replace("\n", "<br>")


def _trimmed(url: str) -> str:
    """Without the full stop or closing bracket that belongs to the sentence around it."""
    unopened = {each: url.count(each) - url.count(_BRACKETS[each]) for each in _BRACKETS}
    end = len(url)
    while end:
        last = url[end - 1]
        if unopened.get(last, 0) > 0:
            unopened[last] -= 1
        elif last not in _NOT_THE_URLS:
            break
        end -= 1
    return url[:end]
