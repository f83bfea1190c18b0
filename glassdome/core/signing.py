"""Signatures of webhooks (Standard Webhooks): HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

from pydantic import SecretStr

__all__ = ["new_secret", "signatures"]

_PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> SecretStr:
    """Return a fresh secret in its written form, `whsec_` and base64."""
    return SecretStr(_PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode())


def signatures(keys: Sequence[SecretStr], *, name: str, at: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each secret; `at` is seconds since 1970."""
    signed = b".".join((name.encode(), str(at).encode(), body))
    return " ".join(f"v1,{_signature(key, signed)}" for key in keys)


def _signature(key: SecretStr, signed: bytes) -> str:
    secret = base64.b64decode(key.get_secret_value().removeprefix(_PREFIX))
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
