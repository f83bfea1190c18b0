"""Engines of plugins: chosen by name, fenced like a model server that may go away."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glassdome.bootstrap import models
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import analyze_raw
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef
from glassdome.values.role import FULL
from tests.integration.plugins.conftest import MAIL, Install, distribution

ANSWER = {
    "language": "en", "summary": "Ann names a ticket for the summer fair.", "phishing_reasons": [], "action_items": [],
    "sensitive_types": [], "categories": ["personal"], "tags": ["fair"], "spam": 1, "phishing": 1, "priority": 4,
}  # fmt: skip


def judged(settings: Settings) -> Analysis:
    """Judge the mail with the engine of the settings."""
    context = for_file(now=datetime(2026, 11, 29, 12, tzinfo=UTC))
    ref = MessageRef(mailbox="", folder="x", uid_validity=0, uid=0)

    async def work() -> Analysis:
        async with models.open_engine(settings) as engine:
            options = await asyncio.to_thread(
                models.judge_options, settings, engine=engine, clock=SystemClock(), grant=FULL
            )
            return await analyze_raw(MAIL, ref, context, options=options)

    return asyncio.run(work())


def program(folder: Path, text: str) -> str:
    """Write a program that reads a request and answers with a text."""
    path = folder / "answer"
    path.write_text(f"#!/bin/sh\ncat >/dev/null\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_the_example_reads_mail(example: Path, on_path: Install, tmp_path: Path) -> None:
    """The answer of its program is the opinion in the analysis."""
    on_path(example)
    answer = program(tmp_path, f"echo '{json.dumps(ANSWER)}'")
    found = judged(Settings(engine="program", model=answer))

    assert found.opinion is not None
    assert ("program", "answer", False) == (found.opinion.engine, found.opinion.model, found.verdict.degraded)
    assert ANSWER["summary"] == found.verdict.summary


def test_an_engine_that_fails_degrades_the_verdict(example: Path, on_path: Install, tmp_path: Path) -> None:
    """Mail is judged by the built-in engine, as with a model server that is away."""
    on_path(example)
    found = judged(Settings(engine="program", model=program(tmp_path, "exit 3")))

    assert (True, "ham") == (found.verdict.degraded, found.verdict.label)


@pytest.mark.parametrize(
    "code",
    [
        "raise RuntimeError('oops')",
        "import sys\nsys.exit(3)",
        "PART = 5",
        "def PART(settings):\n    raise RuntimeError('oops')",
        "def PART(settings):\n    return None",
        "class Model:\n    name = 'x'\n    async def complete(self, prompt):\n        raise KeyError('oops')\n"
        "    async def facts(self):\n        raise SystemExit(3)\n"
        "    async def aclose(self):\n        raise KeyError('oops')\n"
        "def PART(settings):\n    return Model()",
    ],
)
def test_a_broken_engine_ends_nothing(on_path: Install, tmp_path: Path, code: str) -> None:
    """An exception at its import or later makes its model unavailable."""
    on_path(distribution(tmp_path, code, engines="broken_plugin:PART"))
    found = judged(Settings(engine="bad"))

    assert (True, "model_unavailable") == (found.verdict.degraded, found.verdict.degraded_reason)


def test_an_engine_that_hangs_is_left(on_path: Install, tmp_path: Path) -> None:
    """An answer has the time of GLASSDOME_MODEL_TIMEOUT, whatever the plugin waits for."""
    code = (
        "import asyncio\nfrom glassdome.ports.model import ModelFacts\n"
        "class Model:\n    name = 'x'\n    async def complete(self, prompt):\n        await asyncio.Event().wait()\n"
        "    async def facts(self):\n        return ModelFacts(model='x', context_tokens=8192)\n"
        "    async def aclose(self):\n        return\n"
        "def PART(settings):\n    return Model()"
    )
    on_path(distribution(tmp_path, code, engines="broken_plugin:PART"))

    assert judged(Settings(engine="bad", model_timeout=1)).verdict.degraded


def test_a_misspelt_engine_is_refused(example: Path, on_path: Install) -> None:
    """With the names there are."""
    on_path(example)

    with pytest.raises(
        ConfigError, match="must be builtin, ollama, openai, llamacpp or the name of an installed plugin"
    ):
        Settings(engine="progam")


def test_an_engine_that_is_off_is_not_used(example: Path, on_path: Install) -> None:
    """The error says which setting keeps it out."""
    on_path(example)

    with pytest.raises(ConfigError, match="GLASSDOME_PLUGINS_OFF"):
        judged(Settings(engine="program", model="/bin/true", plugins_off="program"))


def test_the_api_cannot_choose_a_plugin(example: Path, on_path: Install) -> None:
    """The code that reads the mail is for environment and config.yml."""
    on_path(example)

    assert "engine" in Settings().refused({"engine": "program"})
