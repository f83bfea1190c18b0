"""Wires concrete parts together: the only file, beside the seed-fixed agent and client, that names them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.pipeline.process import Stages
from glassdome.ports.model import Engine

__all__ = ["open_engine", "stages"]


@asynccontextmanager
async def open_engine(settings: Settings) -> AsyncIterator[Engine | None]:
    """Yield the engine that the settings choose, None for the built-in one alone."""
    yield None


def stages(settings: Settings, *, engine: Engine | None, clock: Clock) -> Stages:
    """Return how messages are judged."""
    return Stages(engine=engine, authserv_ids=settings.authserv_ids, clock=clock)
