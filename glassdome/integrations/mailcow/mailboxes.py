"""Mailboxes: create, delete, list; each write is read back, since mailcow's "success" is no proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from glassdome.core.errors import InvalidAddress, MailcowRefused, NotFound
from glassdome.core.secrets import reveal
from glassdome.integrations.mailcow.http import MailcowHttp

__all__ = ["MailcowMailboxes"]


class MailcowMailboxes:
    """mailcow's mailboxes. Quotas are MiB in requests and bytes in answers, as mailcow has them."""

    def __init__(self, http: MailcowHttp) -> None:
        """Share the connection."""
        self._http = http

    async def all(self, *, domain: str = "", tags: Sequence[str] = ()) -> list[dict[str, Any]]:
        """List mailboxes, of one domain or with all of the tags where given."""
        query = {"tags": ",".join(tags)} if tags else {}
        return await self._http.list("mailbox", "all", *([domain] if domain else []), **query)

    async def get(self, address: str) -> dict[str, Any]:
        """Return one mailbox; raises NotFound."""
        found = await self._http.object("mailbox", address)
        if found is None or not found.get("username"):
            raise NotFound(f"mailcow has no mailbox {address}.")
        return found

    async def exists(self, address: str) -> bool:
        """Return whether the mailbox is there."""
        try:
            await self.get(address)
        except NotFound:
            return False
        return True

    async def add(
        self,
        *,
        local_part: str,
        domain: str,
        password: SecretStr,
        name: str,
        quota_mb: int,
        tags: Sequence[str] = (),
        active: bool = True,
    ) -> dict[str, Any]:
        """Create a mailbox and return it as mailcow has it now.

        Raises MailcowRefused; when mailcow refused and yet created it (seen with `password_complexity`), the error
        says so and carries `created=True`, so that the caller can finish or remove it.
        """
        address = f"{local_part}@{domain}"
        if "/" in address:
            raise InvalidAddress(f"mailcow's API cannot find {address} again: it splits names at the slash.")
        before = await self.exists(address)
        attributes = {
            "local_part": local_part,
            "domain": domain,
            "name": name,
            "quota": str(quota_mb),
            "password": reveal(password),
            "password2": reveal(password),
            "active": "1" if active else "0",
            "force_pw_update": "0",
            "force_tfa": "0",
            "tls_enforce_in": "0",
            "tls_enforce_out": "0",
            "tags": list(tags),
        }
        try:
            await self._http.add("mailbox", attributes)
        except MailcowRefused as exc:
            if not before and await self.exists(address):
                raise MailcowRefused(
                    f"{exc.message} Yet the mailbox {address} was created.",
                    fix="Set a password that meets the policy, or delete the mailbox.",
                    created=True,
                    **exc.facts,
                ) from exc
            raise await self._explained(exc, domain) from exc
        return await self.get(address)

    async def _explained(self, refused: MailcowRefused, domain: str) -> MailcowRefused:
        """Add what the server allows to its refusal."""
        reason = str(refused.facts.get("reason", ""))
        if reason == "password_complexity":
            detail = f"The policy: {_policy_words(await self.password_policy())}."
        elif reason in ("mailbox_quota_exceeded", "mailbox_quota_left_exceeded", "max_mailbox_exceeded"):
            detail = f"The domain allows: {_domain_words(await self._http.object('domain', domain) or {})}."
        else:
            return refused
        return MailcowRefused(refused.message, fix=f"{refused.fix} {detail}".strip(), **refused.facts)

    async def password_policy(self) -> dict[str, Any]:
        """Return the password policy: length, chars, special_chars, lowerupper, numbers."""
        return await self._http.object("passwordpolicy") or {}

    async def delete(self, address: str) -> tuple[str, ...]:
        """Delete a mailbox and return mailcow's warnings; raises NotFound when there is none."""
        await self.get(address)
        try:
            warnings = (await self._http.delete("mailbox", [address])).warnings
        except MailcowRefused as exc:
            # "Could not move maildir to garbage collector" is a warning without a success, yet the mailbox is gone.
            if await self.exists(address):
                raise
            warnings = (exc.message,)
        if await self.exists(address):
            raise MailcowRefused(f"mailcow said success, but {address} is still there.")
        return warnings


def _policy_words(policy: Mapping[str, Any]) -> str:
    wants = [f"at least {policy.get('length', 6)} characters"]
    names = {
        "chars": "a letter",
        "special_chars": "a special character",
        "lowerupper": "lower and upper case",
        "numbers": "a digit",
    }
    wants += [text for key, text in names.items() if str(policy.get(key, "0")) == "1"]
    return ", ".join(wants)


def _domain_words(domain: Mapping[str, Any]) -> str:
    def mib(key: str) -> str:
        return f"{int(domain.get(key) or 0) // 1_048_576} MiB"

    return (
        f"mailboxes up to {mib('max_quota_for_mbox')}, {mib('max_quota_for_domain')} in all,"
        f" {domain.get('mboxes_in_domain', '?')} of {domain.get('max_num_mboxes_for_domain', '?')} mailboxes in use"
    )
