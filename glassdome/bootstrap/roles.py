"""Looks up what a model earned, for commands that run without the service."""

from __future__ import annotations

from glassdome.bootstrap.mailboxes import open_store
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import EngineError, StoreError
from glassdome.pipeline.canaries.roles import identity_of
from glassdome.ports.model import TriedEngine
from glassdome.values.role import UNTESTED, Grant, ModelTest
from glassdome.values.speed import ModelSpeed

__all__ = ["known_grant", "known_speed", "known_test"]


async def known_test(engine: TriedEngine, settings: Settings) -> ModelTest | None:
    """Return the stored test of the model, None where there is none; raises ModelUnavailable, ModelMissing."""
    identity = await identity_of(engine)
    try:
        async with open_store(settings, migrated=False) as database:
            return await database.model_roles.get(identity.key)
    except StoreError:
        return None


async def known_speed(engine: TriedEngine, settings: Settings) -> ModelSpeed | None:
    """Return how fast the model answered lately, None where the database does not tell."""
    try:
        async with open_store(settings, migrated=False) as database:
            return await database.model_speeds.speed(engine.model, now=SystemClock().now())
    except StoreError:
        return None


async def known_grant(engine: TriedEngine, settings: Settings) -> Grant:
    """Return what the model earned; nothing where it is away or was not tested."""
    try:
        test = await known_test(engine, settings)
    except EngineError:
        return UNTESTED
    return test.grant if test is not None else UNTESTED
