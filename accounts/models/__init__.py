"""Members, their names, what they agreed to, and what the site sends and keeps for them."""

from accounts.models.about_you import AboutYou
from accounts.models.agreements import Agreement
from accounts.models.leaving import Closing, DataCopy
from accounts.models.mails import Mail
from accounts.models.members import DISPLAY_NAME_LENGTH, Member, MemberManager
from accounts.models.names import NameChange, NameInUse, NameTakenError

__all__ = [
    "DISPLAY_NAME_LENGTH",
    "AboutYou",
    "Agreement",
    "Closing",
    "DataCopy",
    "Mail",
    "Member",
    "MemberManager",
    "NameChange",
    "NameInUse",
    "NameTakenError",
]
