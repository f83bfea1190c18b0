"""Sources of IMAP logins: fixed passwords or a master user. Each class implements `ports.imap.MailboxLogins`."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from glassdome.core.errors import InvalidAddress, LoginRefused
from glassdome.values.credentials import Credentials

__all__ = ["FixedLogins", "MasterLogins"]


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
