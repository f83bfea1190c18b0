"""Servers that speak most of Ollama's or OpenAI's interface, and count in their own way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glassdome.core.errors import EngineError, OutputInvalid, PromptTooLarge
from glassdome.engine.builtin.language import language_of
from glassdome.engine.llm.decode import decode
from glassdome.engine.llm.engine import LlmEngine
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.integrations.ollama import OllamaModel
from glassdome.integrations.openai_server import OpenAiServer
from glassdome.ports.model import Completion, ModelFacts, Prompt
from tests.servers.model_answers import answer_of, reading
from tests.servers.ollama_server import OllamaServer
from tests.servers.openai_server import OpenAiTestServer
from tests.unit.engine_llm.mails import BUILTIN, context, mail

MODEL = "llama3.2:3b"
PROMPT = Prompt(system="Answer.", user="A mail.", schema=READING_SCHEMA, max_tokens=900)


@pytest.fixture(autouse=True, scope="session")
def _language_model_loaded() -> None:
    """The language recogniser reads its file once, before any loop runs."""
    language_of("Some words.")


@pytest.mark.parametrize("route", ["/api/ps", "/api/version"])
async def test_a_part_of_the_api_is_missing(route: str) -> None:
    """404 for a question about the server is not a missing model."""
    async with OllamaServer(missing_routes=frozenset({route})) as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        done = await model.complete(PROMPT)
        await model.aclose()

    assert done.finish == "stop"


async def test_a_proxy_before_servers_of_which_one_has_not_the_model() -> None:
    """The question is sent once more, and another server answers it."""
    async with OllamaServer() as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        await model.complete(PROMPT)
        server.absent_once = True
        done = await model.complete(PROMPT)
        await model.aclose()

    assert (done.finish, len(server.chats)) == ("stop", 3)


@pytest.mark.parametrize(
    ("template", "refused"), [("{{ .Prompt }}", True), ("{{.Prompt}}\n", True), ("{{ .System }}{{ .Prompt }}", False)]
)
async def test_a_model_without_chat_template_is_refused(template: str, refused: bool) -> None:
    """A base model continues the prompt: doctor and `models test`, which ask for its facts, say so."""
    async with OllamaServer(template=template) as server:
        model = OllamaModel(MODEL, hosts=[server.url])
        if refused:
            with pytest.raises(EngineError, match="no chat template"):
                await model.facts()
        else:
            assert (await model.facts()).model == MODEL
        await model.aclose()


@pytest.mark.parametrize("strict", [False, True])
async def test_thinking_is_switched_off_where_the_server_knows_how(strict: bool) -> None:
    """`enable_thinking` is sent; a server that refuses the field is not sent it again."""
    async with OpenAiTestServer(strict=strict) as server:
        model = OpenAiServer(server.url)
        for _ in range(2):
            await model.complete(PROMPT)
        await model.aclose()
    sent = [body.get("chat_template_kwargs") for body in server.chats]

    off = {"enable_thinking": False}
    assert sent == ([off, None, None] if strict else [off, off])


async def test_temperature_is_sent() -> None:
    """The setting reaches both interfaces."""
    async with OpenAiTestServer() as server, OllamaServer() as ollama:
        models = [OpenAiServer(server.url, temperature=0.7), OllamaModel(MODEL, hosts=[ollama.url], temperature=0.7)]
        for model in models:
            await model.complete(PROMPT)
            await model.aclose()

    assert (server.chats[0]["temperature"], ollama.chats[0]["options"]["temperature"]) == (0.7, 0.7)


@pytest.mark.parametrize("opened", ["<think>", ""])
@pytest.mark.parametrize("length", [10, 100_000])
def test_thoughts_of_any_length_are_dropped(opened: str, length: int) -> None:
    """A lone closing mark, as of templates that open the thoughts themselves, and long thoughts, are no fault."""
    text = f"{opened}{'hm ' * (length // 3)}</think>\n{json.dumps(reading())}"

    assert decode(text, READING_SCHEMA)["priority"] == 5


def test_an_answer_behind_thoughts_is_bounded_all_the_same() -> None:
    """Too long is too long."""
    with pytest.raises(OutputInvalid, match="too long"):
        decode(f"</think>{json.dumps(reading(summary='a' * 100_000))}", READING_SCHEMA)


class Counting:
    """A model that counts the tokens of its prompt as the test says."""

    name = "counting"

    def __init__(self, counts: list[int]) -> None:
        self.counts, self.asked = counts, 0

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer with the next count."""
        counted = self.counts[min(self.asked, len(self.counts) - 1)]
        self.asked += 1
        text = answer_of(prompt.system, prompt.user)
        return Completion(text=text, model=self.name, finish="stop", tokens_in=counted, tokens_out=90, seconds=0.1)

    async def facts(self) -> ModelFacts:
        """Return a large context."""
        return ModelFacts(model=self.name, context_tokens=32_768)

    async def aclose(self) -> None:
        """Nothing is open."""


async def read(engine: LlmEngine) -> Any:
    """Read a long mail."""
    long = mail(text="We meet on Monday about the plans for the house. " * 600)
    return await engine.read(long, signals=(), sensitive=(), builtin=BUILTIN, context=context())


@pytest.mark.parametrize(("counts", "asked"), [([12], 1), ([40, 41, 12], 1), ([600, 400], 2)])
async def test_few_tokens_counted_are_no_cut(counts: list[int], asked: int) -> None:
    """Counts below any context, or that follow the prompt, are the server's way of counting; it is learned once."""
    model = Counting(counts)
    engine = LlmEngine(model, name="ollama", mail_chars=100_000)
    await read(engine)
    assert model.asked == asked
    await read(engine)
    assert model.asked == asked + 1


async def test_the_same_few_tokens_each_time_are_a_cut() -> None:
    """A server whose context is smaller than it says fills it each time."""
    engine = LlmEngine(Counting([512]), name="ollama", mail_chars=100_000)
    with pytest.raises(PromptTooLarge):
        await read(engine)
