"""Limits sign-in attempts per address, for all addresses that one peer names together, and per mailbox."""

from __future__ import annotations

from datetime import datetime

from glassdome.core.errors import RateLimited
from glassdome.core.limits import (
    MAX_RATE_BUCKETS,
    MAX_SIGN_INS_PER_ADDRESS,
    MAX_SIGN_INS_PER_MAILBOX,
    MAX_SIGN_INS_PER_PEER,
)
from glassdome.desk.rate import RateLimit

__all__ = ["SignInLimiter"]


class SignInLimiter(RateLimit):
    """Two buckets for each try: that of the peer (a proxy, or the visitor), and that of the address it names.

    A mailbox has one more, or strangers in many networks could guess its password together. A network from which its
    owner signed in before does not wait for them.
    """

    def __init__(self) -> None:
        """Start with full buckets."""
        super().__init__()
        self._right: dict[tuple[str, str], None] = {}

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

    def count_mailbox(self, mailbox: str, address: str, *, now: datetime) -> None:
        """Count a try to sign in to a mailbox; raises RateLimited."""
        if (mailbox, address) not in self._right:
            self.take(f"mailbox {mailbox}", per_minute=MAX_SIGN_INS_PER_MAILBOX, now=now)

    def was_right(self, mailbox: str, address: str) -> None:
        """Remember that the mailbox's owner is at that address."""
        if len(self._right) >= MAX_RATE_BUCKETS:
            self._right.clear()
        self._right[mailbox, address] = None
