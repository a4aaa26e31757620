"""Passwords that are long, and guessed all the same."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_CHARACTERS = 5


class NotOneCharacterValidator:
    """Refuses "aaaaaaaaaaaa" and the like; what else a password is made of is its owner's."""

    def validate(self, password: str, user: object = None) -> None:
        if len(set(password.casefold())) < LEAST_CHARACTERS:
            raise ValidationError(_("Use a few more different letters or signs."))

    def get_help_text(self) -> str:
        return _("Your password needs at least 5 different letters or signs.")
