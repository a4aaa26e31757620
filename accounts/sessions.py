"""Sessions as Django keeps them, read and changed by one statement each: every request of somebody
who is signed in does the one, every post the other."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.utils import timezone

from accounts.sealing import SealedSerializer
from accounts.statements import carried_out, one_row

_READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
_CHANGE = "UPDATE django_session SET session_data = %s, expire_date = %s WHERE session_key = %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        row = one_row(_READ, [self.session_key, timezone.now()])
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Sealed, which nobody else can do: Django's signature around it would say the same."""
        return SealedSerializer().dumps(session_dict).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        sealed = session_data.encode() if isinstance(session_data, str) else session_data
        try:
            found = SealedSerializer().loads(sealed)
        except InvalidToken:  # signed, as all were that are older; or nobody's
            return super().decode(session_data)
        except (ValueError, RecursionError):
            return {}
        # Other things are sealed with the same keys.
        return found if isinstance(found, dict) else {}

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Raises UpdateError if it was ended meanwhile: it is not made again."""
        if must_create or self.session_key is None:
            return super().save(must_create)
        data = self.encode(self._get_session())  # type: ignore[attr-defined]
        if not carried_out(_CHANGE, [data, self.get_expiry_date(), self.session_key]):
            raise UpdateError
        return None
