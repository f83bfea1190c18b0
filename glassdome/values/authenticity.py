"""The one rule for "our server vouches for this author" (RFC 7489 3.1, relaxed alignment)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glassdome.core.domains import ascii_host, organizational_domain

if TYPE_CHECKING:
    from glassdome.values.message import Address, Authentication, AuthResult

__all__ = ["DMARC_FAILED", "METHODS", "Authenticity", "is_aligned", "vouch"]

#: The words for a DMARC check that failed; the last two name the policy that was applied.
DMARC_FAILED: Final = frozenset({"fail", "quarantine", "reject"})
#: The methods that can vouch for an author, the strongest first.
METHODS: Final = ("dmarc", "dkim", "spf", "auth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """The findings of our own server about the author.

    `checked` is True if the server checked at all; `organization` is the author's organizational domain when the server vouches
    for it, else empty; `methods` are those that passed for it.
    """

    checked: bool = False
    organization: str = ""
    methods: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Our server vouches for the author."""
        return bool(self.organization)


def is_aligned(result: AuthResult, organization: str) -> bool:
    """Return whether a result is about the same organizational domain."""
    domain = result.domain.rpartition("@")[2]
    return bool(domain) and organizational_domain(ascii_host(domain)) == organization


def vouch(header_from: Iterable[Address], authentication: Authentication) -> Authenticity:
    """Return what our own server says for the one From address; several different ones are never vouched for.

    Where DMARC failed nothing else counts: it fails only where neither DKIM nor SPF passed for the author (RFC 7489
    6.6.2).
    """
    results = [r for r in authentication.results if r.method in METHODS and r.result not in ("temperror", "")]
    checked = authentication.trusted and bool(results)
    authors = {address.addr.lower(): address for address in header_from if "@" in address.addr}
    dmarc = authentication.best("dmarc")
    if not checked or len(authors) != 1 or (dmarc is not None and dmarc.result in DMARC_FAILED):
        return Authenticity(checked=checked)
    organization = organizational_domain(ascii_host(next(iter(authors.values())).domain))
    if not organization:
        return Authenticity(checked=checked)
    addr = next(iter(authors))
    passed = {r.method for r in results if r.result == "pass" and _speaks_for(r, organization, addr)}
    if not passed:
        return Authenticity(checked=checked)
    methods = tuple(method for method in METHODS if method in passed)
    return Authenticity(checked=True, organization=organization, methods=methods)


def _speaks_for(result: AuthResult, organization: str, addr: str) -> bool:
    if result.method == "auth":
        # Whoever logged in may be allowed to write in other names: the account vouches for its own address alone.
        return result.account == addr
    if result.method == "dmarc" and not result.domain:
        return True
    return is_aligned(result, organization)
