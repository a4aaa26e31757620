"""What must not be readable in the database, nor in a copy of it.

The keys are settings.ENCRYPTION_KEYS: the first seals, all of them open. A key may go once
everything that it sealed is gone or sealed anew.
"""

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises cryptography.fernet.InvalidToken if no key of ours sealed it."""
    return _box().decrypt(sealed.encode()).decode()


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """The name of something that only we can compute: by the present key first."""
    return [_keyed_hash(key, purpose, text) for key in settings.ENCRYPTION_KEYS]


class SealedSerializer:
    """Of sessions: they hold codes, addresses, and texts that could not be posted yet."""

    def dumps(self, obj: Any) -> bytes:  # noqa: ANN401 - Django's signature
        return seal(json.dumps(obj, separators=(",", ":"))).encode()

    def loads(self, data: bytes) -> Any:  # noqa: ANN401 - Django's signature
        return json.loads(unseal(data.decode()))


def _keyed_hash(key: str, purpose: str, text: str) -> str:
    return hmac.new(key.encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def _box() -> MultiFernet:
    return _box_of(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    """Any long random text will do as a key."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"sealing\0" + key.encode()).digest())
