"""Servers that are slow, silent, dripping, hanging or dying: each ends within its limits, and says why, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import structlog

from glassdome.bootstrap.liveness import PatientProbe
from glassdome.core.errors import GlassdomeError, ModelTooSlow, ModelUnavailable
from glassdome.engine.llm.decode import decode
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.integrations.ollama import OllamaModel
from glassdome.integrations.openai_server import OpenAiServer
from glassdome.ports.model import Prompt
from tests.servers.ollama_server import OllamaServer
from tests.servers.openai_server import OpenAiTestServer

PROMPT = Prompt(system="Answer.", user="A mail.", schema=READING_SCHEMA, max_tokens=900)
Server = OllamaServer | OpenAiTestServer
Make = Callable[..., OllamaModel | OpenAiServer]


@pytest.fixture(params=["ollama", "openai"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """One server of each kind."""
    made: Server = OllamaServer() if request.param == "ollama" else OpenAiTestServer()
    async with made:
        yield made


@pytest.fixture
async def make(server: Server) -> AsyncIterator[Make]:
    """Makes a way to the server, with the limits given."""
    found: list[OllamaModel | OpenAiServer] = []

    def made(**limits: float) -> OllamaModel | OpenAiServer:
        one: OllamaModel | OpenAiServer
        if isinstance(server, OllamaServer):
            one = OllamaModel("llama3.2:3b", hosts=[server.url], **limits)
        else:
            one = OpenAiServer(server.url, concurrency=1, **limits)
        found.append(one)
        return one

    yield made
    for one in found:
        await one.aclose()


async def test_dripping_ends_with_the_whole_time(server: Server, make: Make) -> None:
    """Pieces without end keep the silence short, and the whole time ends it."""
    model = make(timeout=2, silence=60)
    await model.complete(PROMPT)
    server.fault = "drip"
    with pytest.raises(ModelTooSlow, match=r"within 2 seconds"):
        await model.complete(PROMPT)


async def test_silence_ends_an_answer_that_began(server: Server, make: Make) -> None:
    """A server that stops in the middle of an answer is given up long before the whole time."""
    model = make(timeout=600, silence=0.2)
    await model.complete(PROMPT)
    server.fault = "stall"
    with pytest.raises(ModelTooSlow, match=r"silent for 0\.2 seconds"):
        await asyncio.wait_for(model.complete(PROMPT), 20)


async def test_reading_a_long_prompt_is_no_silence(server: Server, make: Make) -> None:
    """Before its first word a server may think for longer than the silence lasts."""
    model = make(timeout=600, silence=0.05)
    server.latency = 0.3

    assert (await model.complete(PROMPT)).finish == "stop"


@pytest.mark.parametrize("fault", ["drop", "midstream"])
async def test_dying_is_no_slowness(server: Server, make: Make, fault: Any) -> None:
    """A server that ends in the middle of an answer failed; the next question works."""
    model = make()
    await model.complete(PROMPT)
    server.fault = fault
    with pytest.raises(ModelUnavailable) as caught:
        await asyncio.wait_for(model.complete(PROMPT), 20)
    server.fault = ""

    assert not isinstance(caught.value, ModelTooSlow)
    assert (await model.complete(PROMPT)).finish == "stop"


async def test_one_line_per_change(server: Server, make: Make) -> None:
    """Mail after mail while a server hangs is one line in the log."""
    model = make(timeout=1)
    await model.complete(PROMPT)
    server.fault = "hang"
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(ModelTooSlow):
                await model.complete(PROMPT)
    events = [entry["event"] for entry in logs if entry["event"].startswith("model_server")]

    assert events == ["model_server_drained"]


async def test_back_is_told_once(server: Server, make: Make) -> None:
    """The first answer after a failure says that the server is back."""
    model = make()
    await model.complete(PROMPT)
    with structlog.testing.capture_logs() as logs:
        server.fault = "busy"
        for _ in range(3):
            with pytest.raises(ModelUnavailable):
                await model.complete(PROMPT)
        server.fault = ""
        for _ in range(3):
            await model.complete(PROMPT)
    events = [entry["event"] for entry in logs if entry["event"].startswith("model_server")]

    assert events == ["model_server_drained", "model_server_back"]


async def test_busy_server_is_alive_and_is_not_asked(server: Server, make: Make) -> None:
    """While a request is under way the probe asks nothing; a server that is away is no longer alive then."""
    model = make()
    await model.complete(PROMPT)
    server.fault = "hang"
    asked = asyncio.create_task(model.complete(PROMPT))
    while not model.alive:  # noqa: ASYNC110 (the request begins in a task of its own)
        await asyncio.sleep(0.005)

    async def never() -> None:
        raise AssertionError("it was asked")

    await PatientProbe(never, alive=lambda: model.alive)()
    server.released.set()
    await asked
    assert not model.alive


async def test_late_answer_of_a_probe_is_no_error() -> None:
    """A server that answers late keeps its last state, and an error is told when it comes."""
    late = asyncio.Event()

    async def ask() -> None:
        await late.wait()
        raise ModelUnavailable("It is away.")

    probe = PatientProbe(ask, alive=lambda: False, look=0.01)
    await probe()
    late.set()
    with pytest.raises(GlassdomeError, match="away"):
        await probe()
    await probe.aclose()


@pytest.mark.parametrize("streams", ["usage", "plain", "no", "refused"])
async def test_every_way_to_stream(streams: Any) -> None:
    """A server that does not count, does not stream, or refuses to be asked for it, answers all the same."""
    async with OpenAiTestServer(streams=streams) as server:
        model = OpenAiServer(server.url)
        done = [await model.complete(PROMPT) for _ in range(2)]
        await model.aclose()

    assert decode(done[1].text, READING_SCHEMA)["priority"] == 5
    assert (done[1].tokens_in > 0) == (streams != "plain")
    assert done[1].tokens_out > 0
    assert len(server.chats) == (4 if streams == "refused" else 2)
