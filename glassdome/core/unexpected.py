"""Runs one part of a round, so that a bug in it sinks no other: the Overseer's, a periodic task, the look at `/health`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from glassdome.core.errors import Broken, GlassdomeError
from glassdome.core.log import get_logger

__all__ = ["wrap_unexpected"]

_log = get_logger(__name__)
T = TypeVar("T")


async def wrap_unexpected(what: str, work: Callable[[], Awaitable[T]]) -> T:
    """Return what `work` returns; what breaks in it is logged with its traceback and raised as Broken.

    Raises the GlassdomeErrors of `work` as they are. `what` begins the sentence: "The command `disk`".
    """
    try:
        return await work()
    except GlassdomeError:
        raise
    except Exception as exc:  # the boundary: what broke here is this part's alone
        # In a thread: a traceback reads the source files it quotes.
        await asyncio.to_thread(_log.error, "part_broke", part=what, exc_info=exc)
        raise Broken(f"{what} broke ({type(exc).__name__}).", fix="The log says where.") from exc
