"""The whole engine on a real llama.cpp with random weights: whatever it writes, the opinion is valid or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glassdome.core import limits
from glassdome.core.errors import OutputInvalid
from glassdome.demo.samples import DemoMail, samples
from glassdome.engine.builtin.categories import CATEGORIES
from glassdome.engine.llm import LlmEngine
from glassdome.engine.llm.schema import SENSITIVE_TYPES
from glassdome.integrations.llamacpp import LlamaCpp
from glassdome.parse import parse_message
from glassdome.pipeline.process import examine
from glassdome.values.context import Context
from glassdome.values.role import FULL
from glassdome.verdict import decide, load_weights
from tests.servers.tiny_gguf import make_tiny_gguf

SAMPLES = list(samples())[:8]
CONTEXT = Context(now=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose answers are drawn at random."""
    return make_tiny_gguf(tmp_path_factory.mktemp("gguf") / "random.gguf", context=8192)


@pytest.fixture
async def engine(weights: Path) -> AsyncIterator[LlmEngine]:
    """The engine on it."""
    engine = LlmEngine(LlamaCpp(weights, temperature=0.8), name="llamacpp", mail_chars=300)
    yield engine
    await engine.aclose()


@pytest.fixture(params=SAMPLES, ids=lambda s: s.name)
def sample(request: pytest.FixtureRequest) -> DemoMail:
    """One sample mail."""
    found: DemoMail = request.param
    return found


@pytest.fixture
def examined(sample: DemoMail) -> tuple[object, object]:
    """The mail and what the pure stages say of it, made outside the loop."""
    load_weights()
    message = parse_message(sample.raw)
    return message, examine(message, CONTEXT)


async def test_nonsense_is_valid_or_refused(engine: LlmEngine, examined: tuple[object, object]) -> None:
    """Every field within its bounds, every quotation from the mail; or a degraded verdict, never a crash."""
    message, found = examined
    parts = {"signals": found.signals, "sensitive": found.sensitive, "builtin": found.builtin, "context": CONTEXT}  # type: ignore[attr-defined]
    opinion, reason = None, ""
    try:
        opinion = await engine.read(message, **parts)  # type: ignore[arg-type]
    except OutputInvalid as exc:
        reason = exc.code
    verdict = decide(message, opinion=opinion, grant=FULL, degraded_reason=reason, **parts)  # type: ignore[arg-type]

    assert verdict.degraded == (opinion is None)
    if opinion is not None:
        assert 0 <= opinion.phishing <= 1
        assert 1 <= opinion.priority_score <= 10
        assert set(opinion.categories) <= set(CATEGORIES)
        assert set(opinion.sensitive_types) <= set(SENSITIVE_TYPES)
        assert len(opinion.summary) <= limits.MAX_SUMMARY_CHARS
        assert opinion.usage.calls == 1
