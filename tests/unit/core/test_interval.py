"""An interval that becomes shorter holds for the round that is being waited for."""

from __future__ import annotations

import asyncio

import pytest

from glassdome.core import clock as module
from glassdome.core.clock import wait_interval


async def test_a_shorter_interval_holds_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day was asked for first; nobody waits a day."""
    monkeypatch.setattr(module, "ASK_EVERY", 0.001)
    answers = iter([86_400.0, 86_400.0, 0.0])

    async with asyncio.timeout(60):
        await wait_interval(asyncio.Event(), lambda: next(answers))

    assert next(answers, None) is None


async def test_stopping_ends_it() -> None:
    """At once."""
    stopping = asyncio.Event()
    waiting = asyncio.create_task(wait_interval(stopping, lambda: 86_400.0))
    await asyncio.sleep(0)
    stopping.set()

    async with asyncio.timeout(60):
        await waiting
