"""`glassdome models` against an Ollama test server in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.commands.models import app
from glassdome.engine.llm.bench import BenchStep, best_step, measure
from glassdome.integrations.ollama.model import OllamaModel
from glassdome.values.opinion import Usage
from tests.servers.ollama_server import OllamaServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaServer]:
    """An Ollama with four slots, named by OLLAMA_HOST."""
    found = OllamaServer(slots=4, latency=0.001)
    up, down = threading.Event(), threading.Event()

    async def serve() -> None:
        async with found:
            up.set()
            await asyncio.to_thread(down.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert up.wait(20)
    monkeypatch.setenv("OLLAMA_HOST", found.url)
    yield found
    down.set()
    thread.join(20)


def test_list_and_pull(server: OllamaServer) -> None:
    """A pulled model is listed; the one in use is named."""
    runner = CliRunner()

    assert runner.invoke(app, ["pull", "qwen3:4b"]).exit_code == 0
    answer = json.loads(runner.invoke(app, ["list", "--json"]).stdout)
    assert (answer["model"], answer["installed"]) == ("llama3.2:3b", ["llama3.2:3b", "qwen3:4b"])
    assert (answer["absent"], answer["speed"]) == (False, None)
    assert runner.invoke(app, ["pull", "nosuch:1b"]).exit_code == 1


def test_a_pull_waits_for_a_server_that_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a fresh installation: the first questions find nobody."""
    found, asked, down = OllamaServer(), threading.Event(), threading.Event()
    installed = OllamaModel.installed

    async def noted(self: OllamaModel) -> tuple[str, ...]:
        try:
            return await installed(self)
        finally:
            asked.set()

    async def serve() -> None:
        await asyncio.to_thread(asked.wait)
        async with found:
            await asyncio.to_thread(down.wait)

    monkeypatch.setattr(OllamaModel, "installed", noted)
    monkeypatch.setenv("OLLAMA_HOST", found.url)
    monkeypatch.setattr("glassdome.cli.models._ASK_AGAIN_SECONDS", 0.01)
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        result = CliRunner().invoke(app, ["pull", "qwen3:4b", "--wait", "600"])
        assert result.exit_code == 0, result.output
    finally:
        down.set()
        thread.join(20)
    assert CliRunner().invoke(app, ["pull", "--wait", "0.001"]).exit_code == 1


def test_test_shows_an_opinion(server: OllamaServer) -> None:
    """One question, its cost and what came of it."""
    answer = json.loads(CliRunner().invoke(app, ["test", "--one", "--json"]).stdout)

    assert answer["facts"]["context_tokens"] == 8192
    assert answer["opinion"]["usage"]["calls"] == 1


def test_test_grants_a_role(server: OllamaServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One question for each canary; a model that says the same of every mail earns nothing, and is told why."""
    monkeypatch.setenv("GLASSDOME_DATABASE_URL", f"sqlite:///{tmp_path / 'db'}")
    answer = json.loads(CliRunner().invoke(app, ["test", "--json"]).stdout)

    assert (answer["role"], answer["mails"], len(server.chats)) == ("none", 60, 60)
    assert {one["why"] for one in answer["fields"]} == {"always the same"}


def test_bench_measures_each_step(server: OllamaServer) -> None:
    """Each step reads all mails; the warm-up is not counted."""
    answer = json.loads(CliRunner().invoke(app, ["bench", "--mails", "6", "--steps", "1,2", "--json"]).stdout)

    assert [step["concurrency"] for step in answer["steps"]] == [1, 2]
    assert [step["refused"] for step in answer["steps"]] == [0, 0]
    assert len(server.chats) == 13


async def test_bench_ends_in_its_time_and_tells_what_it_saw() -> None:
    """Mails that are not answered in time are not counted; without any answer that is the result."""
    forever, read = asyncio.Event(), list[int]()

    async def three_only(mail: int) -> Usage:
        read.append(mail)
        if len(read) > 4:
            await forever.wait()
        return Usage(calls=1)

    async def never(mail: int) -> Usage:
        await forever.wait()
        return Usage()

    seen = [step async for step in measure(range(9), three_only, steps=[1, 2], seconds=0.4)]
    nothing = [step async for step in measure(range(9), never, steps=[1, 2], seconds=0.1)]

    assert [(step.concurrency, step.mails) for step in seen] == [(1, 3), (2, 0)]
    assert [(step.concurrency, step.mails) for step in nothing] == [(1, 0)]
    assert best_step(seen).concurrency == 1


def test_no_model_is_a_sentence() -> None:
    """Without a model server the exit code says that a setting is missing."""
    assert CliRunner().invoke(app, ["list"]).exit_code == 2


def test_best_step_is_the_smallest_that_is_enough() -> None:
    """A step that carries hardly more is not worth its load."""

    def step(number: int, seconds: float) -> BenchStep:
        return BenchStep(concurrency=number, mails=10, refused=0, seconds=seconds, usage=Usage())

    assert best_step([step(1, 10), step(2, 5), step(4, 4.9), step(8, 4.8)]).concurrency == 2


def test_list_says_that_the_configured_model_is_absent(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A model that the server lacks is told with the command that fetches it; a slow one with its speed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OLLAMA_MODEL", "qwen3:4b")
    shown = CliRunner().invoke(app, ["list"]).stdout

    assert "The configured model qwen3:4b is not there. Fetch it: glassdome models pull qwen3:4b" in shown
