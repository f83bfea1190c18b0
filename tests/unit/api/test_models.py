"""The model server's models through the API."""

from __future__ import annotations

import json

import pytest

from glassdome.core.config import Settings
from glassdome.store import Database

from .bench import OWN, Bench

PULL = "/api/v1/add/llm/model"


async def test_models_are_listed(bench: Bench) -> None:
    """The answer lists the server's models, and the one that judges mail now."""
    assert (await bench.get("/api/v1/get/llm/models")).json() == {"model": "builtin", "installed": ["llama3.2:3b"]}


async def test_progress_comes_line_by_line(bench: Bench) -> None:
    """Each step is one JSON object."""
    answer = await bench.post(PULL, {"model": "phi3:mini"})

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {"status": "pulling", "completed": 1, "total": 2},
        {"status": "success", "completed": 2, "total": 2},
    ]


async def test_a_refusal_has_its_status(bench: Bench) -> None:
    """A failure before the first step is an ordinary error."""
    answer = await bench.post(PULL, {"model": "missing"})

    assert (answer.status_code, answer.json()["code"]) == (502, "model_missing")


async def test_a_failure_on_the_way_is_the_last_line(bench: Bench) -> None:
    """The status is gone by then, so the line tells."""
    answer = await bench.post(PULL, {"model": "broken"})

    assert json.loads(answer.text.splitlines()[-1])["code"] == "model_missing"


@pytest.mark.parametrize("model", ["", "a b", "../etc", "x" * 201, "a\nb"])
async def test_a_strange_name_is_refused(bench: Bench, model: str) -> None:
    """Only what can be a model's name reaches the server."""
    assert (await bench.post(PULL, {"model": model})).status_code == 400


@pytest.mark.parametrize(
    "model", ["evil.example/team/model", "127.0.0.1:22/a/b:latest", "http://evil.example/a/b", "evil.example:x/a/b"]
)
async def test_a_strange_registry_is_refused(bench: Bench, model: str) -> None:
    """A key cannot make the model server connect to a host that the owner did not name."""
    answer = await bench.post(PULL, {"model": model})

    assert (answer.status_code, answer.json()["code"]) == (403, "action_forbidden")


async def test_a_named_registry_is_asked(database: Database, settings: Settings) -> None:
    """The owner's list opens a registry, on its usual port or a named one."""
    bench = Bench(database, settings.model_copy(update={"model_hosts": "models.lan, gpu.lan:5000"}))

    answers = [await bench.post(PULL, {"model": f"{host}/a/b"}) for host in ("models.lan", "gpu.lan:5000", "gpu.lan")]

    assert [200, 200, 403] == [answer.status_code for answer in answers]


async def test_a_limited_key_fetches_nothing(bench: Bench) -> None:
    """The disk is the whole server's affair."""
    assert (await bench.post(PULL, {"model": "phi3:mini"}, key=OWN)).status_code == 403


async def test_no_model_server_is_503(database: Database, settings: Settings) -> None:
    """The answer says what to set."""
    bench = Bench(database, settings, changes={"models": None})

    answer = await bench.get("/api/v1/get/llm/models")

    assert (answer.status_code, "OLLAMA_HOST" in answer.json()["msg"]) == (503, True)
