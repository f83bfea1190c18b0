"""Restricts rows to those that a key may see."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_

__all__ = ["Names", "names_of", "visible_to"]

#: Mailboxes or domains that a key may see; None does not restrict.
Names = tuple[str, ...] | None


def names_of(mailboxes: Sequence[str] | None, domains: Sequence[str] | None) -> dict[str, Names]:
    """Return both as hashable arguments, for a cache key."""
    given = {"mailboxes": mailboxes, "domains": domains}
    return {name: None if names is None else tuple(names) for name, names in given.items()}


def visible_to(
    mailbox: ColumnElement[str],
    mailboxes: Sequence[str] | None,
    domains: Sequence[str] | None,
    domain: ColumnElement[str] | None = None,
) -> list[ColumnElement[bool]]:
    """Return the condition that a mailbox is in one of them; none when both are None."""
    if mailboxes is None and domains is None:
        return []
    parts: list[ColumnElement[bool]] = []
    if mailboxes:
        parts.append(mailbox.in_(mailboxes))
    if domains:
        parts.append(
            domain.in_(domains)
            if domain is not None
            else or_(*(mailbox.endswith(f"@{d}", autoescape=True) for d in domains))
        )
    return [or_(*parts)] if parts else [false()]
