"""The shipped lists of hosts and brands, read once."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from glassdome.core.shipped import loads_shipped, shipped_text
from glassdome.signals.domains import main_label, organizational_domain

__all__ = [
    "REGIONAL",
    "Brand",
    "brand_owners",
    "brands",
    "free_hosts",
    "free_mail",
    "in_list",
    "known_domains",
    "mailers",
    "names_of_domain",
    "platforms",
    "popular",
    "postmasters",
    "public_bodies",
    "reply_services",
    "risky_tlds",
    "shorteners",
]

#: A main label shorter than this says nothing: too many names share it.
_MIN_LABEL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A name and the organizational domains that really use it; `common`: the name is also an ordinary word."""

    name: str
    domains: tuple[str, ...]
    common: bool = False


def _lines(name: str) -> tuple[str, ...]:
    text = shipped_text(f"signals/data/{name}")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@loads_shipped()
@lru_cache(maxsize=1)
def free_mail() -> frozenset[str]:
    """Mail providers where anyone may open an address."""
    return frozenset(_lines("free_mail.txt"))


@loads_shipped()
@lru_cache(maxsize=1)
def free_hosts() -> frozenset[str]:
    """Hosts where anyone may publish a page, a form or a file."""
    return frozenset(_lines("free_hosts.txt")) | frozenset(_lines("self_service.txt"))


@loads_shipped()
@lru_cache(maxsize=1)
def shorteners() -> frozenset[str]:
    """URL shorteners."""
    return frozenset(_lines("shorteners.txt"))


@loads_shipped()
@lru_cache(maxsize=1)
def reply_services() -> frozenset[str]:
    """Services that take replies or count clicks for their customers."""
    return frozenset(_lines("reply_services.txt"))


@loads_shipped()
@lru_cache(maxsize=1)
def postmasters() -> frozenset[str]:
    """Hosts that mail servers' refusals send their reader to."""
    return frozenset(_lines("postmasters.txt"))


@loads_shipped()
@lru_cache(maxsize=1)
def popular() -> frozenset[str]:
    """The most visited domains."""
    return frozenset(_lines("popular.txt"))


@loads_shipped()
@lru_cache(maxsize=1)
def risky_tlds() -> frozenset[str]:
    """Top-level domains that are cheap and much abused."""
    return frozenset(_lines("risky_tlds.txt"))


@loads_shipped()
@lru_cache(maxsize=1)
def brands() -> tuple[Brand, ...]:
    """The brand table: every name of every file of `data/brands`, with all domains that any of them gives it."""
    domains: dict[str, dict[str, None]] = {}
    common: dict[str, bool] = {}
    folder = files("glassdome.signals") / "data" / "brands"
    for name in sorted(item.name for item in folder.iterdir() if item.name.endswith(".txt")):
        for line in _lines(f"brands/{name}"):
            names, _, owned = line.partition("|")
            for written in names.split(","):
                brand = written.strip().rstrip("!")
                domains.setdefault(brand, {}).update(dict.fromkeys(owned.split()))
                common[brand] = common.get(brand, False) or written.strip().endswith("!")
    return tuple(Brand(name=name, domains=tuple(owned), common=common[name]) for name, owned in domains.items())


@loads_shipped()
@lru_cache(maxsize=1)
def names_of_domain() -> Mapping[str, tuple[str, ...]]:
    """The brand table read the other way: which names each domain may speak for."""
    found: dict[str, list[str]] = {}
    for brand in brands():
        for domain in brand.domains:
            found.setdefault(domain, []).append(brand.name)
    return {domain: tuple(names) for domain, names in found.items()}


@loads_shipped()
@lru_cache(maxsize=1)
def mailers() -> frozenset[str]:
    """Mailers: their domains stand in the links and envelopes of their customers' mail."""
    return frozenset(_lines("link_mailers.txt")) | reply_services()


@loads_shipped()
@lru_cache(maxsize=1)
def platforms() -> Mapping[str, str]:
    """Services in whose mail their users speak, by domain: `money`, `files`, `talk` or `forms`."""
    pairs = (line.partition("|") for line in _lines("platforms.txt"))
    return {domain.strip(): kind.strip() for domain, _, kind in pairs}


@loads_shipped()
@lru_cache(maxsize=1)
def public_bodies() -> frozenset[str]:
    """Suffixes and domains that only public bodies have."""
    return frozenset(_lines("public_bodies.txt"))


#: Names that the members of an association carry before that of their town: `sparkasse-bremen.de`.
REGIONAL = (
    "sparkasse", "kreissparkasse", "stadtsparkasse", "volksbank", "raiffeisenbank", "vrbank", "sparda", "stadtwerke",
)  # fmt: skip


@loads_shipped()
@lru_cache(maxsize=1)
def brand_owners() -> Mapping[str, tuple[str, ...]]:
    """Each brand's domains by its name without spaces; common words and short names are left out."""
    return {
        brand.name.replace(" ", ""): brand.domains
        for brand in brands()
        if not brand.common and len(brand.name) >= 3 and brand.name.replace(" ", "").isalnum()
    }


@loads_shipped()
@lru_cache(maxsize=1)
def known_domains() -> frozenset[str]:
    """Domains of well-known organizations: what impostors imitate."""
    known = {domain for brand in brands() for domain in brand.domains} | set(_lines("known_senders.txt"))
    return frozenset(d for d in known if organizational_domain(d) == d and len(main_label(d)) >= _MIN_LABEL)


def in_list(host: str, hosts: Container[str]) -> bool:
    """Return whether a host or a domain above it is in a list."""
    while host:
        if host in hosts:
            return True
        host = host.partition(".")[2]
    return False
