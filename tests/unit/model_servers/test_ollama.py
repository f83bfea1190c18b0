"""Ollama's failures: each is told apart, nothing is lost, and the server is used again when it is back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import structlog

from glassdome.core.errors import EngineError, ModelMissing, ModelUnavailable, OutputInvalid, PromptTooLarge
from glassdome.engine.builtin.language import language_of
from glassdome.engine.llm.engine import LlmEngine
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.engine.prompt.version import READING, load_version
from glassdome.integrations.ollama import OllamaModel
from glassdome.ports.model import Prompt
from glassdome.values.message import Address
from tests.servers.ollama_server import OllamaServer
from tests.unit.engine_llm.mails import BUILTIN, context, mail

MODEL = "llama3.2:3b"
PROMPT = Prompt(system="Answer.", user="A mail.", schema=READING_SCHEMA, max_tokens=900)


@pytest.fixture(autouse=True, scope="session")
def _language_model_loaded() -> None:
    """The language recogniser reads its file once, before any loop runs."""
    language_of("Some words.")


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    """One Ollama."""
    async with OllamaServer() as running:
        yield running


@pytest.fixture
async def model(server: OllamaServer) -> AsyncIterator[OllamaModel]:
    """One way to it, with little patience."""
    found = OllamaModel(MODEL, hosts=[server.url], timeout=0.5)
    yield found
    await found.aclose()


async def read(model: OllamaModel, message: object = None) -> str:
    """Read a mail through the engine; return its summary."""
    engine = LlmEngine(model, name="ollama", mail_chars=200_000)
    opinion = await engine.read(
        message or mail(),
        signals=(),
        sensitive=(),
        builtin=BUILTIN,
        context=context(),  # type: ignore[arg-type]
    )
    return opinion.summary


async def test_request_is_what_ollama_wants(server: OllamaServer, model: OllamaModel) -> None:
    """Schema, options, keep_alive, and the refusal to cut; the model is loaded once."""
    await read(model)
    await read(model)
    body = server.chats[0]

    assert body["format"] == READING_SCHEMA
    assert body["options"] == {"num_ctx": 8192, "temperature": 0, "seed": 7, "num_predict": 900}
    assert (body["truncate"], body["shift"], body["keep_alive"]) == (False, False, "30m")
    assert "think" not in body
    assert len(server.loads) == 1
    assert [m["role"] for m in body["messages"]] == ["system", "user"]


async def test_old_server_is_not_sent_what_it_ignores() -> None:
    """Before 0.12.6 `truncate` and `shift` are left out."""
    async with OllamaServer(version="0.12.5") as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        await read(model)
        await model.aclose()

    assert not {"truncate", "shift"} & set(server.chats[0])


async def test_context_is_that_of_the_model() -> None:
    """A model made for less than OLLAMA_NUM_CTX is asked for what it has."""
    async with OllamaServer(models={MODEL: 4096}) as server:
        model = OllamaModel(MODEL, hosts=[server.url], num_ctx=8192)
        assert (await model.facts()).context_tokens == 4096
        await model.aclose()


async def test_thinking_is_switched_off() -> None:
    """A model that thinks is told not to."""
    async with OllamaServer(thinking_models=frozenset({MODEL}), fault="thinking") as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        assert await read(model)
        await model.aclose()

    assert server.chats[0]["think"] is False


@pytest.mark.parametrize("fault", ["busy", "runner", "hang", "stall", "drop", "html", "midstream", "redirect"])
async def test_failing_server(server: OllamaServer, model: OllamaModel, fault: str) -> None:
    """A failure is an error that says so, in one log line, and the next question works when it is over."""
    await model.complete(PROMPT)
    server.fault = fault  # type: ignore[assignment]
    with structlog.testing.capture_logs() as logs, pytest.raises(EngineError):
        await asyncio.wait_for(model.complete(PROMPT), 10)
    server.fault = ""
    server.released.set()

    assert (await model.complete(PROMPT)).finish == "stop"
    assert len([e for e in logs if e["event"] == "model_server_drained"]) == 1


@pytest.mark.parametrize("fault", ["busy", "runner", "hang", "stall", "drop", "midstream"])
async def test_passing_failures_are_temporary(server: OllamaServer, model: OllamaModel, fault: str) -> None:
    """A failure that may pass is temporary, so that the job is tried again."""
    server.fault = fault  # type: ignore[assignment]
    with pytest.raises(ModelUnavailable):
        await asyncio.wait_for(model.complete(PROMPT), 10)


async def test_empty_answer_is_refused(server: OllamaServer, model: OllamaModel) -> None:
    """An empty answer is no opinion."""
    server.fault = "empty"
    with pytest.raises(OutputInvalid):
        await read(model)


async def test_answer_cut_off_is_repaired_then_refused(server: OllamaServer, model: OllamaModel) -> None:
    """`done_reason: length` leads to one repair with more room, then to a refusal."""
    server.fault = "length"
    with pytest.raises(OutputInvalid):
        await read(model)

    assert [b["options"]["num_predict"] for b in server.chats] == [900, 1350]


async def test_nobody_there() -> None:
    """A closed port is one clear sentence."""
    server = OllamaServer()
    model = OllamaModel(MODEL, hosts=[server.url])
    with pytest.raises(ModelUnavailable, match="No Ollama server answers at"):
        await model.complete(PROMPT)


async def test_missing_model_says_the_pull_command(server: OllamaServer) -> None:
    """A model that is not there: the command is named, the pull shows progress, and the same client then works."""
    model = OllamaModel("qwen3:4b", hosts=[server.url])
    with pytest.raises(ModelMissing, match="glassdome models pull qwen3:4b"):
        await model.complete(PROMPT)
    steps = [step async for step in model.pull("qwen3:4b")]

    assert [(s.completed, s.total) for s in steps if s.total] == [(0, 100), (40, 100), (100, 100)]
    assert steps[-1].status == "success"
    assert await model.installed() == ("llama3.2:3b", "qwen3:4b")
    assert (await model.complete(PROMPT)).model == "qwen3:4b"
    await model.aclose()


async def test_unknown_model_cannot_be_pulled(model: OllamaModel) -> None:
    """A failure inside the stream of a pull is an error."""
    with pytest.raises(ModelMissing):
        [step async for step in model.pull("nosuch:1b")]


@pytest.mark.parametrize("name", ["gpt-oss:120b-cloud", "deepseek:cloud"])
def test_cloud_names_are_refused(name: str) -> None:
    """A name that Ollama would send to its cloud is refused before anything is sent."""
    with pytest.raises(EngineError, match="your own machines"):
        OllamaModel(name, hosts=["http://127.0.0.1:1"])


async def test_cloud_model_behind_a_plain_name_is_refused() -> None:
    """A model with a remote host is refused, and no mail was sent."""
    async with OllamaServer(cloud_models=frozenset({MODEL})) as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        with pytest.raises(EngineError, match="your own machines"):
            await model.complete(PROMPT)
        assert await model.installed() == ()
        await model.aclose()

    assert server.chats == []


async def test_another_host_takes_over() -> None:
    """With two hosts the mail of a failing one goes to the other, and it is drained meanwhile."""
    async with OllamaServer(fault="runner") as bad, OllamaServer() as good:
        model = OllamaModel(MODEL, hosts=[bad.url, good.url])
        done = [await model.complete(PROMPT) for _ in range(4)]
        await model.aclose()

    assert {d.host for d in done} == {good.url}
    assert len(bad.chats) == 1


async def test_restarted_server_needs_no_restart_of_ours(server: OllamaServer, model: OllamaModel) -> None:
    """A server that goes and comes back is used again by the same client."""
    await model.complete(PROMPT)
    await server.__aexit__()
    with pytest.raises(ModelUnavailable):
        await model.complete(PROMPT)
    await server.__aenter__()
    assert (await model.complete(PROMPT)).finish == "stop"


async def test_no_more_requests_than_slots() -> None:
    """A server with two slots never has three questions."""
    async with OllamaServer(slots=8, latency=0.01) as server:
        model = OllamaModel(MODEL, hosts=[server.url], slots=2)
        await asyncio.gather(*(model.complete(PROMPT) for _ in range(10)))
        await model.aclose()

    assert server.most_busy == 2


HUGE = {
    "1 MB": mail("word " * 200_000),
    "10,000 recipients": mail(to=tuple(Address(name=f"P {n}", addr=f"p{n}@example.org") for n in range(10_000))),
    "all emoji": mail("😀" * 100_000, subject="😀" * 900, header_from=(Address(name="😀" * 500, addr="a@b.example"),)),
}


@pytest.mark.parametrize("version", ["0.9.0", "0.13.1"])
@pytest.mark.parametrize("name", HUGE)
async def test_instructions_arrive_whatever_the_mail(name: str, version: str) -> None:
    """The server received the whole instructions and counted fewer tokens than its context, old servers too."""
    async with OllamaServer(version=version, models={MODEL: 4096}) as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        assert await read(model, HUGE[name])
        await model.aclose()
    messages = server.chats[-1]["messages"]

    assert messages[0] == {"role": "system", "content": load_version(READING).system}
    assert messages[1]["content"].startswith("SETTINGS")
    assert messages[1]["content"].count("-----BEGIN MAIL ") == messages[1]["content"].count("-----END MAIL ") == 1
    assert server.counted[-1] < 4096


async def test_silent_cut_of_an_old_server_is_noticed() -> None:
    """A prompt that fills the context to the brim was cut: 200 or not, it is refused."""
    async with OllamaServer(version="0.9.0", models={MODEL: 4096}) as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        with pytest.raises(PromptTooLarge):
            await model.complete(Prompt(system="s", user="word " * 9000, schema=READING_SCHEMA, max_tokens=900))
        await model.aclose()


def test_client_survives_several_loops() -> None:
    """One client works under one `asyncio.run` after the other."""

    async def ask(model: OllamaModel, server: OllamaServer) -> str:
        async with server:
            done = await model.complete(PROMPT)
            await model.aclose()
        return done.finish

    server = OllamaServer()
    model = OllamaModel(MODEL, hosts=[server.url])
    assert [asyncio.run(ask(model, server)) for _ in range(2)] == ["stop", "stop"]


async def test_timeout_is_kept(server: OllamaServer, model: OllamaModel) -> None:
    """A server that hangs costs the configured time, not more."""
    await model.complete(PROMPT)
    server.fault = "hang"
    start = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"within 0\.5 seconds"):
        await model.complete(PROMPT)
    assert time.monotonic() - start < 8
