"""Asks whether a model server is there, with patience: one that is at work answers late, and is alive all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from glassdome.core.errors import GlassdomeError

__all__ = ["PatientProbe"]

#: Seconds that one look waits for an answer; the question goes on behind it.
_LOOK_SECONDS: Final = 2.0


class PatientProbe:
    """A probe for `/health`. While a question is open, the outcome of the one before holds.

    `alive` returns whether the server is at work for us at this moment; then it is asked nothing.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[None]], *, alive: Callable[[], bool], look: float = _LOOK_SECONDS
    ) -> None:
        """`ask` asks the server, and ends by itself; `look` is the seconds that one call waits for it."""
        self._ask, self._alive, self._look = ask, alive, look
        self._asked: asyncio.Task[GlassdomeError | None] | None = None
        self._outcome: GlassdomeError | None = None

    async def __call__(self) -> None:
        """Return where the server is there; raises GlassdomeError."""
        if self._alive():
            self._outcome = None
            return
        if self._asked is None:
            self._asked = asyncio.create_task(self._question())
        if (await asyncio.wait((self._asked,), timeout=self._look))[0]:
            self._outcome, self._asked = self._asked.result(), None
        if self._outcome is not None:
            raise self._outcome

    async def _question(self) -> GlassdomeError | None:
        try:
            await self._ask()
        except GlassdomeError as exc:
            return exc
        return None

    async def aclose(self) -> None:
        """End an open question."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.gather(self._asked, return_exceptions=True)
            self._asked = None
