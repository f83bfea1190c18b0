"""Performs, now and then, what interrupted workers left in the action ledger."""

from __future__ import annotations

import asyncio
from typing import Final

from glassdome.act import Performer
from glassdome.core.errors import StoreError
from glassdome.core.log import get_logger

__all__ = ["ActionLoop"]

_log = get_logger(__name__)
#: Seconds between two polls of the ledger.
EVERY: Final = 30.0


class ActionLoop:
    """Runs next to the workers; several may run, since only one of them begins each action."""

    def __init__(self, performer: Performer, *, every: float = EVERY) -> None:
        """`every` is seconds."""
        self._performer, self._every = performer, every
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ask it to end."""
        self._stopping.set()

    async def run(self) -> None:
        """Perform due actions until `stop`."""
        while not self._stopping.is_set():
            try:
                await self._performer.perform_due()
            except StoreError as exc:
                _log.warning("actions_postponed", code=exc.code, problem=exc.public_message)
            try:
                await asyncio.wait_for(self._stopping.wait(), self._every)
            except TimeoutError:
                continue
