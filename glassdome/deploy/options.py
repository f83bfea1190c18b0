"""The choices made at the installation, kept in the manifest so that an upgrade asks nothing again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glassdome.core.errors import InvalidAddress

__all__ = ["Options", "RspamdWay", "checked_domains", "checked_mailboxes"]

RspamdWay = Literal["plugin", "gpt", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`image` is empty for the one built here; `rspamd` is how Rspamd asks during the scan.

    `push` is the doorbell of Dovecot; without it IDLE and polling find new mail. `agent` runs the Overseer too. `link` is the one in mailcow's Apps.
    """

    ollama: bool = True
    gpu: bool = False
    image: str = ""
    rspamd: RspamdWay = "plugin"
    learn: bool = False
    push: bool = True
    agent: bool = False
    link: bool = True


def checked_mailboxes(addresses: list[str]) -> list[str]:
    """Return the addresses in lower case; raises InvalidAddress."""
    for address in addresses:
        local, at, domain = address.partition("@")
        if not (local and at and domain) or any(c in address for c in " ,:;'\"$*\n"):
            raise InvalidAddress(f"{address!r} is not the address of a mailbox.")
    return [address.lower() for address in addresses]


def checked_domains(domains: list[str]) -> list[str]:
    """Return the domains in lower case; raises InvalidAddress."""
    for domain in domains:
        if "." not in domain or any(c in domain for c in " ,:;'\"$*@\n"):
            raise InvalidAddress(f"{domain!r} is not a domain.")
    return [domain.lower() for domain in domains]
