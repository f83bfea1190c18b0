"""The metrics are fed, and the dashboard asks for no other ones."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

from glassdome.core.metrics import Metrics
from tests.samples import NOON, jobs
from tests.unit.pipeline.bench import Bench

DASHBOARD = Path(__file__).parents[3] / "deploy" / "grafana" / "glassdome.json"


async def test_what_a_worker_does_is_counted(bench: Bench) -> None:
    """Verdicts by class, stages, calls, tokens, answers' times, and errors by code."""
    await bench.database.queue.enqueue(jobs(1), now=NOON)
    await bench.worker().run_until_idle()
    await asyncio.to_thread(bench.engine.cut.touch)
    bench.source.errors[3] = RuntimeError("broken")
    await bench.database.queue.enqueue(jobs(2, 3), now=NOON)
    await bench.worker().run_until_idle()
    lines = dict(line.rsplit(" ", 1) for line in bench.metrics.text().decode().splitlines() if line[0] != "#")
    counted = {
        'glassdome_verdicts_total{degraded="false",engine="ollama",label="ham"}': "1.0",
        'glassdome_verdicts_total{degraded="true",engine="builtin",label="ham"}': "1.0",
        'glassdome_model_calls_total{model="simulated:1",outcome="analysis"}': "1.0",
        'glassdome_model_calls_total{model="simulated:1",outcome="model_unavailable"}': "1.0",
        'glassdome_model_tokens_total{direction="in",model="simulated:1"}': "900.0",
        'glassdome_model_tokens_total{direction="out",model="simulated:1"}': "120.0",
        'glassdome_errors_total{code="model_unavailable"}': "1.0",
        'glassdome_errors_total{code="internal_error"}': "1.0",
        'glassdome_stage_seconds_count{stage="parse"}': "2.0",
        'glassdome_stage_seconds_count{stage="model"}': "2.0",
    }
    assert {name: lines.get(name) for name in counted} == counted


def test_the_dashboard_names_only_what_there_is() -> None:
    """Each metric of a panel is one of ours, and each of ours has a panel."""
    found = json.loads(DASHBOARD.read_text())
    asked = " ".join(target["expr"] for panel in found["panels"] for target in panel["targets"])
    named = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in re.findall(r"glassdome_\w+", asked)}
    assert named == {family.name for family in Metrics().registry.collect()}
