"""Second factors: their secrets at rest."""

from allauth.mfa.adapter import DefaultMFAAdapter

from accounts.sealing import seal, unseal


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """TOTP secrets and recovery codes are sealed in the database."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
