"""What a display name may be."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.characters import without_blank, without_mark_piles
from accounts.folding import as_read, fold, folded_words
from accounts.models import DISPLAY_NAME_LENGTH, Member, NameInUse

TAKEN = gettext_noop("Somebody already uses this name. Choose another one.")

# Compared as `folded_words` puts a name: its letters together, one of its words, all its words.
_STAFF_LIKE = re.compile(
    as_read(
        r"mopac|cityhall|talklondon|moderator|moderation|administrat|mayor(of|for)london"
        r"|transportforlondon|sadiqkhan|metpolice|metropolitanpolice|greaterlondonauthority|londonassembly|policingandcrime|formermember"
    )
)
_STAFF_LIKE_WORD = re.compile(
    as_read(
        r"gla|tfl|(site|web|sys)?admins?|constable|pcso|sgt|sergeant|superintendent|commissioner"
    )
)
_RANK = re.compile(as_read(r"p\.?c\.?|d\.?c\.?|d\.?s\.?|d\.?[cs]?\.?i\.?|insp(ector)?|detective"))
_ROLE_WORD = re.compile(
    as_read(
        r"the|of|deputy|official|officials|staff|host|hosts|mod|mods|mayor|mayors|team|desk|office"
        r"|officer|member|community|official|verified|account|the|a|and|london|police|met|support"
    )
)
_ROLES = re.compile(
    as_read(
        r"staff|officials?|hosts?|mods?|mayors?|officer|office|met|team|desk|support|police|member"
    )
)
_LINK = re.compile(
    r"://|www\.|\.(com|org|net|uk|io|info|biz|london|ru|xyz)\b|\.[a-z]{2,}/", re.IGNORECASE
)
_ZERO_WIDTH_NON_JOINER, _ZERO_WIDTH_JOINER = "\u200c", "\u200d"
_VIRAMA = 9  # the combining class of marks that join Indic letters


def clean_display_name(text: str, member: Member | None = None) -> str:
    """The name as it is kept: NFKC, single spaces, nothing invisible.

    Raises ValidationError with a sentence for the person who chose it, also when somebody else
    than this member (None: somebody new) goes by a name that this one passes for.
    """
    name = well_formed_name(text)
    if NameInUse.objects.is_taken(name, member):
        raise ValidationError(_(TAKEN))
    return name


def well_formed_name(text: str) -> str:
    """The same, whoever goes by it."""
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
    if _LINK.search(name):
        raise ValidationError(_("A name can’t have a web address in it. Choose another one."))
    if fold(name) == fold("Former member"):
        raise ValidationError(_("This is what people who left are called. Choose another one."))
    if is_staff_like(name):
        raise ValidationError(_("This name looks like a member of staff. Choose another one."))
    return name


def is_staff_like(name: str) -> bool:
    """Names a body or a role outright, or is of such words alone: not "Staff nurse Jo"."""
    words = folded_words(name).split()
    return (
        bool(_STAFF_LIKE.search("".join(words)))
        or any(_STAFF_LIKE_WORD.fullmatch(word) for word in [*words, "".join(words)])
        or (len(words) > 1 and bool(_RANK.fullmatch(words[0])))
        or (
            all(_ROLE_WORD.fullmatch(word) for word in words)
            and any(_ROLES.fullmatch(word) for word in words)
        )
        or (
            bool(words)
            and all(len(word) == 1 for word in words)
            and bool(_ROLES.fullmatch("".join(words)))
        )
    )


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
