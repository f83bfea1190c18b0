"""A resource that belongs to one event loop, for objects that outlive `asyncio.run`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeVar

__all__ = ["PerLoop"]

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Opens one resource per event loop and closes it before that loop ends."""

    def __init__(self, open_: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        """`open_` is entered at the first use in a loop, and left when the loop ends or at `aclose`."""
        self._open = open_
        self._kept: _Kept[T] | None = None

    async def get(self) -> T:
        """Return this loop's resource; tasks that ask at the same time share it."""
        if self._kept is None or self._kept.lost:
            self._kept = _Kept(self._open)
        return await self._kept.get()

    async def aclose(self) -> None:
        """Close this loop's resource; one of an earlier loop was closed with it."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept.aclose()


class _Kept(Generic[T]):
    """A resource held open by a task of its own.

    `asyncio.run` cancels every task before its loop ends and waits for it: the last moment to close cleanly. A
    generator would be closed then too, but so would each generator inside it, all at once and in each other's way.
    """

    def __init__(self, open_: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._enough = asyncio.Event()
        self._value: asyncio.Future[T] = self._loop.create_future()
        self._task = self._loop.create_task(self._keep(open_))

    @property
    def lost(self) -> bool:
        """True when it belongs to another loop, could not be opened or was closed."""
        return self._loop is not asyncio.get_running_loop() or self._task.done()

    async def get(self) -> T:
        """Return the resource once it is open; raises what opening raises."""
        either: list[asyncio.Future[Any]] = [self._value, self._task]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not self._value.done():
            self._task.result()
        return self._value.result()

    async def aclose(self) -> None:
        """Close it and wait for that; raises what closing raises. Of another loop it is closed already.

        The caller who asked for it got the reason why it could not be opened; closing does not fail for it.
        """
        if self._loop is asyncio.get_running_loop():
            self._enough.set()
            await asyncio.wait([self._task])
            if not self._task.cancelled() and (self._task.exception() is None or self._value.done()):
                self._task.result()

    async def _keep(self, open_: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        async with open_() as value:
            self._value.set_result(value)
            await self._enough.wait()
