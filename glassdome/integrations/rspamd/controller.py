"""Rspamd's controller over HTTP, by TCP with a password or by its Unix socket without one."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import httpcore  # noqa: F401 (httpx imports it at its first use, which would be on the event loop)
import httpx
from pydantic import SecretStr

from glassdome.core.errors import ConfigError, ConnectFailed, Disconnected, PeerRefused, TimedOut
from glassdome.core.per_loop import PerLoop
from glassdome.core.secrets import reveal

__all__ = ["RspamdController"]

#: Learning writes every token of the mail to Redis.
_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
_UNIX: Final = "unix:"
#: 208: learned before, in the same class. 204: the learn condition says that there is nothing new in it.
_LEARNED: Final = frozenset({200, 204, 208})


class RspamdController:
    """One controller. Raises TransportError when it cannot be reached, PeerRefused when it refuses."""

    def __init__(self, url: str, *, password: SecretStr | None = None) -> None:
        """`url` is http://host:11334 or unix:/path/of/socket. Raises ConfigError for anything else."""
        if not url.startswith(_UNIX) and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ConfigError(
                f"GLASSDOME_RSPAMD_URL {url!r} is not understood.",
                fix="Write http://rspamd:11334 or unix:/var/lib/rspamd/rspamd.sock.",
            )
        self._url, self._password = url, password
        self._client = PerLoop(self._open)

    def _open(self) -> httpx.AsyncClient:
        socket = self._url.removeprefix(_UNIX) if self._url.startswith(_UNIX) else None
        headers = {"Password": secret} if (secret := reveal(self._password)) else {}
        return httpx.AsyncClient(
            base_url="http://rspamd" if socket else self._url,
            transport=httpx.AsyncHTTPTransport(uds=socket) if socket else None,
            headers=headers,
            timeout=_TIMEOUT,
            trust_env=False,
        )

    async def learn(self, raw: bytes, *, spam: bool) -> None:
        """Teach one message; teaching it again is no error, teaching the opposite takes the first back."""
        answer = await self._post("/learnspam" if spam else "/learnham", raw)
        if answer.status_code not in _LEARNED:
            raise PeerRefused(f"Rspamd did not learn: {_reason(answer)}.", fix=_fix(answer))

    async def probe(self) -> None:
        """Check that it answers and accepts us."""
        answer = await self._post("/stat", b"")
        if answer.status_code != 200:
            raise PeerRefused(f"Rspamd's controller refused: {_reason(answer)}.", fix=_fix(answer))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, path: str, raw: bytes) -> httpx.Response:
        client = await self._client.get()
        try:
            return await client.post(path, content=raw)
        except httpx.TimeoutException as exc:
            raise TimedOut("Rspamd's controller did not answer in time.") from exc
        except httpx.ConnectError as exc:
            raise ConnectFailed(f"Rspamd's controller cannot be reached at {self._url}: {exc}.") from exc
        except httpx.HTTPError as exc:
            raise Disconnected(f"The connection to Rspamd's controller broke: {exc}.") from exc


def _reason(answer: httpx.Response) -> str:
    return f"HTTP {answer.status_code} {answer.text[:200].strip()}"


def _fix(answer: httpx.Response) -> str:
    return "Set GLASSDOME_RSPAMD_PASSWORD, or use its socket." if answer.status_code in (401, 403) else ""
