"""Never worse than without: whatever a model says, no verdict on the sample mails is worse than the built-in one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glassdome.core.clock import FixedClock
from glassdome.demo.samples import AUTHSERV_ID, samples
from glassdome.engine.llm import LlmEngine
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw, warm_up
from glassdome.values.refs import MessageRef
from tests.servers.scripted_models import BAD_MODELS, ScriptedModel

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JUDGEMENT = (
    "label", "is_phishing", "phishing_score", "spam_score", "phishing_reasons", "summary", "categories", "tags",
    "priority_score", "action_items", "auto_reply_suggestion", "language", "attention",
)  # fmt: skip

#: Read before any loop runs.
SAMPLES = list(samples())


@pytest.mark.parametrize("kind", BAD_MODELS)
async def test_a_model_without_a_role_changes_no_verdict(kind: str) -> None:
    """Not one field of one sample mail."""
    await warm_up()
    engine = LlmEngine(ScriptedModel(BAD_MODELS[kind]), name="ollama")
    context, alone = for_file(now=NOW), JudgeOptions(authserv_ids=frozenset({AUTHSERV_ID}), clock=FixedClock(NOW))
    asked = JudgeOptions(engine=engine, authserv_ids=alone.authserv_ids, clock=alone.clock)
    for uid, sample in enumerate(SAMPLES, 1):
        ref = MessageRef(mailbox="", folder="", uid_validity=1, uid=uid)
        without = (await analyze_raw(sample.raw, ref, context, options=alone)).verdict
        told = (await analyze_raw(sample.raw, ref, context, options=asked)).verdict
        changed = [name for name in JUDGEMENT if getattr(told, name) != getattr(without, name)]
        assert (sample.name, changed, told.model_role) == (sample.name, [], "none")
