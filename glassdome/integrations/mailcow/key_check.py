"""Asks mailcow whether somebody's API key is one of its own, and what it permits."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from glassdome.core.errors import AccessDenied, ConnectFailed, Disconnected, ProtocolViolation, TimedOut
from glassdome.core.limits import MAX_MAILCOW_ANSWER_BYTES, MAX_SIGN_IN_SECONDS, MAX_SIGN_INS_AT_ONCE
from glassdome.integrations.mailcow.answer import refuse_busy
from glassdome.integrations.tls import TlsPolicy
from glassdome.values.person import SignedInBy

__all__ = ["MailcowKeyCheck"]

#: mailcow drops every other character before it looks a key up: with one in it, another key would be meant.
_KEY: Final = re.compile(r"[A-Za-z0-9-]{12,128}")


class MailcowKeyCheck:
    """Implements `Services.check_mailcow_key`; a few checks run at one time, each within a bound."""

    def __init__(self, url: str, tls: TlsPolicy) -> None:
        """`url` is mailcow's; nothing is asked yet."""
        self._url, self._tls = url.rstrip("/"), tls
        self._turns = asyncio.Semaphore(MAX_SIGN_INS_AT_ONCE)

    async def __call__(self, key: str, visitor: str) -> SignedInBy | None:
        """Return what a key proves, None for one that mailcow does not know.

        `visitor` is the address that brings it: mailcow allows a key from some addresses only, and bans guessers. Raises
        AccessDenied for a key that may not be used from there, ConnectFailed, TimedOut, Disconnected, ProtocolViolation.
        """
        if not _KEY.fullmatch(key):
            return None
        try:
            async with asyncio.timeout(MAX_SIGN_IN_SECONDS), self._turns, self._client(key, visitor) as client:
                status, body = await self._ask(client, "GET", "get/status/version")
                if not _is_valid(status, body):
                    return None
                # Without a body nothing is edited: the answer says only whether the key might.
                status, _ = await self._ask(client, "POST", "edit/llm")
                return SignedInBy.MAILCOW if status == 200 else SignedInBy.MAILCOW_READ
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise TimedOut("mailcow did not answer in time.") from exc
        except httpx.ConnectError as exc:
            raise ConnectFailed("mailcow cannot be reached.") from exc
        except httpx.HTTPError as exc:
            raise Disconnected("The connection to mailcow broke.") from exc

    def _client(self, key: str, visitor: str) -> httpx.AsyncClient:
        """Return a client of its own: the cookie that mailcow sets would open its API to the next one's key, too."""
        return httpx.AsyncClient(
            base_url=f"{self._url}/api/v1/",
            headers={
                "X-API-Key": key,
                "X-Forwarded-For": visitor,
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            },
            verify=self._tls.context_for(self._host),
            timeout=MAX_SIGN_IN_SECONDS,
            trust_env=False,
        )

    @property
    def _host(self) -> str:
        return urlsplit(self._url).hostname or ""

    async def _ask(self, client: httpx.AsyncClient, method: str, route: str) -> tuple[int, Any]:
        extensions = {"sni_hostname": self._tls.name_for(self._host)} if self._tls.server_name else {}
        async with client.stream(method, route, extensions=extensions) as response:
            refuse_busy(response, self._host)
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > MAX_MAILCOW_ANSWER_BYTES:
                    raise ProtocolViolation("mailcow's answer is too large.")
            return response.status_code, _json(bytes(body))


def _is_valid(status: int, body: Any) -> bool:
    """Return whether mailcow told its version; raises AccessDenied for a right key from a wrong place.

    Behind HTTP 200 and nothing hides a missing key, so the version itself must be there.
    """
    told = body if isinstance(body, Mapping) else {}
    if status == 401 and "access denied for ip" in str(told.get("msg", "")):
        raise AccessDenied(
            "mailcow does not allow this key from your address.",
            fix="Add the address in mailcow: System > Configuration > Access > API, or skip its check there.",
        )
    return status == 200 and isinstance(told.get("version"), str)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
