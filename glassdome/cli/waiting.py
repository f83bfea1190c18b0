"""Waiting for a database that is not up yet: said in the log, answered by `/health`, ended by SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final, TypeAlias

from glassdome.cli.service import asked_to_stop
from glassdome.core.config import Settings
from glassdome.core.errors import StoreUnavailable
from glassdome.core.log import get_logger
from glassdome.desk.services import Services
from glassdome.desk.wiring import services_without
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database

__all__ = ["Listener", "database_there"]

_log = get_logger(__name__)
#: Seconds between two tries, and the longest pause.
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 15.0

#: Serves these services while its block runs.
Listener: TypeAlias = Callable[[Services], AbstractAsyncContextManager[None]]


async def database_there(settings: Settings, listener: Listener | None) -> bool:
    """Bring the schema up to date, waiting for the database as long as it is away; False when asked to stop meanwhile.

    `listener` serves until then, where there is a port: `/health` says 503 and since when. Raises as `migrate`, but
    for StoreUnavailable.
    """
    if await _migrated(settings, again_in=FIRST_PAUSE):
        return True
    async with AsyncExitStack() as stack:
        stopping = await stack.enter_async_context(asked_to_stop())
        if listener is not None:
            services = await stack.enter_async_context(_away(settings))
            await stack.enter_async_context(listener(services))
        pause = FIRST_PAUSE
        while not stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)
            pause = min(LONGEST_PAUSE, pause * 2)
            if not stopping.is_set() and await _migrated(settings, again_in=pause):
                return True
    return False


async def _migrated(settings: Settings, *, again_in: float) -> bool:
    try:
        await migrate(settings.database)
    except StoreUnavailable as exc:
        _log.warning("waiting_for_database", problem=exc.public_message, again_in=again_in, **exc.facts)
        return False
    return True


@asynccontextmanager
async def _away(settings: Settings) -> AsyncIterator[Services]:
    async with (
        open_database(settings.database, rendering=RENDERING) as database,
        services_without(settings, database) as services,
    ):
        yield services
