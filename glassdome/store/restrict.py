"""Which rows a key may see."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_

__all__ = ["allowed"]


def allowed(
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
