"""Is everything working: each part is probed, at most every few seconds, and its state remembered with its age."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final, Literal

from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError, ModelTooSlow, StoreError, StoreUnavailable, TimedOut
from glassdome.core.log import get_logger
from glassdome.core.log_outage import BACK
from glassdome.core.unexpected import wrap_unexpected
from glassdome.desk.services import Services
from glassdome.shapes.instants import rfc3339
from glassdome.shapes.model_role import role_shape
from glassdome.shapes.model_speed import speed_shape
from glassdome.values.event import health_event
from glassdome.values.job import QueueDepth
from glassdome.values.speed import ModelSpeed

__all__ = ["DATABASE", "HealthBoard", "PartState", "model_name"]

_log = get_logger(__name__)
DATABASE: Final = "database"
#: How long an answer is believed; a monitor asking each second must not become load on every part.
_FRESH: Final = timedelta(seconds=5)
#: Seconds between two checks without a request: how late a part's `since` may be.
_LOOK_EVERY: Final = 15.0
#: Seconds one probe may take: mailcow's own health checks give up after 10.
_PROBE_SECONDS: Final = 3.0
#: Seconds between two looks at a probe. Where our own event loop is held up, at the start on a busy machine, the whole
#: pause counts as one: the part had no chance to answer meanwhile.
_TURN_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """One part: its state, since when, and the error's code and general sentence (no host names).

    `slow` is a model that works and takes too long.
    """

    state: Literal["ok", "slow", "error"]
    since: datetime
    checked: datetime
    code: str = ""
    sentence: str = ""

    @property
    def ok(self) -> bool:
        """Nothing is wrong with it."""
        return self.state == "ok"


def model_name(settings: Settings) -> str:
    """Return the model that judges mail: the engine's, or `builtin`."""
    if settings.engine_name == "builtin":
        return "builtin"
    return settings.ollama_model if settings.engine_name == "ollama" else settings.model or ""


class HealthBoard:
    """Remembers the state of each part."""

    def __init__(self, services: Services) -> None:
        """Nothing is probed until somebody asks, or while it is `kept`."""
        self._services = services
        self._lock = asyncio.Lock()
        self._parts: dict[str, PartState] = {}
        self._depth: QueueDepth | None = None
        self._checked: datetime | None = None
        self._told: dict[str, str] | None = None
        self._speed: ModelSpeed | None = None

    async def report(self) -> tuple[int, dict[str, Any]]:
        """Return status and body: 503 only when the database cannot be used, since then nothing at all can be done."""
        async with self._lock:
            now = self._services.clock.now()
            if self._checked is None or now - self._checked >= _FRESH:
                await self._probe_all(now)
                self._checked = now
        return self._status(), self._body()

    @asynccontextmanager
    async def kept(self, _: object = None) -> AsyncIterator[None]:
        """Check now and then while the block runs, so that `since` stays true without requests."""
        looking = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            # Ended, not only told to: the database it may be asking is closed next.
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            await self.report()
            await asyncio.sleep(_LOOK_EVERY)

    async def _probe_all(self, now: datetime) -> None:
        probes: dict[str, Callable[[], Awaitable[None]]] = {DATABASE: self._use_database, **self._services.probes}
        errors = await asyncio.gather(*(_outcome(name, probe) for name, probe in probes.items()))
        self._tell(errors[0])
        self._speed = await self._measured() if errors[0] is None else None
        found = dict(zip(probes, errors, strict=True))
        model = self._services.settings().engine_name
        if self._speed is not None and self._speed.slow and found.get(model, self._speed) is None:
            found[model] = ModelTooSlow()
        before = self._parts
        self._parts = {name: self._state(before.get(name), error, now) for name, error in found.items()}
        self._tell_slow(before.get(model), self._parts.get(model))
        await self._record(now)

    async def _record(self, now: datetime) -> None:
        """Write an event where a part's state changed; one that cannot be written yet is written at the next look."""
        states = {name: "ok" if part.ok else part.code for name, part in self._parts.items()}
        well = all(part.ok for part in self._parts.values())
        if states == self._told or not self._parts[DATABASE].ok:
            return
        if self._told is not None or not well:
            try:
                await self._services.events.record(health_event("healthy" if well else "degraded", states, now=now))
            except StoreError:
                return
        self._told = states

    def _tell(self, error: GlassdomeError | None) -> None:
        """Log a change of the database's state."""
        before = self._parts.get(DATABASE)
        if error is None and before is not None and not before.ok:
            _log.info(BACK)
        if error is not None and (before is None or before.ok):
            facts = {name: error.facts[name] for name in ("cause",) if name in error.facts}
            _log.warning("database_unavailable", code=StoreUnavailable.code, problem=error.public_message, **facts)

    async def _measured(self) -> ModelSpeed | None:
        try:
            return await self._services.speed()
        except StoreError:
            return None

    def _tell_slow(self, before: PartState | None, now: PartState | None) -> None:
        """Log that the model became slow, or that it is not any more."""
        was, is_slow = (part is not None and part.state == "slow" for part in (before, now))
        if self._speed is None or was == is_slow:
            return
        log = _log.warning if is_slow else _log.info
        log("model_slow" if is_slow else "model_fast_again", **speed_shape(self._speed))

    async def _use_database(self) -> None:
        """Read and write: a database that is full, locked or read-only still answers questions, and judges nothing."""
        self._depth, now = None, self._services.clock.now()
        depth = await self._services.queue.depth(now=now)
        await self._services.queue.pulse(now=now)
        self._depth = depth

    @staticmethod
    def _state(before: PartState | None, error: GlassdomeError | None, now: datetime) -> PartState:
        state: Literal["ok", "slow", "error"] = "ok"
        if error is not None:
            state = "slow" if isinstance(error, ModelTooSlow) else "error"
        since = before.since if before is not None and before.state == state else now
        if error is None:
            return PartState(state=state, since=since, checked=now)
        general = (type(error).__doc__ or "").splitlines()[0]
        return PartState(state=state, since=since, checked=now, code=error.code, sentence=general)

    def _status(self) -> int:
        return 200 if self._parts[DATABASE].ok else 503

    def _body(self) -> dict[str, Any]:
        settings, role = self._services.settings(), self._services.role()
        words = {name: part.state for name, part in self._parts.items()}
        working = all(part.ok for part in self._parts.values())
        return {
            "status": "healthy" if working else "degraded",
            "ollama": words.get("ollama", "disabled"),
            "mysql": words[DATABASE],
            "database": words[DATABASE],
            "model": model_name(settings),
            "engine": settings.engine_name,
            "model_role": str(role.grant.role),
            "model_test": role_shape(role),
            "model_speed": speed_shape(self._speed) if self._speed is not None else None,
            "encoder": "on" if self._services.encoder else "off",
            "database_kind": "sqlite" if settings.database.startswith("sqlite") else "mariadb",
            "queue": asdict(self._depth) if self._depth else None,
            "version": self._services.version,
            "parts": {name: _part(part) for name, part in self._parts.items()},
        }


async def _outcome(name: str, probe: Callable[[], Awaitable[None]]) -> GlassdomeError | None:
    asked = asyncio.ensure_future(wrap_unexpected(f"The look at {name}", probe))
    try:
        for _ in range(ceil(_PROBE_SECONDS / _TURN_SECONDS)):
            if (await asyncio.wait((asked,), timeout=_TURN_SECONDS))[0]:
                return await _error_of(asked)
        return TimedOut()
    finally:
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)


async def _error_of(asked: Awaitable[None]) -> GlassdomeError | None:
    try:
        await asked
    except GlassdomeError as exc:
        return exc
    return None


def _part(part: PartState) -> dict[str, Any]:
    found: dict[str, Any] = {
        "state": part.state,
        "since": rfc3339(part.since),
        "checked": rfc3339(part.checked),
    }
    return found if part.ok else found | {"code": part.code, "error": part.sentence}
