"""Two passes over a batch: all readings first, drafts after, so that each pass finds its own prefix in the cache."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

__all__ = ["in_two_passes"]

T = TypeVar("T")


async def in_two_passes(
    batch: Iterable[T], *, read: Callable[[T], Awaitable[bool]], draft: Callable[[T], Awaitable[None]]
) -> AsyncIterator[T]:
    """Read every item, then draft for those where `read` said that a draft is wanted; yield each when it is done.

    Errors of either pass go to the caller, who catches them inside `read` and `draft` where one item must not stop
    the others.
    """
    wanting: list[T] = []
    for item in batch:
        if await read(item):
            wanting.append(item)
        else:
            yield item
    for item in wanting:
        await draft(item)
        yield item
