"""Several model servers as one: the least busy healthy one is used, a failing one is drained and tried again later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

__all__ = ["ModelHost", "ModelHosts"]

#: Seconds a host is left alone after its first failure; doubled with each further one up to the longest.
FIRST_REST: Final = 2.0
LONGEST_REST: Final = 60.0


@dataclass(kw_only=True)
class ModelHost:
    """One server: how many requests it takes at once, how many it has, and until when it is left alone."""

    url: str
    slots: int
    busy: int = 0
    failures: int = 0
    rests_until: float = 0.0


class ModelHosts:
    """Gives out slots. No request waits in a server's own queue, where it could not be moved to another host."""

    def __init__(self, urls: Sequence[str], *, slots: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`slots` is per host."""
        self.hosts = tuple(ModelHost(url=url, slots=slots) for url in urls)
        self._monotonic = monotonic
        self._freed: tuple[asyncio.AbstractEventLoop, asyncio.Condition] | None = None

    @asynccontextmanager
    async def slot(self, *, without: frozenset[str] = frozenset()) -> AsyncIterator[ModelHost]:
        """Wait for a free slot on the least busy host that is not in `without`, and hold it.

        When all hosts rest, the one that rested longest is tried: a wrong guess costs one refused connection.
        """
        condition = self._condition()
        async with condition:
            while (host := self._choose(without)) is None:
                await condition.wait()
            host.busy += 1
        try:
            yield host
        finally:
            host.busy -= 1
            async with condition:
                condition.notify()

    def _choose(self, without: frozenset[str]) -> ModelHost | None:
        open_hosts = [h for h in self.hosts if h.url not in without]
        now = self._monotonic()
        awake = [h for h in open_hosts if h.rests_until <= now]
        usable = awake or sorted(open_hosts, key=lambda h: h.rests_until)[:1]
        free = [h for h in usable if h.busy < h.slots]
        return min(free, key=lambda h: h.busy / h.slots, default=None)

    def _condition(self) -> asyncio.Condition:
        """The condition of the running loop: a client outlives `asyncio.run`, a condition does not."""
        loop = asyncio.get_running_loop()
        if self._freed is None or self._freed[0] is not loop:
            self._freed = (loop, asyncio.Condition())
            for host in self.hosts:
                host.busy = 0
        return self._freed[1]

    def failed(self, host: ModelHost) -> None:
        """Drain a host after a failure."""
        rest = min(FIRST_REST * 2**host.failures, LONGEST_REST)
        host.failures += 1
        host.rests_until = self._monotonic() + rest

    def answered(self, host: ModelHost) -> bool:
        """Take a host back; True when it had failed before."""
        returned = host.failures > 0
        host.failures, host.rests_until = 0, 0.0
        return returned
