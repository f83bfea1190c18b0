"""The other nouns an agent needs: domains, aliases, rate limits, the version."""

from __future__ import annotations

from typing import Any, Literal

from glassdome.integrations.mailcow.http import MailcowHttp

__all__ = ["MailcowObjects", "RateFrame"]

RateFrame = Literal["s", "m", "h", "d"]


class MailcowObjects:
    """Calls for objects other than mailboxes. Raises as `MailcowHttp`."""

    def __init__(self, http: MailcowHttp) -> None:
        """Share the connection."""
        self._http = http

    async def domains(self) -> list[dict[str, Any]]:
        """List the domains."""
        return await self._http.list("domain", "all")

    async def aliases(self) -> list[dict[str, Any]]:
        """List the aliases."""
        return await self._http.list("alias", "all")

    async def alias_domains(self) -> list[dict[str, Any]]:
        """List the other names of domains."""
        return await self._http.list("alias-domain", "all")

    async def app_passwords(self, mailbox: str) -> list[dict[str, Any]]:
        """List a mailbox's app passwords, without the password hash that mailcow puts in."""
        rows = await self._http.list("app-passwd", "all", mailbox)
        return [{k: v for k, v in row.items() if k != "password"} for row in rows]

    async def rate_limit(self, mailbox: str) -> tuple[int, RateFrame] | None:
        """Return the mailbox's own limit of sent messages, None when it has none."""
        found = await self._http.object("rl-mbox", mailbox)
        if not found or not found.get("value"):
            return None
        frame: RateFrame = found.get("frame", "s")
        return int(found["value"]), frame

    async def version(self) -> str:
        """Return mailcow's version: the cheapest proof that URL and key are right."""
        found = await self._http.object("status", "version")
        return str((found or {}).get("version", ""))
