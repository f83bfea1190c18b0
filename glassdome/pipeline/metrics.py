"""Feeds the metrics: verdicts by class, model calls with their tokens, errors by code."""

from __future__ import annotations

from glassdome.core.errors import GlassdomeError
from glassdome.core.metrics import Metrics
from glassdome.pipeline.process import Judged
from glassdome.values.opinion import Usage

__all__ = ["observe_model", "observe_verdict"]


def observe_verdict(metrics: Metrics, judged: Judged) -> None:
    """Count a stored verdict."""
    verdict = judged.analysis.verdict
    metrics.verdicts.labels(verdict.label.value, verdict.engine, str(verdict.degraded).lower()).inc()
    for reason in verdict.refused:
        metrics.model_texts_refused.labels("summary", reason).inc()


def observe_model(metrics: Metrics, model: str, usage: Usage, error: GlassdomeError | None) -> None:
    """Count what one message cost; its outcomes are `analysis`, `repair`, `draft`, `thread`, or the code of the error."""
    spent = usage
    if error is not None:
        metrics.errors.labels(error.code).inc()
        metrics.model_calls.labels(model, error.code).inc()
        spent = error.facts.get("usage", usage)
    counted = {"analysis": spent.calls, "repair": spent.repairs, "draft": spent.drafts}
    for outcome, number in counted.items():
        if number and error is None:
            metrics.model_calls.labels(model, outcome).inc(number)
    if spent.seconds:
        metrics.model_seconds.labels(model).observe(spent.seconds)
    for direction, tokens in (("in", spent.tokens_in), ("out", spent.tokens_out)):
        if tokens:
            metrics.model_tokens.labels(model, direction).inc(tokens)
