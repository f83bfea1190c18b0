"""`/health` says that attached files are not read."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from glassdome.api.app import create_app
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.desk.wiring import services_of
from tests.local_files import LocalFiles
from tests.samples import NOON


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Made outside the event loop, since settings look at files."""
    return Settings(data_dir=tmp_path)


@pytest.mark.parametrize(("problem", "state"), [("", "ok"), ("the kernel refuses seccomp", "error")])
async def test_files_are_a_part(settings: Settings, problem: str, state: str) -> None:
    """A reader that can lock nothing up is an error, in general words."""
    async with open_app(settings, clock=FixedClock(NOON)) as app:
        app.files = LocalFiles()
        app.files.problem = problem
        transport = httpx.ASGITransport(create_app(services_of(app)))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            body = (await http.get("/health")).json()

    part = body["parts"]["files"]
    assert part["state"] == state
    assert body["status"] == ("healthy" if state == "ok" else "degraded")
    assert part.get("code", "sandbox_missing") == "sandbox_missing"
    assert "seccomp" not in str(body)
