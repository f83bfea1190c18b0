"""A resource that belongs to one event loop, for objects that outlive `asyncio.run`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["PerLoop"]

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes the resource anew for each event loop and closes it before that loop ends."""

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[None]]) -> None:
        """`make` is called at the first use in a loop, `close` when the loop ends or at `aclose`."""
        self._make, self._close = make, close
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeper: AsyncGenerator[T, None] | None = None
        self._value: T | None = None

    async def get(self) -> T:
        """Return this loop's resource."""
        loop = asyncio.get_running_loop()
        if self._value is None or self._loop is not loop:
            # `asyncio.run` closes asynchronous generators before its loop ends: the last moment to close cleanly.
            self._loop, self._keeper = loop, self._keep()
            self._value = await anext(self._keeper)
        return self._value

    async def aclose(self) -> None:
        """Close this loop's resource; one of an earlier loop was closed with it."""
        keeper, self._keeper, self._value = self._keeper, None, None
        if keeper is not None and self._loop is asyncio.get_running_loop():
            await keeper.aclose()

    async def _keep(self) -> AsyncGenerator[T, None]:
        value = self._make()
        try:
            yield value
        finally:
            await self._close(value)
