"""The other nouns an agent needs: domains, aliases, app passwords, rate limits, quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import SecretStr

from glassdome.core.errors import MailcowRefused, NotFound
from glassdome.core.secrets import reveal
from glassdome.integrations.mailcow.http import MailcowHttp

__all__ = ["MailcowObjects", "RateFrame"]

RateFrame = Literal["s", "m", "h", "d"]
#: An app password without protocols works for nothing: these two are what an agent needs, and no more.
LEAST_PROTOCOLS = ("imap_access", "smtp_access")


class MailcowObjects:
    """Calls for objects other than mailboxes. Raises as `MailcowHttp`."""

    def __init__(self, http: MailcowHttp) -> None:
        """Share the connection."""
        self._http = http

    async def domains(self) -> list[dict[str, Any]]:
        """List the domains."""
        return await self._http.list("domain", "all")

    async def domain(self, name: str) -> dict[str, Any]:
        """Return one domain; raises NotFound."""
        found = await self._http.object("domain", name)
        if not found:
            raise NotFound(f"mailcow has no domain {name}.")
        return found

    async def aliases(self) -> list[dict[str, Any]]:
        """List the aliases."""
        return await self._http.list("alias", "all")

    async def add_alias(self, address: str, targets: Sequence[str]) -> int:
        """Create an alias and return its id."""
        outcome = await self._http.add("alias", {"address": address, "goto": ",".join(targets), "active": "1"})
        for message in outcome.messages:
            if isinstance(message, list) and message[0] == "alias_added" and len(message) > 2:
                return int(message[2])
        found = [a for a in await self.aliases() if a.get("address") == address]
        if not found:
            raise MailcowRefused(f"mailcow said success, but there is no alias {address}.")
        return int(found[0]["id"])

    async def delete_alias(self, alias_id: int) -> None:
        """Delete an alias."""
        await self._http.delete("alias", [str(alias_id)])

    async def app_passwords(self, mailbox: str) -> list[dict[str, Any]]:
        """List app passwords, without the password hash that mailcow puts in."""
        rows = await self._http.list("app-passwd", "all", mailbox)
        return [{k: v for k, v in row.items() if k != "password"} for row in rows]

    async def add_app_password(
        self, mailbox: str, name: str, password: SecretStr, *, protocols: Sequence[str] = LEAST_PROTOCOLS
    ) -> int:
        """Create an app password limited to `protocols` and return its id, which mailcow does not tell: it is listed."""
        before = {row["id"] for row in await self.app_passwords(mailbox)}
        attributes = {
            "active": "1",
            "username": mailbox,
            "app_name": name,
            "app_passwd": reveal(password),
            "app_passwd2": reveal(password),
            "protocols": list(protocols),
        }
        await self._http.add("app-passwd", attributes)
        new = [row for row in await self.app_passwords(mailbox) if row["id"] not in before]
        if not new:
            raise MailcowRefused(f"mailcow said success, but {mailbox} has no new app password.")
        return int(new[-1]["id"])

    async def delete_app_password(self, app_password_id: int) -> None:
        """Delete an app password; Dovecot's cache may accept it for up to 300 s more."""
        await self._http.delete("app-passwd", [str(app_password_id)])

    async def rate_limit(self, mailbox: str) -> tuple[int, RateFrame] | None:
        """Return the mailbox's own limit of sent messages, None when it has none."""
        found = await self._http.object("rl-mbox", mailbox)
        if not found or not found.get("value"):
            return None
        frame: RateFrame = found.get("frame", "s")
        return int(found["value"]), frame

    async def set_rate_limit(self, mailbox: str, value: int, frame: RateFrame) -> None:
        """Limit how many messages the mailbox may send in a second, minute, hour or day."""
        await self._http.edit("rl-mbox", [mailbox], {"rl_value": str(value), "rl_frame": frame})

    async def quarantine(self) -> list[dict[str, Any]]:
        """List quarantined messages."""
        return await self._http.list("quarantine", "all")

    async def quarantined(self, item: int) -> dict[str, Any]:
        """Return one quarantined message; raises NotFound."""
        found = await self._http.object("quarantine", str(item))
        if not found:
            raise NotFound(f"There is no quarantined message {item}.")
        return found

    async def release(self, items: Sequence[int]) -> None:
        """Deliver quarantined messages."""
        await self._quarantine_action(items, "release")

    async def learn(self, items: Sequence[int], kind: Literal["spam", "ham"]) -> None:
        """Teach Rspamd that quarantined messages are spam or ham."""
        await self._quarantine_action(items, f"learn{kind}")

    async def delete_quarantined(self, items: Sequence[int]) -> None:
        """Delete quarantined messages."""
        await self._http.delete("qitem", [str(i) for i in items])

    async def _quarantine_action(self, items: Sequence[int], action: str) -> None:
        await self._http.edit("qitem", [str(i) for i in items], {"action": action})

    async def version(self) -> str:
        """Return mailcow's version: the cheapest proof that URL and key are right."""
        found = await self._http.object("status", "version")
        return str((found or {}).get("version", ""))
