"""Secrets at rest."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from glassdome.core.errors import ConfigError
from glassdome.core.secrets import SecretBox, reveal


def test_round_trip_and_key_file_mode(tmp_path: Path) -> None:
    """The key file is made once, for its owner alone, and opens what it closed."""
    path = tmp_path / "secret.key"
    token = SecretBox.from_file(path).encrypt(SecretStr("pässword"))

    assert reveal(SecretBox.from_file(path).decrypt(token)) == "pässword"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "ssword" not in token


def test_a_readable_key_file_is_refused(tmp_path: Path) -> None:
    """A key that others may read is no secret."""
    path = tmp_path / "secret.key"
    SecretBox.from_file(path)
    path.chmod(0o644)

    with pytest.raises(ConfigError, match="chmod 600"):
        SecretBox.from_file(path)


def test_another_key_says_what_to_do() -> None:
    """A password stored under another key cannot be read, and the error says how to go on."""
    token = SecretBox(Fernet.generate_key().decode()).encrypt("x")

    with pytest.raises(ConfigError, match="register the mailbox again"):
        SecretBox(Fernet.generate_key().decode()).decrypt(token)


def test_a_bad_key_is_refused() -> None:
    """Anything but a Fernet key is refused with the command that makes one."""
    with pytest.raises(ConfigError, match="generate_key"):
        SecretBox("short")
