"""The policy `repeat`: the same content, model and instructions need no second call, not even at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from glassdome.ports.model import Engine
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.preferences import EngineAccess

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses

__all__ = ["Repeats"]

Key = tuple[str, str, str, str]
#: Opinions remembered between a call's end and the moment its analysis is stored, which is milliseconds.
REMEMBERED: Final = 256


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Finds the opinion of the same content, and lets simultaneous callers share one answer."""

    analyses: Analyses
    _running: dict[Key, asyncio.Future[Opinion | None]] = field(default_factory=dict)
    _recent: dict[Key, Opinion] = field(default_factory=dict)

    async def find(self, message: Message, engine: Engine, context: Context) -> Opinion | None:
        """Return the stored opinion; None where the owner's wishes made that prompt differ from this one."""
        key = _key(message, engine, context)
        if key is None:
            return None
        if (recent := self._recent.get(key)) is not None:
            return recent
        content, name, model, version = key
        found = await self.analyses.by_content(content, engine=name, model=model, prompt_version=version)
        return found.opinion if found is not None else None

    async def share(
        self, message: Message, engine: Engine, context: Context, call: Callable[[], Awaitable[Opinion]]
    ) -> tuple[Opinion, bool]:
        """Call, or wait for a running call on the same content; return whether it waited.

        A call that failed is not shared: all who waited for it ask again at once.
        """
        key = _key(message, engine, context)
        if key is None:
            return await call(), False
        # A call may have ended while `find` asked the database.
        if (recent := self._recent.get(key)) is not None:
            return recent, True
        if (running := self._running.get(key)) is not None:
            found = await asyncio.shield(running)
            return (found, True) if found is not None else (await call(), False)
        return await self._lead(key, call), False

    async def _lead(self, key: Key, call: Callable[[], Awaitable[Opinion]]) -> Opinion:
        answer = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            found = await call()
        except BaseException:
            answer.set_result(None)
            raise
        else:
            answer.set_result(found)
            self._remember(key, found)
            return found
        finally:
            del self._running[key]

    def _remember(self, key: Key, opinion: Opinion) -> None:
        if len(self._recent) >= REMEMBERED:
            del self._recent[next(iter(self._recent))]
        self._recent[key] = opinion


def _key(message: Message, engine: Engine, context: Context) -> Key | None:
    wishes = context.preferences
    if wishes.model_access is not EngineAccess.FULL or wishes.summary_language or not message.content_hash:
        return None
    return message.content_hash, engine.name, engine.model, engine.prompt_version
