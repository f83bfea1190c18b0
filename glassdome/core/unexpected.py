"""Runs one part of the work so that a bug in it ends no other: a probe, a periodic task, a command, a plugin."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from glassdome.core.errors import Broken, GlassdomeError
from glassdome.core.log import get_logger

__all__ = ["wrap_unexpected", "wrap_unexpected_now"]

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


def wrap_unexpected_now(what: str, work: Callable[[], T]) -> T:
    """Do the same for a plain call, which may block; one that ends the program by SystemExit is broken, too."""
    try:
        return work()
    except GlassdomeError:
        raise
    except (Exception, SystemExit) as exc:
        _log.error("part_broke", part=what, exc_info=exc)
        raise Broken(f"{what} broke ({type(exc).__name__}: {exc}).", fix="The log says where.") from exc
