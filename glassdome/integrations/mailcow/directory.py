"""mailcow's mailboxes with their tags and custom attributes (`pipeline.opt_in.Directory`), and its aliases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.values.listed import AliasBook, ListedMailbox

__all__ = ["MailcowAliases", "MailcowDirectory"]


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


class MailcowAliases:
    """Implements `ports.addresses.AliasDirectory`: two requests."""

    def __init__(self, objects: MailcowObjects) -> None:
        """Share the connection."""
        self._objects = objects

    async def alias_book(self) -> AliasBook:
        """Return the aliases of one mailbox alone: one of several mailboxes is a group's, and a catch-all is no address."""
        aliases = [
            (goto, address)
            for row in await self._objects.aliases()
            if _is_on(row)
            and "," not in (goto := str(row.get("goto", "")).strip().lower())
            and not (address := str(row.get("address", "")).strip().lower()).startswith("@")
        ]
        domains = [
            (str(row.get("target_domain", "")).lower(), str(row.get("alias_domain", "")).lower())
            for row in await self._objects.alias_domains()
            if _is_on(row)
        ]
        return AliasBook(aliases=_grouped(aliases), domains=_grouped(domains))


def _is_on(row: Mapping[str, Any]) -> bool:
    return str(row.get("active", 1)) != "0"


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for owner, name in pairs:
        if owner and name:
            found[owner].add(name)
    return {owner: frozenset(names) for owner, names in found.items()}


def _tags(row: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(tag).lower() for tag in row.get("tags") or ())


def _attributes(found: object) -> dict[str, str]:
    """Return the attributes; mailcow writes none as an empty list, as PHP does."""
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, Mapping) else {}
