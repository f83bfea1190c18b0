"""Fixtures of the pipeline's tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from glassdome.pipeline.process import warm_up
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.preferences import Preferences
from tests.contract.store.simulation import SimulatedEngine
from tests.samples import NOON
from tests.unit.pipeline.bench import ANN, Bench, Source


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A chosen mailbox, a model that answers at once."""
    url = f"sqlite:///{tmp_path / 'db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        await database.preferences.set_preferences(Preferences(username=ANN, chosen=True), now=NOON)
        engine = SimulatedEngine(latency=0.0, cut=tmp_path / "cut")
        yield Bench(database=database, source=Source(), engine=engine, folder=tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Load what the service loads before its loop takes work."""
    asyncio.run(warm_up())
