"""Secrets at rest: Fernet (AES-128-CBC with HMAC-SHA256) under a key from the environment or a 0600 file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError

__all__ = ["SecretBox", "reveal", "secret_box"]


def reveal(value: SecretStr | str | None) -> str | None:
    """Return the plain text of a secret, whether it came wrapped or not."""
    return value.get_secret_value() if isinstance(value, SecretStr) else value


class SecretBox:
    """Encrypts and decrypts short secrets such as mailbox passwords."""

    def __init__(self, key: SecretStr | str) -> None:
        """`key` is 32 url-safe base64 bytes; raises ConfigError when it is not."""
        try:
            self._key = (reveal(key) or "").encode()
            self._fernet = Fernet(self._key)
        except ValueError as exc:
            raise ConfigError(
                "GLASSDOME_SECRET_KEY is not a Fernet key.",
                fix="Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'",
            ) from exc

    @classmethod
    def from_file(cls, path: Path) -> SecretBox:
        """Read the key file, making it (mode 0600) where there is none.

        Raises ConfigError when others may read it or when it holds no key.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        except OSError as exc:
            raise ConfigError(f"The key file {path} cannot be made: {exc.strerror}.") from exc
        else:
            with os.fdopen(descriptor, "wb") as file:
                file.write(Fernet.generate_key())
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"Others may read the key file {path}.", fix=f"Run: chmod 600 {path}")
        return cls(path.read_text().strip())

    def encrypt(self, secret: SecretStr | str) -> str:
        """Return an encrypted, printable form."""
        return self._fernet.encrypt((reveal(secret) or "").encode()).decode()

    def signature(self, purpose: str, text: str) -> str:
        """Return an HMAC-SHA256 of the text in url-safe base64; one made for a purpose never passes for another's."""
        key = hmac.new(base64.urlsafe_b64decode(self._key), f"glassdome {purpose}".encode(), hashlib.sha256).digest()
        made = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    def decrypt(self, token: str) -> SecretStr:
        """Return the secret; raises ConfigError when another key encrypted it."""
        try:
            return SecretStr(self._fernet.decrypt(token.encode()).decode())
        except InvalidToken as exc:
            raise ConfigError(
                "A stored password cannot be decrypted with this key.",
                fix="Restore the earlier GLASSDOME_SECRET_KEY or key file, or register the mailbox again.",
            ) from exc


def secret_box(settings: Settings) -> SecretBox:
    """Return the box for stored passwords: the key of the environment, else of the key file (made at need)."""
    if settings.secret_key is not None:
        return SecretBox(settings.secret_key)
    settings.key_file.parent.mkdir(parents=True, exist_ok=True)
    return SecretBox.from_file(settings.key_file)
