"""Credentials for a mail server."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

__all__ = ["Credentials"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A login name and its password; the name may be `mailbox*master` (Dovecot's master users)."""

    user: str
    password: SecretStr
