"""OpenAI-compatible servers: formats found out once, failures told apart."""

from __future__ import annotations

import asyncio
import json

import pytest

from glassdome.core.errors import EngineError, ModelMissing, ModelUnavailable, OutputInvalid
from glassdome.engine.llm.decode import decode
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.integrations.openai_server import OpenAiServer
from glassdome.ports.model import Prompt
from tests.servers.openai_server import OpenAiFault, OpenAiTestServer

PROMPT = Prompt(system="Answer.", user="A mail.", schema=READING_SCHEMA, max_tokens=900)


@pytest.mark.parametrize(
    ("formats", "asked"),
    [
        ({"json_schema", "json_object"}, ["json_schema"] * 2),
        ({"json_object"}, ["json_schema", "json_object", "json_object"]),
        (set(), ["json_schema", "json_object", "json_object", None, None]),
    ],
)
async def test_format_is_found_out_once(formats: set[str], asked: list[str | None]) -> None:
    """The best format the server knows is used; without a schema on the wire it stands in the instructions."""
    async with OpenAiTestServer(formats=frozenset(formats)) as server:
        model = OpenAiServer(server.url)
        await model.complete(PROMPT)
        await model.complete(PROMPT)
        await model.aclose()

    assert [(body.get("response_format") or {}).get("type") for body in server.chats] == asked
    system = server.chats[-1]["messages"][0]["content"]
    assert (json.dumps(READING_SCHEMA, separators=(",", ":")) in system) == (not formats)


@pytest.mark.parametrize("fault", ["busy", "runner", "hang", "html"])
async def test_failing_server(fault: str) -> None:
    """A failure is temporary, and the next question works when it is over."""
    async with OpenAiTestServer() as server:
        model = OpenAiServer(server.url, timeout=3 if fault == "hang" else 60)
        await model.facts()
        server.fault = fault  # type: ignore[assignment]
        with pytest.raises(ModelUnavailable):
            await asyncio.wait_for(model.complete(PROMPT), 10)
        server.fault = ""
        server.released.set()
        assert (await model.complete(PROMPT)).finish == "stop"
        await model.aclose()


@pytest.mark.parametrize("fault", ["thinking", "parts", "in reasoning"])
async def test_the_answer_wherever_it_stands(fault: OpenAiFault) -> None:
    """Thoughts in front of the answer are no part of it; it may come in parts, or in the field for reasoning."""
    async with OpenAiTestServer(fault=fault) as server:
        model = OpenAiServer(server.url)
        done = await model.complete(PROMPT)
        await model.aclose()

    assert decode(done.text, READING_SCHEMA)["priority"] == 5


async def test_refusals_are_told_apart() -> None:
    """A wrong key, an unknown model, an empty answer, nobody there."""
    async with OpenAiTestServer(fault="unauthorized") as server:
        model = OpenAiServer(server.url)
        with pytest.raises(EngineError, match="GLASSDOME_OPENAI_KEY"):
            await model.complete(PROMPT)
        server.fault = "empty"
        with pytest.raises(OutputInvalid):
            await model.complete(PROMPT)
        await model.aclose()
        other = OpenAiServer(server.url, model="nosuch")
        with pytest.raises(ModelMissing, match="qwen"):
            await other.complete(PROMPT)
        await other.aclose()
    closed = OpenAiServer(OpenAiTestServer().url)
    with pytest.raises(ModelUnavailable):
        await closed.complete(PROMPT)
    await closed.aclose()
