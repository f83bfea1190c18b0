"""The second pass: who gets a reply draft, in what order, and what becomes of it when the model is away."""

from __future__ import annotations

import asyncio

from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.values.job import JobState
from glassdome.values.preferences import Preferences
from tests.contract.store.simulation import SimulatedEngine
from tests.samples import NOON, a_ref, jobs
from tests.unit.pipeline.bench import ANN, Bench

DRAFTS = Settings(concurrent_jobs=1, llm_batch_size=2, engine_drafts=True)


async def _wishes(bench: Bench, *, drafts: bool = True, model: bool = True) -> None:
    wishes = Preferences(username=ANN, chosen=True, drafts=drafts, model=model)
    await bench.database.preferences.set_preferences(wishes, now=NOON)


def _watch(bench: Bench) -> list[str]:
    """Note the order of the calls."""
    calls: list[str] = []

    class Noting(SimulatedEngine):
        async def read(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            calls.append("read")
            return await super().read(*args, **kwargs)

        async def draft(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            calls.append("draft")
            return await super().draft(*args, **kwargs)

    bench.engine = Noting(latency=0.0, cut=bench.engine.cut)
    return calls


async def test_drafts_come_after_the_analyses(bench: Bench) -> None:
    """First every message is read, then each draft is written, stored, and counted apart."""
    await _wishes(bench)
    bench.settings, calls = DRAFTS, _watch(bench)
    await bench.database.queue.enqueue(jobs(1, 2, 3), now=NOON)
    await bench.worker().run_until_idle()
    found = await bench.database.analyses.get(a_ref(2))
    assert found is not None
    assert calls == ["read"] * 3 + ["draft"] * 3
    assert found.verdict.auto_reply_suggestion == "I will send them on Monday."
    assert (found.verdict.usage.calls, found.verdict.usage.drafts, found.verdict.usage.tokens_in) == (1, 1, 1200)
    assert (await bench.job(2)).state is JobState.DONE
    text = bench.metrics.text().decode()
    assert 'glassdome_model_calls_total{model="simulated:1",outcome="draft"} 3.0' in text


async def test_nobody_gets_a_draft_unasked(bench: Bench) -> None:
    """Neither where the setting is off, nor where the owner did not ask."""
    calls = _watch(bench)
    await _wishes(bench)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    await _wishes(bench, drafts=False)
    bench.settings = DRAFTS
    await bench.database.queue.enqueue(jobs(2), now=NOON)
    await bench.worker().run_until_idle()
    assert calls == ["read", "read"]


async def test_a_mailbox_without_models_gets_no_draft(bench: Bench) -> None:
    """The owner switched language models off: none writes, although drafts were chosen before."""
    calls = _watch(bench)
    await _wishes(bench, model=False)
    bench.settings = DRAFTS
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    assert "draft" not in calls


async def test_a_draft_that_cannot_be_written_costs_nothing_else(bench: Bench) -> None:
    """The model goes away between the passes: the draft is tried again, then given up, and the analysis stays."""
    await _wishes(bench)
    clock = bench.clock = FixedClock(NOON)
    bench.settings = DRAFTS

    class Leaving(SimulatedEngine):
        async def read(self, *args, **kwargs):  # type: ignore[no-untyped-def]
            opinion = await super().read(*args, **kwargs)
            await asyncio.to_thread(self.cut.touch)
            return opinion

    bench.engine = Leaving(latency=0.0, cut=bench.engine.cut)
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    for _ in range(4):
        await bench.worker().run_until_idle()
        clock.advance(3600)
    found, job = await bench.database.analyses.get(a_ref(1)), await bench.job(1)
    assert found is not None
    assert (found.verdict.model, found.verdict.auto_reply_suggestion) == ("simulated:1", None)
    assert (job.state, job.reason) == (JobState.DONE, "draft")
