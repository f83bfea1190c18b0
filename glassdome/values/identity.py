"""A sign-in through an identity provider: the step that was begun, the provider's answer, and the identity it proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import SecretStr

__all__ = ["ProvenIdentity", "ProviderAnswer", "ProviderFlow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFlow:
    """A sign-in on its way: `state` binds the answer to the browser, `nonce` the token and `verifier` the code to it.

    `back` is the page of ours that is shown afterwards.
    """

    state: str
    nonce: str
    verifier: SecretStr
    back: str
    begun: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAnswer:
    """The parameters that the browser brings back (RFC 6749 4.1.2, RFC 9207); those that are missing are empty."""

    code: str = ""
    state: str = ""
    error: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenIdentity:
    """A person by the provider's word: `email` is empty where it names none, `verified` says that it vouches for it."""

    subject: str
    email: str = ""
    verified: bool = False
    claims: Mapping[str, Any] = field(default_factory=dict)
