"""What a display name may be."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.characters import without_blank, without_mark_piles
from accounts.models import DISPLAY_NAME_LENGTH, Member

# As `_as_read` puts a name: i and 1 are l.
_STAFF_LIKE = re.compile(
    (
        r"mopac|cityhall|talklondon|moderator|moderation|administrat|mayoroflondon|sadiqkhan"
        r"|metpolice|metropolitanpolice|greaterlondonauthority|formermember"
        r"|^(the)?(gla|staff|host|mod|mayor)s?$|^(the|site|web)?admin(s|team)?$"
    ).replace("i", "l")
)
# Greek, Cyrillic and other signs that pass for Latin letters at a glance, and what they pass for.
_LOOK_ALIKES = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεηικνορτυχγАВЕКМНОРСТУХІЈЅавекмнорстухіјѕԁһӏոıɑɡɩ03457$€",
    "abezhikmnoptyxabenikvoptuxyabekmhopctyxijsabekmhopctyxijsdhiniagioeastse",
)
_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER = "\u200c", "\u200d"
_VIRAMA = 9  # the combining class of marks that join Indic letters


def clean_display_name(text: str) -> str:
    """The name as it is kept: NFKC, single spaces, nothing invisible.

    Raises ValidationError with a sentence for the person who chose it.
    """
    shown = without_blank(_without_invisible(unicodedata.normalize("NFKC", text)))
    name = " ".join(without_mark_piles(shown).split())
    if len(name) < 2 or not any(character.isalnum() for character in name):
        raise ValidationError(_("Choose a name of at least 2 letters or numbers."))
    if len(name) > DISPLAY_NAME_LENGTH:
        raise ValidationError(
            _("Choose a name of at most %(most)d characters.") % {"most": DISPLAY_NAME_LENGTH}
        )
    if "@" in name:
        raise ValidationError(_("Everyone can see this name, so don’t use an email address."))
    if _STAFF_LIKE.search(_as_read(name)):
        raise ValidationError(_("This name looks like a member of staff. Choose another one."))
    if _is_taken(name):
        raise ValidationError(_("Somebody already uses this name. Choose another one."))
    return name


def _is_taken(name: str) -> bool:
    """As the database compares: lower case by its rules, which are not Python's."""
    lower = Member.objects.annotate(lower_name=Lower("display_name"))
    return lower.filter(lower_name=Lower(Value(name))).exists()


def _as_read(name: str) -> str:
    """The letters of a name as they pass for Latin ones, without what stands between them."""
    plain = unicodedata.normalize("NFKD", name).translate(_LOOK_ALIKES).casefold()
    return re.sub(r"[\W_]+", "", plain).replace("1", "l").replace("i", "l")


def _without_invisible(text: str) -> str:
    kept: list[str] = []
    for place, character in enumerate(text):
        if character.isspace():
            kept.append(" ")
        elif unicodedata.category(character)[0] != "C" or _joins(text, place):
            kept.append(character)
    return "".join(kept)


def _joins(text: str, place: int) -> bool:
    """Whether a joiner there changes how the letters around it look, as some scripts need."""
    if place == 0 or text[place] not in (_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER):
        return False
    if unicodedata.combining(text[place - 1]) == _VIRAMA:
        return True
    around = text[place - 1 : place + 2 : 2]
    return (
        text[place] == _ZERO_WIDTH_NON_JOINER
        and len(around) == 2
        and all(unicodedata.name(each, "").startswith("ARABIC LETTER") for each in around)
    )
