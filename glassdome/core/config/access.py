"""The settings of access: which mailboxes see more than their own mail; part of `Settings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Final

from pydantic import field_validator
from pydantic_settings import BaseSettings

from glassdome.core.config.checks import http_url
from glassdome.core.config.field import checked_by, parts_of, setting

__all__ = ["AccessSettings", "read_admins", "read_aliases", "read_domain_admins"]

_MAILBOX: Final = re.compile(r"[^@:|\s]+@[^@:|\s]+")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9.-]+")


@lru_cache(maxsize=8)
def read_admins(text: str) -> frozenset[str]:
    """Read `ann@example.org, bob@example.org`; raises ValueError counting the entry."""
    for number, entry in enumerate(parts_of(text), 1):
        if not _MAILBOX.fullmatch(entry):
            raise ValueError(f"entry {number} is no mailbox such as ann@example.org")
    return frozenset(parts_of(text.lower()))


@lru_cache(maxsize=8)
def read_domain_admins(text: str) -> Mapping[str, tuple[str, ...]]:
    """Read `ann@example.org:example.org|example.net`; raises ValueError counting the entry."""
    found: dict[str, tuple[str, ...]] = {}
    for number, entry in enumerate(parts_of(text.lower()), 1):
        mailbox, _, listed = entry.partition(":")
        domains = tuple(part.strip() for part in listed.split("|") if part.strip())
        if not _MAILBOX.fullmatch(mailbox) or not domains or not all(map(_DOMAIN.fullmatch, domains)):
            raise ValueError(f"entry {number} is not ann@example.org:example.org|example.net")
        found[mailbox] = (*found.get(mailbox, ()), *domains)
    return found


@lru_cache(maxsize=8)
def read_aliases(text: str) -> Mapping[str, frozenset[str]]:
    """Read `ann@example.org:sales@example.org|ann@example.net`; raises ValueError counting the entry."""
    found: dict[str, frozenset[str]] = {}
    for number, entry in enumerate(parts_of(text.lower()), 1):
        mailbox, _, listed = entry.partition(":")
        aliases = frozenset(part.strip() for part in listed.split("|") if part.strip())
        if not aliases or not all(map(_MAILBOX.fullmatch, (mailbox, *aliases))):
            raise ValueError(f"entry {number} is not ann@example.org:sales@example.org|ann@example.net")
        found[mailbox] = found.get(mailbox, frozenset()) | aliases
    return found


class AccessSettings(BaseSettings):
    """Open the pages to owners of mailboxes, and name those who see more."""

    mailbox_sign_in: bool = setting(
        "GLASSDOME_MAILBOX_SIGN_IN",
        True,
        "Let owners sign in to the web UI with the address and password of their mailbox, checked by IMAP",
        live=True,
    )
    mailcow_sign_in: bool = setting(
        "GLASSDOME_MAILCOW_SIGN_IN",
        True,
        "Let mailcow's administrators sign in to the web UI with an API key of mailcow, checked at MAILCOW_API_URL",
        live=True,
    )
    public_url: str | None = setting(
        "GLASSDOME_PUBLIC_URL",
        None,
        "Address of the pages as owners open it, such as https://mail.example.org/llm; links in digests begin with it, and an"
        " identity provider leads back to it",
        live=True,
    )
    admins: Annotated[str, checked_by(read_admins)] = setting(
        "GLASSDOME_ADMINS", "", "Mailboxes, comma-separated, whose owners see every mailbox and all settings", live=True
    )
    domain_admins: Annotated[str, checked_by(read_domain_admins)] = setting(
        "GLASSDOME_DOMAIN_ADMINS",
        "",
        "Mailboxes whose owners see whole domains: ann@example.org:example.org|example.net, comma-separated",
        live=True,
    )

    aliases: Annotated[str, checked_by(read_aliases)] = setting(
        "GLASSDOME_ALIASES",
        "",
        "Further addresses of owners, besides the aliases that mailcow lists: ann@example.org:sales@example.org|ann@example.net,"
        " comma-separated",
        live=True,
    )

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        return None if value is None else http_url(value)
