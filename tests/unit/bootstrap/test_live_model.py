"""The model follows the settings of a running service, and `/health` asks the server itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from glassdome.api.app import create_app
from glassdome.bootstrap.app import App
from glassdome.bootstrap.live_model import LiveModel
from glassdome.bootstrap.wire import open_app
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import ModelUnavailable
from glassdome.desk.wiring import services_of
from tests.samples import NOON
from tests.servers.ollama_server import OllamaServer


@pytest.fixture
def settings(tmp_path: Path, ollama: OllamaServer) -> Settings:
    """The built-in engine, a key and a host that may be chosen; made outside the event loop, since settings look at files."""
    return Settings(
        data_dir=tmp_path, api_keys=SecretStr("key-of-tests:rw"), model_hosts=ollama.url.removeprefix("http://")
    )


class Service:
    """The service's REST API, and its clock."""

    def __init__(self, app: App, clock: FixedClock) -> None:
        self.app, self._clock = app, clock
        transport = httpx.ASGITransport(create_app(services_of(app)))
        self._http = httpx.AsyncClient(
            transport=transport, base_url="http://test", headers={"X-API-Key": "key-of-tests"}
        )

    async def edit(self, **attr: Any) -> httpx.Response:
        """Change settings."""
        return await self._http.post("/api/v1/edit/llm/config", json={"attr": attr})

    async def models(self) -> httpx.Response:
        """Ask the model server through the API."""
        return await self._http.get("/api/v1/get/llm/models")

    async def health(self) -> dict[str, Any]:
        """Return the report, not the one of a moment ago."""
        self._clock.advance(10)
        found: dict[str, Any] = (await self._http.get("/health")).json()
        return found


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    """The whole service, without a mail server."""
    clock = FixedClock(NOON)
    async with open_app(settings, clock=clock) as app:
        yield Service(app, clock)


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    """A server with two models."""
    async with OllamaServer(models={"llama3.2:3b": 8192, "phi3:mini": 8192}) as running:
        yield running


async def test_a_model_comes_and_goes_without_a_restart(service: Service, ollama: OllamaServer) -> None:
    """Engine, host and model are switched by what a person writes."""
    seen = [(service.app.engine is None, (await service.health())["ollama"])]
    for attr in ({"ollama_host": ollama.url}, {"ollama_model": "phi3:mini"}, {"engine": "builtin"}):
        await service.edit(**attr)
        engine = service.app.engine
        seen.append((engine.model if engine else "builtin", (await service.health())["ollama"]))

    assert seen == [(True, "disabled"), ("llama3.2:3b", "ok"), ("phi3:mini", "ok"), ("builtin", "disabled")]


async def test_a_model_that_is_not_there_is_said(service: Service, ollama: OllamaServer) -> None:
    """By the server's list, which costs no model its memory."""
    await service.edit(ollama_host=ollama.url, ollama_model="mistral:7b")

    part = (await service.health())["parts"]["ollama"]

    assert ("error", "model_missing", []) == (part["state"], part["code"], ollama.loads)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """The same without any host that may be chosen."""
    return Settings(data_dir=tmp_path, api_keys=SecretStr("key-of-tests:rw"))


async def test_a_server_that_went_away_is_said(elsewhere: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """However well it worked a moment ago; the error names neither its host nor its port."""
    clock = FixedClock(NOON)
    async with open_app(elsewhere, clock=clock) as app:
        service = Service(app, clock)
        await _see_it_go(service, monkeypatch)


async def _see_it_go(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async with OllamaServer() as ollama:
        port = ollama.url.rpartition(":")[2]
        monkeypatch.setenv("GLASSDOME_MODEL_HOSTS", f"127.0.0.1:{port}")
        await service.edit(log_level="INFO")  # which reads the environment again
        await service.edit(ollama_host=ollama.url)
        assert service.app.engine is not None
        await service.app.engine._model.facts()
        before = (await service.health())["ollama"]
    after = await service.health()
    listed = await service.models()

    assert (before, after["ollama"], after["status"]) == ("ok", "error", "degraded")
    assert (listed.status_code, listed.json()["msg"]) == (
        503,
        "No Ollama server answers at [host]. Is it running there?",
    )
    assert port not in json.dumps(after)


async def test_a_model_that_cannot_be_made_leaves_the_one_before(service: Service, ollama: OllamaServer) -> None:
    """A cloud model is refused; `/health` says so until the setting is taken back."""
    await service.edit(ollama_host=ollama.url)
    await service.edit(ollama_model="gpt-oss:120b-cloud")
    broken, engine = await service.health(), service.app.engine
    await service.edit(ollama_model=None)

    assert (engine.model if engine else "", broken["ollama"]) == ("llama3.2:3b", "error")
    assert (await service.health())["ollama"] == "ok"


async def test_everything_that_can_be_changed_here_takes_effect(service: Service) -> None:
    """The running service follows every setting that REST offers to change."""
    shown = (await service._http.get("/api/v1/get/llm/config")).json()

    assert [name for name, item in shown.items() if item["editable"] and item["restart"]] == []
    assert shown["mailcow_imap_host"]["restart"]


@pytest.fixture
def inside(tmp_path: Path) -> Settings:
    """A model inside Glassdome."""
    return Settings(data_dir=tmp_path, engine="llamacpp", model=str(tmp_path / "none.gguf"))


async def test_interrupt_ends_a_model_inside_glassdome(inside: Settings) -> None:
    """A stop waits for no answer of llama.cpp."""
    settings = inside
    live = LiveModel(lambda: settings)
    await live.follow(settings)
    live.interrupt()
    assert live.engine is not None
    with pytest.raises(ModelUnavailable, match="stops"):
        await live.engine._model.facts()
    await live.aclose()
