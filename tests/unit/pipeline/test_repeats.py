"""Identical mail at the same moment: one model call, shared unless it fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glassdome.core.errors import ModelUnavailable
from glassdome.pipeline.repeats import Repeats
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.preferences import EngineAccess, Preferences
from tests.contract.store.simulation import SimulatedEngine
from tests.samples import NOON

MAIL = Message(subject="News", content_hash="a" * 64)
FULL = Context(now=NOON)
REDACTED = Context(now=NOON, preferences=Preferences(username="a", engine_access=EngineAccess.REDACTED))


@pytest.mark.parametrize(("context", "calls"), [(FULL, 1), (REDACTED, 5)])
async def test_one_call_for_many(tmp_path: Path, context: Context, calls: int) -> None:
    """Five ask at once: one call where their prompts are the same, and no call just after."""
    asked = []

    async def call() -> Opinion:
        asked.append(1)
        await asyncio.sleep(0)
        return Opinion(engine="ollama", summary="News.")

    repeats, engine = await _made(tmp_path)
    found = await asyncio.gather(*(repeats.share(MAIL, engine, context, call) for _ in range(5)))
    assert (len(asked), sum(not waited for _, waited in found)) == (calls, calls)
    assert {opinion.summary for opinion, _ in found} == {"News."}
    if calls == 1:
        assert await repeats.find(MAIL, engine, context) == found[0][0]


async def test_a_failed_call_is_not_shared(tmp_path: Path) -> None:
    """Those who waited ask for themselves."""
    asked = []

    async def call() -> Opinion:
        asked.append(1)
        await asyncio.sleep(0)
        if len(asked) == 1:
            raise ModelUnavailable
        return Opinion(engine="ollama")

    repeats, engine = await _made(tmp_path)
    found = await asyncio.gather(*(repeats.share(MAIL, engine, FULL, call) for _ in range(2)), return_exceptions=True)
    assert isinstance(found[0], ModelUnavailable)
    assert found[1] == (Opinion(engine="ollama"), False)


async def _made(tmp_path: Path) -> tuple[Repeats, SimulatedEngine]:
    url = f"sqlite:///{tmp_path / 'db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        return Repeats(analyses=database.analyses), SimulatedEngine(latency=0.0, cut=tmp_path / "cut")
