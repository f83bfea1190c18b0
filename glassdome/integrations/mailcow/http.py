"""The HTTP side: one verified connection pool, one cookie jar, the key in its header."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpcore  # noqa: F401 (httpx imports it at its first use, which would be on the event loop)
import httpx
from pydantic import SecretStr

from glassdome.core.errors import ConfigError, ConnectFailed, Disconnected, TimedOut, TransportError
from glassdome.core.per_loop import PerLoop
from glassdome.core.secrets import reveal
from glassdome.integrations.mailcow.answer import WriteOutcome, read_list, read_object, read_write, refuse_busy
from glassdome.integrations.tls import TlsPolicy, tls_failure

__all__ = ["MailcowAccess", "MailcowHttp", "mailcow_http"]

#: mailcow runs N+1 queries for its mailbox list; a big server needs this long.
_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)


@dataclass(frozen=True, kw_only=True)
class MailcowAccess:
    """The address of mailcow's API and the credentials for it.

    `key` goes into X-API-Key. `user` and `password` are sent by HTTP Basic only where there is no key: mailcow itself
    ignores them, a proxy in front may want them.
    """

    url: str
    key: SecretStr | None = None
    user: str | None = None
    password: SecretStr | None = None


class MailcowHttp:
    """Calls to `/api/v1`. Raises MailcowRefused, TransportError, ProtocolViolation."""

    def __init__(self, access: MailcowAccess, tls: TlsPolicy) -> None:
        """Raises ConfigError when neither key nor password is given, or the URL is none."""
        if urlsplit(access.url).scheme not in ("http", "https"):
            raise ConfigError(f"MAILCOW_API_URL {access.url!r} is not a URL.", fix="Write https://mail.example.org.")
        if access.key is None and not (access.user and access.password):
            raise ConfigError(
                "No mailcow API key is set.", fix="Set MAILCOW_API_KEY (or MAIL_API_UID and MAIL_API_PW)."
            )
        self._access, self._tls = access, tls
        self._client = PerLoop(self._open)

    def _open(self) -> httpx.AsyncClient:
        access = self._access
        host = urlsplit(access.url).hostname or ""
        headers = {"Accept": "application/json"}
        auth: httpx.BasicAuth | None = None
        if access.key is not None:
            headers["X-API-Key"] = reveal(access.key) or ""
        else:
            auth = httpx.BasicAuth(access.user or "", reveal(access.password) or "")
        # mailcow makes a PHP session in Redis for every call without a cookie: the client's jar keeps it at one.
        return httpx.AsyncClient(
            base_url=f"{access.url.rstrip('/')}/api/v1/",
            headers=headers,
            auth=auth,
            verify=self._tls.context_for(host),
            timeout=_TIMEOUT,
            trust_env=False,
        )

    async def list(self, *route: str, **query: str) -> list[dict[str, Any]]:
        """GET a list."""
        return read_list(await self._call("GET", "get", route, params=query))

    async def object(self, *route: str) -> dict[str, Any] | None:
        """GET one object, None where there is none."""
        return read_object(await self._call("GET", "get", route))

    async def add(self, noun: str, attributes: Mapping[str, Any]) -> WriteOutcome:
        """POST add/`noun`."""
        return read_write(await self._call("POST", "add", (noun,), body=dict(attributes)))

    async def delete(self, noun: str, items: Sequence[str]) -> WriteOutcome:
        """POST delete/`noun`."""
        return read_write(await self._call("POST", "delete", (noun,), body=[*items]))

    async def _call(
        self, method: str, verb: str, route: Sequence[str], *, body: Any = None, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        client = await self._client.get()
        path = "/".join((verb, *(_quoted(part) for part in route)))
        # SNI and the verified name may differ from the host connected to, as inside mailcow's own network.
        host = urlsplit(self._access.url).hostname or ""
        extensions = {"sni_hostname": self._tls.name_for(host)} if self._tls.server_name else {}
        try:
            response = await client.request(method, path, json=body, params=params or None, extensions=extensions)
        except httpx.TimeoutException as exc:
            raise TimedOut(f"mailcow at {host} did not answer in time.") from exc
        except httpx.ConnectError as exc:
            raise _connect_error(exc, host) from exc
        except httpx.HTTPError as exc:
            raise Disconnected(f"The connection to mailcow at {host} broke: {exc}.") from exc
        refuse_busy(response, host)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class _NoMailcow(MailcowHttp):
    """Stands where no mailcow can be asked; every call raises the ConfigError that says why."""

    def __init__(self, why: ConfigError) -> None:
        """Mail is read and sent without it."""
        self._why = why

    async def _call(
        self, method: str, verb: str, route: Sequence[str], *, body: Any = None, params: Mapping[str, str] | None = None
    ) -> httpx.Response:
        raise ConfigError(self._why.message, fix=self._why.fix)

    async def aclose(self) -> None:
        """Nothing is open."""


def mailcow_http(access: MailcowAccess, tls: TlsPolicy) -> MailcowHttp:
    """Return the API's HTTP side; where no address or no key is set, one whose every call says so.

    Raises ConfigError for an address that is none.
    """
    if not access.url:
        why = "This needs a mailcow, and none is set."
        return _NoMailcow(ConfigError(why, fix="Set MAILCOW_API_URL and MAILCOW_API_KEY."))
    try:
        return MailcowHttp(access, tls)
    except ConfigError as exc:
        if access.key is None and urlsplit(access.url).scheme in ("http", "https"):
            return _NoMailcow(exc)
        raise


def _quoted(part: str) -> str:
    """Encode characters with a meaning in URLs twice: nginx decodes the path, and PHP decodes the result again."""
    return quote(quote(part, safe="@,"), safe="@,")


def _connect_error(exc: httpx.ConnectError, host: str) -> TransportError:
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return tls_failure(f"mailcow at {host}", cause)
        cause = cause.__cause__ or cause.__context__
    return ConnectFailed(f"mailcow at {host} cannot be reached: {exc}.", fix="Check MAILCOW_API_URL and the firewall.")
