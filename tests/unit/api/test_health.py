"""/health tells the truth in every state."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from glassdome.api.routes_health import HealthShape
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConnectFailed, StoreUnavailable
from glassdome.desk import health
from glassdome.store import Database
from glassdome.values.speed import ModelSpeed

from .bench import Bench


class Part:
    """A part that can be broken; it counts how often it is looked at."""

    def __init__(self) -> None:
        """It works."""
        self.error: Exception | None = None
        self.looks = 0
        self.thrice = asyncio.Event()

    async def __call__(self) -> None:
        """Be probed."""
        self.looks += 1
        if self.looks == 3:
            self.thrice.set()
        if self.error:
            raise self.error


@pytest.fixture
def ollama() -> Part:
    """The model server."""
    return Part()


@pytest.fixture
def probed(database: Database, settings: Settings, ollama: Part) -> Bench:
    """An API with one part besides the database."""
    wanted = settings.model_copy(update={"engine": "ollama"})
    return Bench(database, wanted, changes={"probes": {"ollama": ollama}})


async def look(bench: Bench) -> tuple[int, dict[str, Any]]:
    """Ask, after the last answer has gone stale."""
    bench.clock.advance(10)  # type: ignore[attr-defined]
    answer = await bench.get("/health", key=None)
    HealthShape.model_validate(answer.json(), extra="forbid")
    return answer.status_code, answer.json()


async def test_all_is_well(probed: Bench) -> None:
    """The seed's fields, the queue and the version."""
    status, body = await look(probed)

    assert status == 200
    assert (body["status"], body["ollama"], body["mysql"], body["model"]) == ("healthy", "ok", "ok", "llama3.2:3b")
    assert (body["queue"]["pending"], body["version"], body["database_kind"]) == (0, "1.0", "sqlite")
    assert body["database"] == "ok"


async def test_the_builtin_engine_needs_no_model_server(bench: Bench) -> None:
    """Nothing is missing if nothing is configured."""
    _, body = await look(bench)

    assert (body["status"], body["ollama"], body["model"]) == ("healthy", "disabled", "builtin")


async def test_a_part_down_is_degraded_and_dated(probed: Bench, ollama: Part) -> None:
    """It says which part, since when, and why in general words: no host is named to the world."""
    await look(probed)
    ollama.error = ConnectFailed("10.1.2.3:11434 refused the connection.")
    since = (await look(probed))[1]["parts"]["ollama"]["since"]

    status, body = await look(probed)

    assert (status, body["status"], body["ollama"]) == (200, "degraded", "error")
    part = body["parts"]["ollama"]
    assert (part["since"], part["code"]) == (since, "connect_failed")
    assert part["checked"] > since
    assert "10.1.2.3" not in str(body)


async def test_a_look_that_breaks_is_a_part_down(probed: Bench, ollama: Part) -> None:
    """A bug in one probe is not the end of the page."""
    ollama.error = OverflowError("port must be 0-65535")

    status, body = await look(probed)

    assert (status, body["ollama"], body["parts"]["ollama"]["code"]) == (200, "error", "internal_error")
    assert "65535" not in str(body)


async def test_it_recovers(probed: Bench, ollama: Part) -> None:
    """A part that works again says since when."""
    ollama.error = ConnectFailed()
    before = (await look(probed))[1]["parts"]["ollama"]["since"]
    ollama.error = None

    status, body = await look(probed)

    assert (status, body["status"]) == (200, "healthy")
    assert body["parts"]["ollama"]["since"] > before


async def test_without_the_database_nothing_works(probed: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, and no invented queue."""

    async def away(_: object, **__: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(type(probed.database.queue), "depth", away)

    status, body = await look(probed)

    assert (status, body["mysql"], body["status"], body["queue"]) == (503, "error", "degraded", None)
    assert body["database"] == "error"
    assert body["parts"]["database"]["error"] == "The database is not available."


async def test_a_hanging_part_is_an_error(probed: Bench, monkeypatch: pytest.MonkeyPatch, ollama: Part) -> None:
    """A monitor gets its answer in time."""
    monkeypatch.setattr(health, "_PROBE_SECONDS", 0.01)

    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Part, "__call__", hang)

    _, body = await look(probed)

    assert body["parts"]["ollama"]["code"] == "timed_out"


async def test_what_holds_up_our_own_loop_is_no_parts_fault(
    probed: Bench, monkeypatch: pytest.MonkeyPatch, ollama: Part
) -> None:
    """A part that answers as soon as it is let is well, however late that is: a busy machine's start is no outage."""
    monkeypatch.setattr(health, "_PROBE_SECONDS", 0.05)
    monkeypatch.setattr(health, "_TURN_SECONDS", 0.005)

    async def held_up(_: object) -> None:
        await asyncio.sleep(0)
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            pass  # the fault itself: nothing else runs meanwhile
        await asyncio.sleep(0)

    monkeypatch.setattr(Part, "__call__", held_up)

    status, body = await look(probed)

    assert (status, body["parts"]["ollama"]["state"]) == (200, "ok")


async def test_it_looks_while_nobody_asks(
    database: Database, settings: Settings, ollama: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that `since` is when a part failed, not when somebody came to ask."""
    monkeypatch.setattr(health, "_LOOK_EVERY", 0.001)
    monkeypatch.setattr(health, "_FRESH", timedelta(0))
    served = Bench(database, settings, clock=SystemClock(), changes={"probes": {"ollama": ollama}}).app

    async with asyncio.timeout(60), served.router.lifespan_context(served):
        await ollama.thrice.wait()


async def test_many_monitors_are_one_probe(probed: Bench, ollama: Part) -> None:
    """Within a few seconds each part is looked at once, however many ask at the same time."""
    await asyncio.gather(*(probed.get("/health", key=None) for _ in range(20)))
    await probed.get("/api/v1/get/llm/health", key=None)

    assert ollama.looks == 1


async def test_a_slow_model_is_not_healthy(database: Database, settings: Settings, ollama: Part) -> None:
    """The server answers, and takes too long for the mail: `slow`, with the speed that was measured."""
    speeds = [ModelSpeed(answered=2, too_slow=6, seconds=1800, waiting=5, oldest_seconds=700)]

    async def speed() -> ModelSpeed:
        return speeds[0]

    wanted = settings.model_copy(update={"engine": "ollama"})
    bench = Bench(database, wanted, changes={"probes": {"ollama": ollama}, "speed": speed})
    _, slow = await look(bench)
    scraped = (await bench.get("/metrics")).text
    speeds[0] = ModelSpeed(answered=8, seconds=1800)
    _, well = await look(bench)
    ollama.error = ConnectFailed()
    speeds[0] = ModelSpeed(too_slow=6)
    _, away = await look(bench)

    assert (slow["status"], slow["ollama"], slow["parts"]["ollama"]["code"]) == ("degraded", "slow", "model_too_slow")
    assert slow["model_speed"] == {
        "answered": 2, "too_slow": 6, "mails_per_hour": 4.0, "waiting": 5, "oldest_seconds": 700.0,
    }  # fmt: skip
    assert "glassdome_model_slow 1.0" in scraped
    assert "glassdome_model_mails_per_hour 4.0" in scraped
    assert (well["status"], well["ollama"]) == ("healthy", "ok")
    assert away["ollama"] == "error"
