"""Whether our own server vouches for the address the reader sees."""

from __future__ import annotations

from glassdome.signals.domains import organizational_domain
from glassdome.values.message import DMARC_FAILED, AuthResult, Message

__all__ = ["is_aligned", "is_authenticated"]


def is_aligned(result: AuthResult, author: str) -> bool:
    """Relaxed alignment (RFC 7489 3.1): the same organizational domain as `author`."""
    domain = result.domain.rpartition("@")[2]
    return bool(domain) and organizational_domain(domain) == author


def is_authenticated(message: Message) -> bool:
    """Say whether DMARC passed, or an aligned DKIM or SPF, at our own server, for the one From address.

    Where DMARC failed nothing else counts.
    """
    auth = message.authentication
    author = organizational_domain(message.author.domain)
    if not auth.trusted or not author or len({a.addr for a in message.header_from if "@" in a.addr}) != 1:
        return False
    dmarc = auth.best("dmarc")
    if dmarc is not None and dmarc.result in DMARC_FAILED:
        return False  # DMARC fails only where neither DKIM nor SPF passed for the author (RFC 7489 6.6.2)
    passed = [result for result in auth.results if result.result == "pass"]
    return any(
        (r.method == "dmarc" and (not r.domain or is_aligned(r, author)))
        or (r.method in ("dkim", "spf") and is_aligned(r, author))
        for r in passed
    )
