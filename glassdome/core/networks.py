"""Addresses and networks as people write them in settings and proxies in headers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from glassdome.core.config.field import parts_of

__all__ = ["Network", "household", "is_in", "parse_networks", "past_proxies"]

Network: TypeAlias = IPv4Network | IPv6Network
#: One customer's share of IPv6 (RFC 6177): an attacker has all of it.
_HOUSEHOLD_BITS: Final = 64


@lru_cache(maxsize=8)
def parse_networks(text: str) -> tuple[Network, ...]:
    """Parse `127.0.0.1, 172.22.1.0/24`; raises ValueError naming the entry."""
    return tuple(_network(entry, number) for number, entry in enumerate(parts_of(text), 1))


def _network(entry: str, number: int) -> Network:
    try:
        return ip_network(entry, strict=False)
    except ValueError as exc:
        raise ValueError(f"entry {number} ({entry}) is no address or network such as 172.22.1.0/24") from exc


def past_proxies(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """Return who a request came from: the last address of `forwarded` that no believed proxy has, else the peer.

    `forwarded` are the entries of X-Forwarded-For, the nearest last. What a stranger wrote in front is never reached.
    """
    found, hops = peer, list(forwarded)
    while hops and is_in(found, proxies):
        hop = _address(hops.pop())
        if hop is None:
            break
        found = str(hop)
    return found


def household(address: str) -> str:
    """Return what counts as one visitor: the address, of IPv6 its network of 64 bits."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, _HOUSEHOLD_BITS), strict=False))
    return address


def is_in(address: str, networks: Sequence[Network]) -> bool:
    """Return whether an address is in one of the networks; False for text that is no address."""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, also with a port or in brackets; an IPv4 address in IPv6 clothes is IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
