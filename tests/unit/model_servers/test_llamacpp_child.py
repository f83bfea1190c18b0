"""llama.cpp in its child process, with a real model of random weights: crashes, hangs and ends of the child."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from glassdome.core.errors import ModelBroke, ModelMissing, ModelTooSlow, ModelUnavailable
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.integrations.llamacpp import LlamaCpp
from glassdome.ports.model import Prompt
from tests.servers.tiny_gguf import make_tiny_gguf

PROMPT = Prompt(system="Answer.", user="A mail.", schema=READING_SCHEMA, max_tokens=8)


class Clock:
    """Time that a test passes."""

    now = 1000.0

    def __call__(self) -> float:
        """Return it."""
        return self.now


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model."""
    return make_tiny_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", context=2048)


@pytest.fixture
def clock() -> Clock:
    """The time of the rests."""
    return Clock()


@pytest.fixture
async def model(tiny: Path, clock: Clock) -> AsyncIterator[LlamaCpp]:
    """The model, loaded."""
    found = LlamaCpp(tiny, num_ctx=2048, threads=1, timeout=120, monotonic=clock)
    await found.facts()
    yield found
    await found.aclose()


def end(model: LlamaCpp, number: signal.Signals) -> None:
    """Send the child a signal."""
    assert model.process_id is not None
    os.kill(model.process_id, number)


async def test_a_crash_is_a_failed_answer(model: LlamaCpp, clock: Clock) -> None:
    """SIGSEGV ends the child and nothing else; the next question starts another one at once, later ones after rests."""
    end(model, signal.SIGSTOP)
    asked = asyncio.create_task(model.complete(PROMPT))
    while not model.alive:  # noqa: ASYNC110 (the request begins in a task of its own)
        await asyncio.sleep(0.005)
    end(model, signal.SIGSEGV)
    end(model, signal.SIGCONT)
    with pytest.raises(ModelBroke):
        await asked
    assert (await model.complete(PROMPT)).tokens_out > 0

    for _ in range(2):
        await model.facts()
        end(model, signal.SIGSTOP)
        asked = asyncio.create_task(model.complete(PROMPT))
        await asyncio.sleep(0)
        end(model, signal.SIGKILL)
        with pytest.raises(ModelBroke):
            await asked
    with pytest.raises(ModelUnavailable, match="ended 2 times and is started again in 2 seconds"):
        await model.complete(PROMPT)
    with pytest.raises(ModelUnavailable, match="started again"):
        await model.installed()
    clock.now += 3
    assert (await model.complete(PROMPT)).tokens_out > 0


async def test_a_hanging_child_is_killed(tiny: Path) -> None:
    """The timeout holds whatever the child does; the next question has another child."""
    model = LlamaCpp(tiny, num_ctx=2048, threads=1, timeout=0.3)
    await model.facts()
    first = model.process_id
    end(model, signal.SIGSTOP)
    with pytest.raises(ModelTooSlow, match=r"within 0\.3 seconds"):
        await model.complete(PROMPT)
    assert model.process_id is None
    await model.facts()
    assert model.process_id not in (None, first)
    await model.aclose()


async def test_a_stop_waits_for_no_answer(model: LlamaCpp) -> None:
    """An answer that is being written ends at once, as a server that is away: the mail is judged again later."""
    end(model, signal.SIGSTOP)
    asked = asyncio.create_task(model.complete(PROMPT))
    while not model.alive:  # noqa: ASYNC110 (the request begins in a task of its own)
        await asyncio.sleep(0.005)
    model.interrupt()
    with pytest.raises(ModelUnavailable, match="stops"):
        await asyncio.wait_for(asked, 20)
    with pytest.raises(ModelUnavailable, match="stops"):
        await model.complete(PROMPT)


async def test_a_question_that_is_cancelled_leaves_no_late_answer(model: LlamaCpp) -> None:
    """The answer to a question that was given up is never taken for that of the next."""
    end(model, signal.SIGSTOP)
    asked = asyncio.create_task(model.complete(PROMPT))
    while not model.alive:  # noqa: ASYNC110 (the request begins in a task of its own)
        await asyncio.sleep(0.005)
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)

    assert (await model.complete(PROMPT)).finish == "length"


async def test_what_llama_cpp_cannot_take_is_a_failed_answer(model: LlamaCpp) -> None:
    """With its reason; the child goes on."""
    child = model.process_id
    with pytest.raises(ModelUnavailable, match=r"llama\.cpp failed") as failed:
        await model.complete(replace(PROMPT, user="\ud800"))

    assert "surrogates" in failed.value.facts["reason"]
    assert (await model.complete(PROMPT)).finish == "length"
    assert model.process_id == child


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The child names the error, and is not taken for broken."""
    model = LlamaCpp(tmp_path / "none.gguf")
    with pytest.raises(ModelMissing, match="no GGUF file"):
        await model.facts()
    await model.aclose()
