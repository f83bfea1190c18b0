"""A whole evaluation: every function that the corpus has labels for, as one JSON value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, TypeVar

from glassdome import __version__
from glassdome_lab.evaluation.function_names import FUNCTIONS
from glassdome_lab.evaluation.functions.classes import (
    measure_classes,
    measure_cost,
    measure_languages,
    measure_priority,
)
from glassdome_lab.evaluation.functions.follow_up import measure_follow_up
from glassdome_lab.evaluation.functions.injection import measure_injection
from glassdome_lab.evaluation.functions.phishing import measure_phishing
from glassdome_lab.evaluation.functions.priorities import measure_moves
from glassdome_lab.evaluation.functions.sensitive import measure_sensitive
from glassdome_lab.evaluation.functions.understanding import measure_categories, measure_intent, measure_summaries
from glassdome_lab.evaluation.runner import Runner
from glassdome_lab.evaluation.samples import Corpus, LanguageSample

__all__ = ["Evaluation", "EvaluationPlan", "evaluate", "shipped_languages"]

#: Legitimate mails on which it is tried what moves their priority.
_MOVED: Final = 100
Evaluation = dict[str, Any]
S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """The plan of an evaluation: `limit` takes that many samples of each kind, the same ones each time."""

    corpus_name: str
    engine: str
    model: str = ""
    prompt_version: str = ""
    functions: Collection[str] = FUNCTIONS
    limit: int | None = None


def evaluate(corpus: Corpus, *, runner: Runner, plan: EvaluationPlan, now: datetime) -> Evaluation:
    """Measure what the plan asks for; a function without labelled samples is left out."""
    measured: dict[str, Any] = {}
    for names, measure in _PARTS:
        wanted = [name for name in names if name in plan.functions]
        if wanted:
            measured |= {name: figures for name, figures in measure(corpus, runner, plan).items() if name in wanted}
    return {
        "glassdome": __version__,
        "engine": plan.engine,
        "model": plan.model,
        "prompt_version": plan.prompt_version,
        "corpus": plan.corpus_name,
        "counts": corpus.counts,
        "limit": plan.limit,
        "created": now.isoformat(timespec="seconds"),
        "functions": {name: measured[name] for name in FUNCTIONS if measured.get(name)},
    }


def shipped_languages() -> tuple[LanguageSample, ...]:
    """Return the hand-written sentences that come with the package, for corpora without labelled languages."""
    text = files("glassdome_lab.evaluation").joinpath("languages.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return tuple(
        LanguageSample(id=f"shipped#{number}", text=row["text"], language=row["language"])
        for number, row in enumerate(rows)
    )


def limited(samples: Sequence[S], limit: int | None, ident: Callable[[S], str]) -> list[S]:
    """Return at most `limit` samples, chosen by the hash of their ids, in their own order."""
    if limit is None or len(samples) <= limit:
        return list(samples)
    chosen = set(sorted((ident(s) for s in samples), key=lambda i: hashlib.sha256(i.encode()).digest())[:limit])
    return [s for s in samples if ident(s) in chosen]


def _mail(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    records = runner.records("mail", limited(corpus.mail, plan.limit, lambda s: s.id))
    priority = measure_priority(records)
    if priority and "priority" in plan.functions:
        ham = [sample for sample in corpus.mail if sample.label == "ham"]
        priority["moves"] = measure_moves(limited(ham, min(plan.limit or _MOVED, _MOVED), lambda s: s.id))
    return {
        "phishing": measure_phishing(records),
        "classes": measure_classes(records),
        "priority": priority,
        "cost": measure_cost(records),
    }


def _categories(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    samples = limited(corpus.categories, plan.limit, lambda s: s.id)
    return {"categories": measure_categories(runner.records("categories", samples), samples)}


def _intent(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    samples = limited(corpus.intent, plan.limit, lambda s: s.id)
    return {"intent": measure_intent(runner.records("intent", samples), samples)}


def _sensitive(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    if not corpus.sensitive:
        return {}
    samples = limited(corpus.sensitive, plan.limit, lambda s: s.id)
    return {"sensitive": measure_sensitive(runner.records("sensitive", samples), samples)}


def _summaries(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    samples = limited(corpus.summaries, plan.limit, lambda s: s.id)
    return {"summaries": measure_summaries(runner.records("summaries", samples), samples)}


def _languages(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    samples = limited(corpus.languages or shipped_languages(), plan.limit, lambda s: s.id)
    records = runner.records("languages", samples)
    return {"languages": measure_languages(records, {s.id: s.language for s in samples})}


def _injection(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    samples = limited(corpus.injection, plan.limit, lambda s: s.id)
    return {"injection": measure_injection(runner.records("injection", samples))}


def _follow_up(corpus: Corpus, runner: Runner, plan: EvaluationPlan) -> dict[str, Any]:
    samples = limited(corpus.threads, plan.limit, lambda s: str(s.label["thread"]))
    return {"follow-up": measure_follow_up(samples)}


_PARTS: Final = (
    (("phishing", "classes", "priority", "cost"), _mail),
    (("categories",), _categories),
    (("intent",), _intent),
    (("sensitive",), _sensitive),
    (("summaries",), _summaries),
    (("languages",), _languages),
    (("injection",), _injection),
    (("follow-up",), _follow_up),
)
