"""A mailbox as the mail server's administration lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ListedMailbox"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMailbox:
    """An address with its own tags and attributes, and its domain's tags."""

    address: str
    active: bool = True
    tags: frozenset[str] = frozenset()
    domain_tags: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
