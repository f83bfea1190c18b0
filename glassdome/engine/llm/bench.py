"""Measures a model: tokens per second, seconds per mail, the best number of requests at once, mails per day."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from glassdome.core.errors import OutputInvalid
from glassdome.values.opinion import Usage

__all__ = ["BenchStep", "best_step", "measure"]

T = TypeVar("T")
_DAY: Final = 86_400
#: Another step is worth its load when it carries this much more.
_WORTH: Final = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchStep:
    """The result at one number of concurrent requests; `seconds` is the wall time of all `mails`, refused answers
    included. Where time ran out before the first answer, `mails` is 0.
    """

    concurrency: int
    mails: int
    refused: int
    seconds: float
    usage: Usage

    @property
    def seconds_per_mail(self) -> float:
        """The seconds that one mail waits for its answer."""
        return self.seconds * self.concurrency / max(self.mails, 1)

    @property
    def mails_per_day(self) -> int:
        """The number of mails a day if the machine does nothing else."""
        return int(_DAY * self.mails / max(self.seconds, 1e-9))

    @property
    def tokens_per_second(self) -> float:
        """Tokens read and written per second of wall time."""
        return (self.usage.tokens_in + self.usage.tokens_out) / max(self.seconds, 1e-9)

    @property
    def written_per_second(self) -> float:
        """Tokens written per second of wall time."""
        return self.usage.tokens_out / max(self.seconds, 1e-9)


async def measure(
    mails: Sequence[T],
    read: Callable[[T], Awaitable[Usage]],
    *,
    steps: Sequence[int],
    seconds: float = math.inf,
    advanced: Callable[[], None] = lambda: None,
) -> AsyncIterator[BenchStep]:
    """Read all mails once per step with so many at a time; raises what `read` raises but OutputInvalid.

    The first mail is read once before, so that loading the model is not measured. After `seconds` it ends: each step
    gets its share of the time that remains, and tells what it saw. `advanced` is called after each mail.
    """
    ends = time.perf_counter() + seconds
    if steps and mails:
        warm = await _step(mails[:1], read, 1, seconds=seconds, advanced=advanced)
        if not warm.mails:
            yield warm
            return
    for place, number in enumerate(steps):
        left = ends - time.perf_counter()
        if left <= 0:
            return
        yield await _step(mails, read, number, seconds=left / (len(steps) - place), advanced=advanced)


async def _step(
    mails: Sequence[T],
    read: Callable[[T], Awaitable[Usage]],
    number: int,
    *,
    seconds: float,
    advanced: Callable[[], None],
) -> BenchStep:
    room, found = asyncio.Semaphore(number), list[Usage | None]()
    start = last = time.perf_counter()

    async def one(mail: T) -> None:
        nonlocal last
        async with room:
            found.append(await _tried(read, mail))
        last = time.perf_counter()
        advanced()

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None if math.isinf(seconds) else seconds), asyncio.TaskGroup() as group:
            for mail in mails:
                group.create_task(one(mail))
    good = [usage for usage in found if usage is not None]
    return BenchStep(
        concurrency=number,
        mails=len(found),
        refused=len(found) - len(good),
        seconds=(last if found else time.perf_counter()) - start,
        usage=sum(good, Usage()),
    )


async def _tried(read: Callable[[T], Awaitable[Usage]], mail: T) -> Usage | None:
    try:
        return await read(mail)
    except OutputInvalid:
        return None


def best_step(steps: Sequence[BenchStep]) -> BenchStep:
    """Return the smallest number at once that none beats by more than a twentieth."""
    best = steps[0]
    for step in steps[1:]:
        if step.mails_per_day > best.mails_per_day * _WORTH:
            best = step
    return best
