"""The ways to prove an identity that lie outside: an identity provider."""

from __future__ import annotations

from typing import Protocol

from glassdome.values.identity import ProvenIdentity, ProviderAnswer, ProviderFlow

__all__ = ["IdentityProvider"]


class IdentityProvider(Protocol):
    """One provider, as the settings of the moment describe it.

    All raise IdentityRefused, ConfigError, TransportError, ProtocolViolation.
    """

    async def address(self, flow: ProviderFlow) -> str:
        """Return the provider's address that a browser is led to."""
        ...

    async def sign_out_address(self) -> str:
        """Return the provider's address that ends the session there, empty where it publishes none."""
        ...

    async def identity(self, flow: ProviderFlow, answer: ProviderAnswer) -> ProvenIdentity:
        """Return the identity that an answer proves; a code is redeemed, and that only once."""
        ...
