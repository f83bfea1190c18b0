"""The state of the mailcow test server, and mailcow's own words for its refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Danger", "Domain", "MailcowState"]

_MIB = 1_048_576


class Danger(Exception):
    """mailcow refuses: HTTP 200 with an element of type `danger`; `also` are the elements that succeeded before."""

    def __init__(self, message: Any, *, also: list[Any] | None = None) -> None:
        """`message` is a word, or a list of a word and its arguments."""
        super().__init__(str(message))
        self.message, self.also = message, also or []


@dataclass(slots=True)
class Domain:
    """One mail domain; quotas in MiB."""

    name: str
    mailboxes: int = 10
    maxquota: int = 2048
    quota: int = 10240
    defquota: int = 1024
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class MailcowState:
    """Domains, mailboxes, rate limits and policy, with the quirks of the real one.

    `on_mailboxes` is called with address -> password after each change, so that a real Dovecot can follow.
    """

    domains: dict[str, Domain] = field(default_factory=dict)
    mailboxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    rate_limits: dict[str, tuple[str, str]] = field(default_factory=dict)
    policy: dict[str, str] = field(
        default_factory=lambda: {"length": "6", "chars": "0", "special_chars": "0", "lowerupper": "0", "numbers": "0"}
    )
    #: mailcow was seen to answer `password_complexity` and to create the mailbox all the same.
    creates_despite_complexity: bool = False
    on_mailboxes: Callable[[dict[str, str]], None] = lambda passwords: None

    def add_domain(self, name: str, **limits: Any) -> None:
        """Add a domain."""
        self.domains[name] = Domain(name, **limits)

    def add_mailbox(self, attr: dict[str, Any]) -> list[Any]:
        """Create a mailbox; return the messages of success."""
        local, domain = str(attr.get("local_part", "")).lower(), str(attr.get("domain", ""))
        address = f"{local}@{domain}"
        if domain not in self.domains:
            raise Danger("access_denied")
        if not local or not re.fullmatch(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+", local):
            raise Danger("mailbox_invalid")
        self._check_room(address, domain, int(attr.get("quota") or self.domains[domain].defquota))
        weak = self._weak(str(attr.get("password", "")), str(attr.get("password2", "")))
        if weak and not self.creates_despite_complexity:
            raise Danger(weak)
        self._store_mailbox(address, attr)
        if weak:
            raise Danger(weak, also=[["rl_saved", address]])
        return [["rl_saved", address], ["mailbox_added", address]]

    def _check_room(self, address: str, domain: str, quota: int) -> None:
        limits = self.domains[domain]
        here = [m for m in self.mailboxes.values() if m["domain"] == domain]
        used = sum(m["quota"] // _MIB for m in here)
        if address in self.mailboxes:
            raise Danger(["object_exists", address])
        if len(here) >= limits.mailboxes:
            raise Danger(["max_mailbox_exceeded", len(here), limits.mailboxes])
        if quota > limits.maxquota:
            raise Danger(["mailbox_quota_exceeded", limits.maxquota])
        if used + quota > limits.quota:
            raise Danger(["mailbox_quota_left_exceeded", limits.quota - used])

    def _weak(self, password: str, again: str) -> str:
        if password != again:
            return "password_mismatch"
        wants = [
            len(password) >= int(self.policy["length"]),
            self.policy["chars"] == "0" or bool(re.search(r"[A-Za-z]", password)),
            self.policy["special_chars"] == "0" or bool(re.search(r"[^A-Za-z0-9]", password)),
            self.policy["lowerupper"] == "0" or bool(re.search(r"[a-z]", password) and re.search(r"[A-Z]", password)),
            self.policy["numbers"] == "0" or bool(re.search(r"\d", password)),
        ]
        return "" if all(wants) else "password_complexity"

    def _store_mailbox(self, address: str, attr: dict[str, Any]) -> None:
        local, _, domain = address.partition("@")
        self.mailboxes[address] = {
            "username": address,
            "active": int(attr.get("active", 1)),
            "active_int": int(attr.get("active", 1)),
            "domain": domain,
            "name": attr.get("name", ""),
            "local_part": local,
            "quota": int(attr.get("quota") or self.domains[domain].defquota) * _MIB,
            "messages": 0,
            "quota_used": 0,
            "percent_in_use": 0,
            "attributes": {"force_pw_update": "0", "mailbox_format": "maildir:"},
            "custom_attributes": [],
            "tags": list(attr.get("tags") or []),
            "last_imap_login": 0,
        }
        self.passwords[address] = str(attr.get("password", ""))
        self.on_mailboxes(dict(self.passwords))

    def edit_custom(self, address: str, attr: dict[str, Any]) -> list[Any]:
        """Set custom attributes."""
        row = self._mailbox(address)
        stored = dict(row["custom_attributes"] or {})
        stored |= dict(zip(attr.get("attribute", []), attr.get("value", []), strict=False))
        row["custom_attributes"] = stored
        return [["mailbox_modified", address]]

    def delete_mailbox(self, address: str) -> list[Any]:
        """Delete a mailbox."""
        self._mailbox(address)
        del self.mailboxes[address], self.passwords[address]
        self.on_mailboxes(dict(self.passwords))
        return [["mailbox_removed", address]]

    def _mailbox(self, address: str) -> dict[str, Any]:
        if address not in self.mailboxes:
            raise Danger("access_denied")
        return self.mailboxes[address]

    def domain_row(self, name: str) -> dict[str, Any]:
        """Return a domain as mailcow lists it; quotas in bytes."""
        limits = self.domains[name]
        here = [m for m in self.mailboxes.values() if m["domain"] == name]
        return {
            "domain_name": name,
            "mboxes_in_domain": len(here),
            "max_num_mboxes_for_domain": limits.mailboxes,
            "max_quota_for_mbox": limits.maxquota * _MIB,
            "max_quota_for_domain": limits.quota * _MIB,
            "def_quota_for_mbox": limits.defquota * _MIB,
            "quota_used_in_domain": str(sum(m["quota"] for m in here)),
            "active": 1,
            "tags": list(limits.tags),
        }
