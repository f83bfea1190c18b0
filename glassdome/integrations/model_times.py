"""The two time limits of a streamed answer: seconds for all of it, and seconds of silence between two pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TypeVar

from glassdome.core.errors import ModelTooSlow

__all__ = ["Limits", "in_time"]

T = TypeVar("T")


class Limits:
    """The limits of one answer."""

    def __init__(self, url: str, seconds: float, silence: float) -> None:
        """`seconds` bound all of it, `silence` the wait for a further piece."""
        self._url, self._seconds, self._silence = url, seconds, silence

    def whole(self) -> asyncio.Timeout:
        """Return the timeout of the whole answer, for `async with`."""
        return asyncio.timeout(self._seconds)

    async def watched(self, pieces: AsyncIterator[T]) -> AsyncIterator[T]:
        """Yield the pieces; raises ModelTooSlow after a silence.

        Until the first piece the model reads its prompt, and nothing is written; only the whole time counts then.
        """
        limit: float | None = None
        while True:
            silence = asyncio.timeout(limit)
            try:
                async with silence:
                    piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except TimeoutError as exc:
                if silence.expired():
                    raise ModelTooSlow(f"The model at {self._url} fell silent for {self._silence:g} seconds.") from exc
                raise
            yield piece
            limit = self._silence


@contextmanager
def in_time(url: str, seconds: float, silence: float) -> Iterator[Limits]:
    """Lend the limits of one answer of the server at `url`; raises ModelTooSlow where `whole` ran out."""
    try:
        yield Limits(url, seconds, silence)
    except TimeoutError as exc:
        raise ModelTooSlow(f"The model at {url} did not answer within {seconds:g} seconds.") from exc
