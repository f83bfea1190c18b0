"""Tests of the parts that one process runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from glassdome.api.app import create_health_app
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, StoreUnavailable
from glassdome.desk.wiring import services_of
from glassdome.store import migrate
from tests.samples import NOON


@pytest.fixture
def settings(tmp_path: Path, unused_tcp_port: int) -> Settings:
    """A mail server that is not there; made outside the event loop, since settings look at files."""
    return Settings(mailcow_imap_host="127.0.0.1", mailcow_imap_port=unused_tcp_port, data_dir=tmp_path)


@pytest.fixture
def silent(tmp_path: Path) -> Settings:
    """No mail server, no mailbox."""
    url = f"sqlite:///{tmp_path / 'glassdome.db'}"
    asyncio.run(migrate(url))
    return Settings(data_dir=tmp_path, database_url=url)


@pytest.fixture
def naming(silent: Settings) -> Settings:
    """One mailbox."""
    return Settings(data_dir=silent.data_dir, database_url=silent.database, mailboxes="ann@example.org")


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    """The service with a mail server; nothing runs."""
    async with open_app(settings, clock=FixedClock(NOON)) as opened:
        yield opened


def parts(app: App) -> set[str]:
    """Return the names of what would run."""
    named = {name for name in ("worker", "watcher", "actions", "retention") if getattr(app, name) is not None}
    return named | ({"periodic_tasks"} if app.periodic_tasks else set())


async def test_an_engine_chosen_in_the_service_keeps_it_from_no_start(silent: Settings) -> None:
    """The API takes an engine without its server, and says so in `/health`; after a restart it is the same, not silence."""
    async with open_app(silent, clock=FixedClock(NOON)) as app:
        await app.database.config.write_config({"engine": "openai"}, now=NOON)
    async with open_app(silent, clock=FixedClock(NOON)) as app:
        assert app.models.engine is None
        with pytest.raises(ConfigError, match="GLASSDOME_OPENAI_URL is not set"):
            await app.models.probes["openai"]()


async def test_an_engine_that_the_environment_names_must_be_there(silent: Settings) -> None:
    """Whoever starts the service sees the sentence."""
    wrong = await asyncio.to_thread(
        lambda: Settings(data_dir=silent.data_dir, database_url=silent.database, engine="openai")
    )
    with pytest.raises(ConfigError, match="GLASSDOME_OPENAI_URL is not set"):
        async with open_app(wrong, clock=FixedClock(NOON)):
            pass


async def test_one_process_has_everything(app: App) -> None:
    """Nothing is left out where nothing was said."""
    assert parts(app) == {"worker", "watcher", "actions", "retention", "periodic_tasks"}


async def test_an_opt_out_outlives_the_settings(tmp_path: Path, naming: Settings, silent: Settings) -> None:
    """A mailbox in GLASSDOME_MAILBOXES is opted in once, and again only if it was removed in between; it is audited."""
    chosen = []
    for settings, opts_out in ((naming, True), (naming, False), (silent, False), (naming, False)):
        async with open_app(settings, clock=FixedClock(NOON)) as app:
            wishes = await app.database.preferences.get_preferences("ann@example.org")
            chosen.append(wishes.chosen)
            if opts_out:
                await app.database.preferences.set_preferences(replace(wishes, chosen=False), now=NOON)
            audited = [line["action"] for line in await app.database.history.audited()]

    assert (chosen, audited) == ([True, False, False, True], ["opt_in", "opt_in"])


async def test_a_worker_takes_jobs_and_no_more(app: App) -> None:
    """Tasks that must run once are left to the process that watches."""
    app.only_worker()

    assert parts(app) == {"worker", "actions"}


async def test_an_api_forgets_and_no_more(app: App) -> None:
    """It watches and judges nothing."""
    app.only_api()

    assert parts(app) == {"retention"}


async def test_an_api_looks_at_the_mail_server_itself(app: App) -> None:
    """Nobody watches there, and still `/health` does not call a dead server well."""
    app.only_api()

    parts = await health(app)

    assert (parts["imap"], "worker" in parts) == ("connect_failed", False)


async def test_a_worker_that_drains_says_so(app: App) -> None:
    """A worker takes no job after SIGTERM, whatever else works."""
    app.only_worker()
    before = await health(app)
    app.stop()

    assert (before["worker"], (await health(app))["worker"]) == ("ok", "stopping")


async def test_a_worker_without_its_database_says_so(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker tells what it met, also where somebody else's question is answered."""
    app.only_worker()
    assert app.worker is not None

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(type(app.database.queue), "claim", away)
    working = asyncio.create_task(app.worker.run())
    async with asyncio.timeout(20):
        while True:
            if (state := (await health(app))["worker"]) != "ok":
                break
    app.worker.stop()
    await working

    assert state == "store_unavailable"


async def test_work_ends_when_it_is_stopped(app: App) -> None:
    """Every part hears of it."""
    app.only_api()
    working = asyncio.create_task(app.work())
    await asyncio.sleep(0)
    app.stop()

    await asyncio.wait_for(working, 20)


async def health(app: App) -> dict[str, str]:
    """Return each part's state, or the code of its error."""
    transport = httpx.ASGITransport(app=create_health_app(services_of(app)))
    async with httpx.AsyncClient(transport=transport, base_url="http://worker") as client:
        found = (await client.get("/health")).json()["parts"]
    return {name: part.get("code", part["state"]) for name, part in found.items()}
