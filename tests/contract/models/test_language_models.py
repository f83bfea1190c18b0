"""The conformance suite on every language model: Ollama, OpenAI-compatible, llama.cpp served and in process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from glassdome.core.errors import EngineError
from glassdome.engine.llm.schema import READING_SCHEMA, REPLY_SCHEMA
from glassdome.integrations.llamacpp import LlamaCpp
from glassdome.integrations.ollama import OllamaModel
from glassdome.integrations.openai_server import OpenAiServer
from glassdome.ports.model import LanguageModel, Prompt
from tests.contract.models.contracts_model import ModelContract
from tests.servers.ollama_server import OllamaServer
from tests.servers.openai_server import OpenAiTestServer
from tests.servers.tiny_gguf import make_tiny_gguf


class TestOllama(ModelContract):
    """Ollama's protocol, one slot."""

    @pytest.fixture
    async def model(self) -> AsyncIterator[LanguageModel]:
        async with OllamaServer() as server:
            model = OllamaModel("llama3.2:3b", hosts=[server.url])
            yield model
            await model.aclose()


class TestOldOllama(ModelContract):
    """An Ollama that ignores `truncate` and `shift` and cuts the prompt."""

    @pytest.fixture
    async def model(self) -> AsyncIterator[LanguageModel]:
        async with OllamaServer(version="0.9.0") as server:
            model = OllamaModel("llama3.2:3b", hosts=[server.url])
            yield model
            await model.aclose()


class TestOpenAiCompatible(ModelContract):
    """vLLM's protocol, concurrency learned."""

    @pytest.fixture
    async def model(self) -> AsyncIterator[LanguageModel]:
        async with OpenAiTestServer() as server:
            model = OpenAiServer(server.url)
            await model.facts()
            yield model
            await model.aclose()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights whose likeliest answer ends."""
    return make_tiny_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", end_bonus=6.0, context=4096)


class TestLlamaCppInProcess(ModelContract):
    """A real llama.cpp in its child process, held to the schema by its grammar."""

    @pytest.fixture
    async def model(self, tiny: Path) -> AsyncIterator[LanguageModel]:
        model = LlamaCpp(tiny, num_ctx=4096)
        yield model
        await model.aclose()


@pytest.fixture(scope="session")
def llama_server(tiny: Path) -> Iterator[str]:
    """A real llama.cpp behind its own OpenAI-compatible HTTP server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(tiny), "--n_ctx", "4096"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--model_alias", "tiny", "--verbose", "False"]
    log = tiny.with_suffix(".log")
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, env=dict(os.environ)) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/v1/models", server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.kill()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


class TestLlamaCppServer(ModelContract):
    """A real llama.cpp through HTTP and the official client."""

    counts_prompt = False

    @pytest.fixture
    async def model(self, llama_server: str) -> AsyncIterator[LanguageModel]:
        model = OpenAiServer(llama_server, concurrency=1, context_tokens=4096)
        await model.facts()
        yield model
        await model.aclose()


@pytest.mark.parametrize("schema", [READING_SCHEMA, REPLY_SCHEMA], ids=["reading", "reply"])
async def test_llama_cpp_takes_our_schemas(tiny: Path, schema: Mapping[str, Any]) -> None:
    """The real library compiles the grammar of each schema we ask for; the answer begins as the schema says."""
    model = LlamaCpp(tiny, num_ctx=4096)
    answer = await model.complete(Prompt(system="Answer.", user="Hello", schema=schema, max_tokens=24))
    await model.aclose()
    assert answer.text.startswith("{")


async def test_llama_cpp_refuses_a_grammar_without_a_crash(tiny: Path) -> None:
    """A schema that llama.cpp cannot hold an answer to is an error, not the end of the process."""
    model = LlamaCpp(tiny, num_ctx=4096)
    schema = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 2_000}}, "required": ["a"]}
    with pytest.raises(EngineError, match="refuses the grammar"):
        await model.complete(Prompt(system="Answer.", user="Hello", schema=schema, max_tokens=24))
    await model.aclose()
