"""What the text of a comment may be: cleaned of what harms a page, and checked."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.models.comments import BODY_LENGTH

# They have the category of letters or symbols, and show nothing.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0\u17b4\u17b5"
# Overrides turn the text around them, isolates and embeddings reach past their line.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")
# Real writing stacks at most a few marks on a letter.
_MARKS_ON_A_LETTER = 4
_MARK = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARK_PILE = re.compile(rf"({_MARK}{{{_MARKS_ON_A_LETTER}}}){_MARK}+")
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*){2,}")


def clean_body(text: str) -> str:
    """The text as it is kept. Words are never changed; only what cannot be seen is dropped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = text.replace("\u2029", "\n\n")
    text = _BIDI_CONTROLS.sub("", _CONTROLS.sub("", text))
    text = _MARK_PILE.sub(r"\1", unicodedata.normalize("NFC", text))
    return _BLANK_LINES.sub("\n\n", text).strip()


def check_body(body: str) -> None:
    """Raises ValidationError with a sentence for its writer if a clean text cannot be posted."""
    if not _shows_something(body):
        raise ValidationError(_("Enter a comment."), code="empty")
    over = len(body) - BODY_LENGTH
    if over > 0:
        raise ValidationError(
            ngettext(
                "Your comment is %(over)s character too long. It can have up to %(most)s.",
                "Your comment is %(over)s characters too long. It can have up to %(most)s.",
                over,
            )
            % {"over": f"{over:,}", "most": f"{BODY_LENGTH:,}"},
            code="too_long",
        )


def _shows_something(body: str) -> bool:
    return any(
        unicodedata.category(character)[0] not in "CZM" and character not in _BLANK_LETTERS
        for character in body
    )
