"""Requests to the identity provider: to its own hosts, without redirects, bounded in time and size."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore  # noqa: F401 (httpx imports it at its first use, which would be on the event loop)
import httpx

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, ConnectFailed, Disconnected, GlassdomeError, ProtocolViolation, TimedOut
from glassdome.core.limits import MAX_PROVIDER_BYTES, PROVIDER_SECONDS
from glassdome.core.per_loop import PerLoop
from glassdome.integrations.local_network import is_own_network
from glassdome.integrations.tls import tls_failure, trusting

__all__ = ["ProviderHttp", "ProviderReply", "usable_url"]

_MOST: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReply:
    """An answer: its status, and its JSON object."""

    status: int
    body: Mapping[str, Any]


def usable_url(url: object, what: str) -> str:
    """Return the URL of an endpoint; raises ConfigError for one that is none, or that is not encrypted.

    A token or code on the open internet in clear belongs to its readers.
    """
    text = url if isinstance(url, str) else ""
    try:
        parts = urlsplit(text)
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fit = False
    if not fit or parts.username or parts.fragment or not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigError(f"The identity provider's {what} is no URL.", fix="Correct the GLASSDOME_OIDC_* settings.")
    if parts.scheme == "http" and not is_own_network(text):
        raise ConfigError(
            f"The identity provider's {what} is not encrypted.", fix="Use https, or a host in your own network."
        )
    return text


class ProviderHttp:
    """One client per event loop. Raises ConnectFailed, TimedOut, TlsFailed, Disconnected, ProtocolViolation."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        """`settings` names the authority that is believed; nothing is connected yet."""
        self._settings = settings
        self._client = PerLoop(self._open)

    def _open(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=trusting(self._settings().oidc_ca_file, "GLASSDOME_OIDC_CA_FILE"),
            limits=httpx.Limits(max_connections=_MOST, max_keepalive_connections=0),
            timeout=PROVIDER_SECONDS,
            trust_env=False,
            follow_redirects=False,
            # An answer that unpacks to a thousand times its size cannot be bounded by what arrives.
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    async def get(self, url: str, *, bearer: str = "") -> ProviderReply:
        """GET a JSON object."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return await self._ask("GET", url, headers=headers)

    async def post(self, url: str, form: Mapping[str, str], *, login: tuple[str, str] | None) -> ProviderReply:
        """POST a form, by HTTP Basic where there is a login."""
        return await self._ask("POST", url, data=dict(form), auth=httpx.BasicAuth(*login) if login else None)

    async def _ask(self, method: str, url: str, **request: Any) -> ProviderReply:
        host = urlsplit(url).hostname or ""
        client = await self._client.get()
        try:
            async with asyncio.timeout(PROVIDER_SECONDS), client.stream(method, url, **request) as response:
                return ProviderReply(status=response.status_code, body=_object(await _read(response), response))
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise TimedOut(
                f"The identity provider at {host} did not answer in {PROVIDER_SECONDS:.0f} seconds."
            ) from exc
        except httpx.HTTPError as exc:
            raise _failure(exc, host) from exc

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def _read(response: httpx.Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ProtocolViolation("The identity provider packed an answer, which nobody asked for.")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MAX_PROVIDER_BYTES:
            raise ProtocolViolation("The identity provider's answer is too large.")
    return bytes(body)


def _object(body: bytes, response: httpx.Response) -> Mapping[str, Any]:
    """Return the JSON object of an answer; of a refusal that is none, an empty one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if response.status_code >= 400:
        return {}
    raise ProtocolViolation(
        f"The identity provider answered HTTP {response.status_code} with something that is no JSON object."
    )


def _failure(exc: httpx.HTTPError, host: str) -> GlassdomeError:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return tls_failure(f"the identity provider at {host}", cause)
        cause = cause.__cause__ or cause.__context__
    if isinstance(exc, httpx.ConnectError):
        return ConnectFailed(f"The identity provider at {host} cannot be reached.")
    return Disconnected(f"The connection to the identity provider at {host} broke.")
