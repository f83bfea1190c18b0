"""The state of mailboxes' accounts, by mailcow's API (`ports.accounts.Accounts`)."""

from __future__ import annotations

from collections.abc import Mapping

from glassdome.core.errors import NotFound
from glassdome.integrations.mailcow.mailboxes import MailcowMailboxes
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.values.person import AccountMark

__all__ = ["MailcowAccounts"]


class MailcowAccounts:
    """Two requests for one mailbox."""

    def __init__(self, mailboxes: MailcowMailboxes, objects: MailcowObjects) -> None:
        """Share the connection of both."""
        self._mailboxes, self._objects = mailboxes, objects

    async def mark(self, mailbox: str) -> AccountMark | None:
        """Return the state; `active` 2 receives mail and may not sign in."""
        try:
            row = await self._mailboxes.get(mailbox)
        except NotFound:
            return None
        attributes = row.get("attributes")
        changed = attributes.get("passwd_update", "") if isinstance(attributes, Mapping) else ""
        passwords = await self._objects.app_passwords(mailbox)
        return AccountMark(
            active=str(row.get("active", 1)) == "1",
            changed=str(changed),
            app_passwords=frozenset(str(each.get("id")) for each in passwords if str(each.get("active", 1)) == "1"),
        )
