"""`glassdome doctor --mailcow` against a real nginx with the placed file, and against nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response

from glassdome.cli.checks import Check, Health
from glassdome.cli.mailcow_checks import mailcow_checks
from glassdome.cli.service import serving
from glassdome.core.config import Settings
from glassdome.deploy.render import nginx_site
from tests.integration.nginx.test_site import mailcow_keys
from tests.servers.nginx import FastCgi, NameServer, Nginx
from tests.servers.process import free_port


async def findings(settings: Settings, own: str) -> dict[str, Check]:
    """Return the checks by name."""
    return {check.name: check async for check in mailcow_checks(settings, own=own, names=("localhost",))}


@pytest.fixture
async def service() -> AsyncIterator[str]:
    """Run the parts of our service that the doctor asks."""
    app = FastAPI()

    @app.post("/internal/push")
    async def push(request: Request) -> Response:
        return Response(status_code=202 if request.headers["Authorization"] == "Bearer right" else 401)

    @app.get("/api/v1/get/llm/health")
    async def health() -> dict[str, str]:
        return {"status": "healthy"}

    async with serving(app, host="127.0.0.1", port=0) as http:
        yield f"http://127.0.0.1:{http.port}"


async def test_all_is_well(service: str, server_folder: Path) -> None:
    """Behind the placed file, with the right secret: nothing to mend."""
    keys, names = FastCgi(mailcow_keys), NameServer()
    names.known = True
    port = service.rpartition(":")[2]
    site = await asyncio.to_thread(
        nginx_site,
        proxy_secret="s",
        phpfpm=keys.address,
        resolver=names.address,
        upstream=f"http://llm-processor-mailcow:{port}",
    )
    nginx = Nginx(server_folder / "ngd", site, fastcgi=keys.address)
    await asyncio.to_thread(nginx.start)
    settings = await asyncio.to_thread(Settings, push_secret="right", proxy_secret="s", mailcow_api_url=nginx.url)

    found = await findings(settings, service)

    nginx.stop()
    keys.stop()
    names.stop()
    assert {Health.OK} == {check.health for check in found.values()}
    assert {"GLASSDOME_PUSH_SECRET", "GLASSDOME_PROXY_SECRET", "name", "doorbell", "nginx"} == found.keys()


async def test_each_failure_has_its_fix(service: str) -> None:
    """A wrong secret, an nginx that is away, a missing secret, a controller that is away: each told with what to do."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings = await asyncio.to_thread(Settings, push_secret="wrong", mailcow_api_url=nowhere, rspamd_url=nowhere)

    found = await findings(settings, service)

    failed = {name for name, check in found.items() if check.health is Health.FAIL and check.fix}
    assert {"GLASSDOME_PROXY_SECRET", "doorbell", "nginx", "rspamd"} == failed
    assert "HTTP 401" in found["doorbell"].detail
