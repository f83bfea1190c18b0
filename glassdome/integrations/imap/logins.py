"""Where IMAP logins come from: settings, registered mailboxes, a master user. Each class implements `ports.imap.MailboxLogins`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import SecretStr

from glassdome.core.errors import InvalidAddress, LoginRefused
from glassdome.ports.agent import MailboxRegistry
from glassdome.ports.imap import MailboxLogins
from glassdome.values.credentials import Credentials

__all__ = ["FirstKnown", "FixedLogins", "MasterLogins", "RegisteredLogins"]


class FixedLogins:
    """One password per mailbox."""

    def __init__(self, passwords: Mapping[str, SecretStr]) -> None:
        """`passwords` maps a mailbox to its password or app password."""
        self._passwords = {mailbox.lower(): password for mailbox, password in passwords.items()}

    async def login_for(self, mailbox: str) -> Credentials:
        """Return the mailbox's own login; raises LoginRefused when none is known."""
        password = self._passwords.get(mailbox.lower())
        if password is None:
            raise LoginRefused(
                f"No password is known for {mailbox}.",
                fix="Add it to GLASSDOME_MAILBOXES, register the mailbox with the agent, or configure a master user.",
            )
        return Credentials(user=mailbox, password=password)


class MasterLogins:
    """One Dovecot master user for every mailbox: logs in as `mailbox*master`."""

    def __init__(self, master_user: str, master_password: SecretStr, *, separator: str = "*") -> None:
        """`separator` is Dovecot's auth_master_user_separator."""
        self._separator = separator
        self._suffix = f"{separator}{master_user}"
        self._password = master_password

    async def login_for(self, mailbox: str) -> Credentials:
        """Return the master login for that mailbox; raises InvalidAddress for a name that holds a login of its own."""
        if self._separator in mailbox:
            raise InvalidAddress(f"{mailbox!r} is not the address of a mailbox.")
        return Credentials(user=f"{mailbox}{self._suffix}", password=self._password)


class RegisteredLogins:
    """The passwords of mailboxes registered with the agent."""

    def __init__(self, registry: MailboxRegistry) -> None:
        """`registry` keeps them encrypted."""
        self._registry = registry

    async def login_for(self, mailbox: str) -> Credentials:
        """Return the mailbox's own login; raises LoginRefused when it is not registered."""
        found = await self._registry.get(mailbox)
        if found is None:
            raise LoginRefused(f"{mailbox} is not registered.", fix="Create or register the mailbox first.")
        return Credentials(user=mailbox, password=found.password)


class FirstKnown:
    """Several ways to log in, tried in order; the first that knows the mailbox counts."""

    def __init__(self, ways: Sequence[MailboxLogins]) -> None:
        """`ways` is not empty."""
        self._ways = tuple(ways)

    async def login_for(self, mailbox: str) -> Credentials:
        """Return the first login known; raises what the last way raises."""
        for way in self._ways[:-1]:
            try:
                return await way.login_for(mailbox)
            except LoginRefused:
                continue
        return await self._ways[-1].login_for(mailbox)
