"""A resource that belongs to one event loop, for objects that outlive `asyncio.run`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

__all__ = ["PerLoop"]

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Opens the resource anew in each event loop and closes it before that loop ends."""

    def __init__(self, open_: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        """`open_` is entered at the first use in a loop, and left when the loop ends or at `aclose`."""
        self._open = open_
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opening: asyncio.Task[T] | None = None
        self._keeper: AsyncGenerator[T, None] | None = None

    async def get(self) -> T:
        """Return this loop's resource; tasks that ask at the same time share it."""
        loop = asyncio.get_running_loop()
        if self._opening is None or self._loop is not loop or self._failed(self._opening):
            # `asyncio.run` closes asynchronous generators before its loop ends: the last moment to close cleanly.
            self._loop, self._keeper = loop, self._keep()
            self._opening = loop.create_task(self._first(self._keeper))
        return await asyncio.shield(self._opening)

    async def aclose(self) -> None:
        """Close this loop's resource; one of an earlier loop was closed with it."""
        keeper, self._keeper, self._opening = self._keeper, None, None
        if keeper is not None and self._loop is asyncio.get_running_loop():
            await keeper.aclose()

    @staticmethod
    def _failed(opening: asyncio.Task[T]) -> bool:
        return opening.done() and (opening.cancelled() or opening.exception() is not None)

    @staticmethod
    async def _first(keeper: AsyncGenerator[T, None]) -> T:
        return await anext(keeper)

    async def _keep(self) -> AsyncGenerator[T, None]:
        async with self._open() as value:
            yield value
