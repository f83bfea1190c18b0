"""mailcow's mailboxes with their tags and custom attributes (`ports.store.Directory`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.values.listed import ListedMailbox

__all__ = ["MailcowDirectory"]


class MailcowDirectory:
    """Two requests, however many mailboxes there are."""

    def __init__(self, mailboxes: MailcowMailboxes, objects: MailcowObjects) -> None:
        """Share the connection of both."""
        self._mailboxes, self._objects = mailboxes, objects

    async def listed(self) -> tuple[ListedMailbox, ...]:
        """Return every mailbox that the API key may see; raises TransportError, MailcowRefused."""
        rows = await self._mailboxes.all()
        domains = {str(row.get("domain_name", "")): _tags(row) for row in await self._objects.domains()}
        return tuple(
            ListedMailbox(
                address=str(row["username"]).lower(),
                active=str(row.get("active", 1)) == "1",
                tags=_tags(row),
                domain_tags=domains.get(str(row.get("domain", "")), frozenset()),
                attributes=_attributes(row.get("custom_attributes")),
            )
            for row in rows
            if row.get("username")
        )


def _tags(row: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(tag).lower() for tag in row.get("tags") or ())


def _attributes(found: object) -> dict[str, str]:
    """Return the attributes; mailcow writes none as an empty list, as PHP does."""
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, Mapping) else {}
