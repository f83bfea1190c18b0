"""A mailbox that mailcow does not have is not chosen by accident, and a left-over choice does not fail the doctor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from glassdome.api.app import create_app
from glassdome.bootstrap.wire import open_app
from glassdome.cli.app import app as cli
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.desk.wiring import services_of
from glassdome.shapes.rendering import RENDERING
from glassdome.store import migrate, open_database
from glassdome.values.preferences import Preferences
from tests.servers.dovecot import DOMAIN
from tests.servers.mailcow import Mailcow

GHOST = f"ghost@{DOMAIN}"
REAL = {"local_part": "real", "domain": DOMAIN, "password": "longenough", "password2": "longenough"}


@pytest.fixture
async def api(mailcow: Mailcow) -> AsyncIterator[httpx.AsyncClient]:
    """The service's REST API beside a mailcow with one mailbox."""
    await asyncio.to_thread(mailcow.api.state.add_mailbox, REAL)
    settings = await asyncio.to_thread(Settings, api_keys=SecretStr("key-of-tests:rw"))
    async with open_app(settings, clock=FixedClock(datetime(2026, 11, 29, tzinfo=UTC))) as app:
        transport, headers = httpx.ASGITransport(create_app(services_of(app))), {"X-API-Key": "key-of-tests"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield client


@pytest.mark.parametrize("change", [{"chosen": True}, {"auto_analysis": True}, {"phishing_alerts": True}])
async def test_preferences_of_nobody_are_refused(api: httpx.AsyncClient, change: dict[str, bool]) -> None:
    """404, and nobody is watched; a mailbox that is there is taken."""
    refused = await api.post("/api/v1/edit/llm/preferences", json={"username": GHOST, **change})
    after = await api.get("/api/v1/get/llm/preferences", params={"username": GHOST})
    taken = await api.post("/api/v1/edit/llm/preferences", json={"username": f"real@{DOMAIN}", **change})

    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert GHOST in refused.json()["msg"]
    assert (after.json()["chosen"], taken.status_code) == (False, 200)


def choose(mailbox: str) -> None:
    """Leave a choice behind, as that of a mailbox that was deleted since."""

    async def work() -> None:
        settings = await asyncio.to_thread(Settings)
        await migrate(settings.database)
        async with open_database(settings.database, rendering=RENDERING) as database:
            wishes = Preferences(username=mailbox, chosen=True)
            await database.preferences.set_preferences(wishes, now=datetime(2026, 11, 29, tzinfo=UTC))

    asyncio.run(work())


def test_the_doctor_stays_well(mailcow: Mailcow) -> None:
    """A chosen mailbox that was deleted in mailcow is a warning with its fix, and no login is tried for it."""
    mailcow.api.state.add_mailbox(REAL)
    choose(GHOST)
    done = CliRunner().invoke(cli, ["doctor", "--json"])
    told = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 0, done.output
    assert [(c["health"], "chosen: false" in c["fix"]) for c in told if GHOST in c["detail"]] == [
        ("ok", False),
        ("warn", True),
    ]
