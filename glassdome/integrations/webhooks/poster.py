"""One request to a receiver: to a checked address, without redirects, and nothing of the answer but its status."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import httpcore  # noqa: F401 (httpx imports it at its first use, which would be on the event loop)
import httpx

from glassdome.core.config import Settings
from glassdome.core.errors import ActionForbidden, ConnectFailed, Disconnected, GlassdomeError, TimedOut
from glassdome.core.per_loop import PerLoop
from glassdome.core.receivers import Receivers, parse_receivers
from glassdome.integrations.tls import tls_failure, trusting
from glassdome.values.webhook import Post

__all__ = ["HttpPoster"]

#: Seconds until a receiver must have begun to answer; one that works longer answers first and works then.
_SECONDS: Final = 15.0
#: Connections at the same time.
_MOST: Final = 16


class HttpPoster:
    """Implements `ports.webhooks.EventPoster`."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        """`settings` returns the settings of the moment: a host that is taken off the list is not told any more."""
        self._settings = settings
        self._client = PerLoop(self._open)

    def _open(self) -> httpx.AsyncClient:
        # No connection is kept: one made for a name would be used again for another at the same address.
        limits = httpx.Limits(max_connections=_MOST, max_keepalive_connections=0)
        verify = trusting(self._settings().webhook_ca_file, "GLASSDOME_WEBHOOK_CA_FILE")
        return httpx.AsyncClient(
            verify=verify, limits=limits, timeout=_SECONDS, trust_env=False, follow_redirects=False
        )

    async def post(self, request: Post) -> int:
        """Send it to an address of its host that is checked and then used, so that a name cannot change in between."""
        receivers = parse_receivers(self._settings().webhook_hosts)
        _, host, port = receivers.place(request.url)
        try:
            async with asyncio.timeout(_SECONDS):
                address = await _address(receivers, host, port)
                return await self._send(request, host, address)
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise TimedOut(f"{host} did not answer in {_SECONDS:.0f} seconds.") from exc
        except httpx.HTTPError as exc:
            raise _failure(exc, host) from exc

    async def _send(self, request: Post, host: str, address: str) -> int:
        client = await self._client.get()
        url = httpx.URL(request.url)
        written = urlsplit(request.url).netloc
        headers = {**request.headers, "Host": written}
        wire = client.build_request(
            "POST",
            url.copy_with(host=address),
            content=request.body,
            headers=headers,
            extensions={"sni_hostname": host},
        )
        response = await client.send(wire, stream=True)
        # The body is not read: it may be endless, and nothing of it is wanted.
        await response.aclose()
        return response.status_code

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def _address(receivers: Receivers, host: str, port: int) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise ConnectFailed(f"There is no address of {host}.") from exc
    addresses = [str(entry[4][0]) for entry in found]
    allowed = [address for address in addresses if receivers.may_lie_at(host, address)]
    if not allowed:
        raise ActionForbidden(
            f"{host} lies at {', '.join(addresses)}, which is not public.",
            fix="Add that network to GLASSDOME_WEBHOOK_HOSTS if it is yours.",
        )
    return allowed[0]


def _failure(exc: httpx.HTTPError, host: str) -> GlassdomeError:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return tls_failure(host, cause)
        cause = cause.__cause__ or cause.__context__
    if isinstance(exc, httpx.ConnectError):
        return ConnectFailed(f"{host} cannot be reached.")
    return Disconnected(f"The connection to {host} broke.")
