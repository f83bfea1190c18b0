"""Bounds what anonymous peers may hold: connections in all and per peer, and the time for a request to arrive."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from glassdome.core.limits import (
    HTTP_BODY_SECONDS,
    HTTP_HEADER_SECONDS,
    MAX_HTTP_CONNECTIONS,
    MAX_HTTP_CONNECTIONS_PER_PEER,
)
from glassdome.core.log import get_logger
from glassdome.core.networks import Network, household, is_in

__all__ = ["Doorkeeper"]

_log = get_logger(__name__)
#: Seconds between two checks of the connections, and between two lines of the log about refused ones.
_LOOK_EVERY: Final = 1.0
_TELL_EVERY: Final = 60.0


class Doorkeeper:
    """Lets connections in and shows those out whose request does not arrive. Belongs to one event loop.

    A proxy that the settings name is the peer of all its visitors, so only the bound on all holds for it.
    """

    def __init__(
        self,
        proxies: Callable[[], Sequence[Network]] = tuple,
        *,
        total: int = MAX_HTTP_CONNECTIONS,
        per_peer: int = MAX_HTTP_CONNECTIONS_PER_PEER,
        header_seconds: float = HTTP_HEADER_SECONDS,
        body_seconds: float = HTTP_BODY_SECONDS,
    ) -> None:
        """`proxies` answers those of the moment."""
        self._proxies, self._per_peer = proxies, per_peer
        # Half of the descriptors stay for the database, the mail server and files.
        self._total = min(total, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
        self._header_seconds, self._body_seconds = header_seconds, body_seconds
        self._inside: dict[_Guarded, str] = {}
        self._peers: Counter[str] = Counter()
        self._refused, self._told_at = 0, float("-inf")

    @property
    def protocol(self) -> Callable[..., asyncio.Protocol]:
        """Return what makes the protocol of each connection."""
        return partial(_Guarded, self)

    def admit(self, connection: _Guarded, address: str) -> bool:
        """Let a connection in; False where there are too many, in all or from its peer."""
        peer = household(address)
        many = self._peers[peer] >= self._per_peer and not is_in(address, self._proxies())
        if many or len(self._inside) >= self._total:
            self._refused += 1
            return False
        self._inside[connection] = peer
        self._peers[peer] += 1
        return True

    def gone(self, connection: _Guarded) -> None:
        """Forget a connection."""
        peer = self._inside.pop(connection, None)
        if peer is not None:
            self._peers[peer] -= 1
            self._peers += Counter()  # forgets peers without a connection

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look now and then at who is inside while the block runs."""
        task = asyncio.create_task(self._look())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _look(self) -> None:
        time = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            bounds = {"header": self._header_seconds, "body": self._body_seconds}
            late = [guarded for guarded in self._inside if guarded.is_late(bounds, now=time())]
            for guarded in late:
                guarded.transport.abort()
            self._tell(time())

    def _tell(self, now: float) -> None:
        """Log at most once a minute how many were refused: a flood of connections must not flood the log."""
        if self._refused and now - self._told_at >= _TELL_EVERY:
            _log.warning("connections_refused", number=self._refused, open=len(self._inside), limit=self._total)
            self._refused, self._told_at = 0, now


class _Guarded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """A connection that was let in, or that is closed before a byte of it is read."""

    def __init__(self, keeper: Doorkeeper, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._keeper, self._admitted = keeper, False
        self._stage: tuple[str, int] = ("header", 0)
        self._since: float | None = None

    def connection_made(self, transport: Any) -> None:
        """Let it in or close it."""
        peer = transport.get_extra_info("peername") or ("",)
        self._admitted = self._keeper.admit(self, str(peer[0]) if isinstance(peer, tuple) else "")
        if self._admitted:
            super().connection_made(transport)
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read what comes from who was let in."""
        if self._admitted:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._admitted:
            self._keeper.gone(self)
            super().connection_lost(exc)

    def is_late(self, bounds: dict[str, float], *, now: float) -> bool:
        """Return whether the header or the body that is awaited has taken too long; an answer takes its time."""
        stage = self._awaited()
        if stage != self._stage or self._since is None:
            self._stage, self._since = stage, now
        return now - self._since > bounds.get(stage[0], float("inf"))

    def _awaited(self) -> tuple[str, int]:
        """Return the awaited part, and its request."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return "header", id(cycle)
        return "body" if cycle.more_body else "answer", id(cycle)
