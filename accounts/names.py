"""What a display name may be."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import DISPLAY_NAME_LENGTH, Member

_STAFF_LIKE = re.compile(
    r"mopac|cityhall|talklondon|moderat|administrat|mayoroflondon|sadiqkhan|metpolice"
    r"|metropolitanpolice|greaterlondonauthority|^gla$|^admin$|^staff$|^host$|formermember"
)


def clean_display_name(text: str) -> str:
    """The name as it is kept: NFKC, single spaces, nothing invisible.

    Raises ValidationError with a sentence for the person who chose it.
    """
    name = " ".join(_without_invisible(unicodedata.normalize("NFKC", text)).split())
    if len(name) < 2 or not any(character.isalnum() for character in name):
        raise ValidationError(_("Choose a name of at least 2 letters or numbers."))
    if len(name) > DISPLAY_NAME_LENGTH:
        raise ValidationError(
            _("Choose a name of at most %(most)d characters.") % {"most": DISPLAY_NAME_LENGTH}
        )
    if "@" in name:
        raise ValidationError(_("Everyone can see this name, so don’t use an email address."))
    if _STAFF_LIKE.search(re.sub(r"[\W_]+", "", name.casefold())):
        raise ValidationError(_("This name looks like a member of staff. Choose another one."))
    if Member.objects.filter(display_name__iexact=name).exists():
        raise ValidationError(_("Somebody already uses this name. Choose another one."))
    return name


def _without_invisible(text: str) -> str:
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cn", "Co")
    )
