"""What the text of a comment may be: cleaned of what harms a page, and checked."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.characters import shows_something, without_bidi_controls, without_mark_piles
from discussions.models.comments import BODY_LENGTH

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n\s*\n")


def clean_body(text: str) -> str:
    """The text as it is kept. Words are never changed; only what cannot be seen is dropped."""
    text = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    text = without_bidi_controls(_CONTROLS.sub("", text))
    # Before composing, which takes minutes over a long pile.
    text = unicodedata.normalize("NFC", without_mark_piles(text))
    return _BLANK_LINES.sub("\n\n", text).strip()


def check_body(body: str) -> None:
    """Raises ValidationError with a sentence for its writer if a clean text cannot be posted."""
    if not shows_something(body):
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
