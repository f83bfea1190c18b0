"""The hosts that events may be sent to, as an administrator names them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from glassdome.core.config.field import parts_of
from glassdome.core.errors import ActionForbidden, InputError
from glassdome.core.model_urls import origin, quotable
from glassdome.core.networks import Network, is_in

__all__ = ["Receivers", "parse_receivers"]

_USUAL_PORTS: Final = (80, 443)
#: Ends of names that no public DNS answers: where they lie is the house's affair.
_HOUSE: Final = (".local", ".lan", ".internal", ".home.arpa", ".localhost")
#: Networks of IPv6 whose addresses end in one of IPv4: translated by NAT64 (RFC 6052, RFC 8215), and compatible ones
#: (RFC 4291 2.5.5.1).
_HOLDING_IPV4: Final = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
_FIX: Final = "Name it in GLASSDOME_WEBHOOK_HOSTS (environment or config.yml)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Hosts with their ports, and networks in which a named host may lie."""

    places: frozenset[tuple[str, int]]
    networks: tuple[Network, ...]

    def place(self, url: str) -> tuple[str, str, int]:
        """Return scheme, host and port of an allowed URL; raises InputError for one that is none, else ActionForbidden."""
        try:
            scheme, host, port = origin(url)
        except ValueError as exc:
            raise InputError("That is no URL.", fix="Write https://host/path.") from exc
        plain = url.isascii() and url.isprintable() and " " not in url
        if scheme not in ("http", "https") or not host or "@" in url.partition("?")[0] or not plain:
            raise InputError("That is no URL for a webhook.", fix="Write https://host/path, without a login.")
        if (host, port) not in self.places:
            raise ActionForbidden(f"{host}:{port} may not receive events.", fix=_FIX)
        if scheme == "http" and not _is_ours(host):
            raise ActionForbidden(f"{host} is not in your own network, so it needs https.")
        return scheme, host, port

    def may_lie_at(self, host: str, address: str) -> bool:
        """Return whether a connection to `host` may go to `address`.

        A public name may lead to a public address, or into a network that is named: whoever owns the name could else
        point it at a server of the house (DNS rebinding). Link-local and multicast addresses are no receivers.
        """
        found = ip_address(address.partition("%")[0])
        if found.is_multicast or found.is_unspecified or found.is_link_local:
            return False
        return _is_public(found) or _is_ours(host) or is_in(address, self.networks)


@lru_cache(maxsize=8)
def parse_receivers(text: str) -> Receivers:
    """Parse `hooks.example.org, homeassistant.local:8123, 192.168.1.0/24`; raises ValueError for an invalid entry."""
    places: set[tuple[str, int]] = set()
    networks: list[Network] = []
    for entry in parts_of(text):
        if "/" in entry:
            networks.append(ip_network(entry, strict=False))
            continue
        try:
            _, host, port = origin(f"//{entry}")
        except ValueError as exc:
            raise ValueError(f"{quotable(entry)!r} is not host, host:port or a network") from exc
        if not host or set(entry) & set("@?#"):
            raise ValueError(f"{quotable(entry)!r} is not host, host:port or a network")
        places |= {(host, each) for each in ([port] if port else _USUAL_PORTS)}
    return Receivers(places=frozenset(places), networks=tuple(networks))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is on the internet; one of IPv6 that stands for a private one of IPv4 is not."""
    if isinstance(address, IPv4Address):
        return address.is_global
    inner = next(
        (IPv4Address(int(address) & 0xFFFF_FFFF) for net in _HOLDING_IPV4 if address in net), address.sixtofour
    )
    return address.is_global and not address.is_site_local and (inner is None or inner.is_global)


def _is_ours(host: str) -> bool:
    """Return whether it is an address, named as such, of a private network, or a name of the house."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_HOUSE)
