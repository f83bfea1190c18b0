"""Limits sign-in attempts per address, and for all addresses that one peer names together."""

from __future__ import annotations

from datetime import datetime

from glassdome.core.errors import RateLimited
from glassdome.core.limits import MAX_SIGN_INS_PER_ADDRESS, MAX_SIGN_INS_PER_PEER
from glassdome.desk.rate import RateLimit

__all__ = ["SignInLimiter"]


class SignInLimiter(RateLimit):
    """Two buckets for each try: that of the peer (a proxy, or the visitor), and that of the address it names."""

    def count(self, peer: str, address: str, *, now: datetime) -> None:
        """Count a try; raises RateLimited.

        The peer comes first: who makes up addresses gets no more buckets than tries. What the address's own bucket
        refuses costs the peer nothing, or one visitor behind a proxy could lock out all others.
        """
        self.take(peer, per_minute=MAX_SIGN_INS_PER_PEER, now=now)
        try:
            self.take(f"{peer} {address}", per_minute=MAX_SIGN_INS_PER_ADDRESS, now=now)
        except RateLimited:
            level, then = self._buckets[peer]
            self._buckets[peer] = (level + 1, then)
            raise
