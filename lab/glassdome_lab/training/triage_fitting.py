"""Training of the models of category and attention: labelled mails in, two small linear models in one file out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.engine.builtin.triage import BUCKETS, LADDER, TEXT_WORTH, TriageModel, write_triage_model
from glassdome_lab.training.triage_data import TriageSample

__all__ = ["LEARNED", "TriageFigures", "cross_validated", "fit_triage", "train_triage"]

#: The categories that are learned; those of header fields (lists, bounces, automatic answers) are not.
LEARNED: Final = (
    "security", "meeting", "invoice", "order", "delivery", "travel", "payment", "job", "legal", "support", "health",
    "education", "social", "newsletter", "promotion", "notification", "work", "personal", "account", "receipt", "finance",
    "calendar",
)  # fmt: skip
#: Penalties of facts and of words, steps of the search, and mails in which a fact or word stands at least.
_PENALTIES: Final = (0.5, 1.0)
_STEPS: Final = 30
_LEAST: Final = 3
#: Share of the label that a person put first; the rest goes to the others that were accepted.
_FIRST: Final = 0.6
_FOLDS: Final = 5
_SEED: Final = 7

TriageFigures = dict[str, float]
_Loss = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]


def train_triage(samples: Sequence[TriageSample], out: Path) -> TriageModel:
    """Fit on all samples and write `out`."""
    model = fit_triage(samples)
    write_triage_model(model, out)
    return model


def fit_triage(samples: Sequence[TriageSample]) -> TriageModel:
    """Return the models of these samples."""
    counted = Counter(name for sample in samples for name in sample.seen.facts)
    facts = {name: row for row, name in enumerate(sorted(name for name, n in counted.items() if n >= _LEAST))}
    features, weights = _features(samples, facts), np.array([sample.weight for sample in samples])
    kept = _kept(features, len(facts))
    penalties = np.where(kept < len(facts), *_PENALTIES)
    targets = np.array([_target(sample.categories) for sample in samples])
    steps = np.array([LADDER.index(sample.attention) if sample.attention else -1 for sample in samples])
    named, rated = targets.sum(axis=1) > 0, steps >= 0
    thin = features[:, kept].tocsr()
    by_name = _fit(thin[named], targets[named], weights[named], penalties, shared=True)
    above = (steps[:, None] >= np.arange(1, len(LADDER))).astype(np.float64)
    by_step = _fit(thin[rated], above[rated], weights[rated], penalties, shared=False)
    table = np.zeros((features.shape[1], len(LEARNED) + len(LADDER) - 1))
    table[kept] = np.hstack([by_name[:-1], by_step[:-1]])
    return _small(table, np.concatenate([by_name[-1], by_step[-1]]), facts)


def _small(table: NDArray[np.float64], bias: NDArray[np.float64], facts: Mapping[str, int]) -> TriageModel:
    told, told_scale = _eighths(table[: len(facts)])
    words, words_scale = _eighths(table[len(facts) :])
    return TriageModel(
        categories=LEARNED, facts=facts, told=told, told_scale=told_scale, words=words, words_scale=words_scale,
        bias=bias.astype(np.float32),
    )  # fmt: skip


def _eighths(table: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)


def _features(samples: Sequence[TriageSample], facts: Mapping[str, int]) -> Any:
    from scipy import sparse

    columns, values, ends = [], [], [0]
    for sample in samples:
        told = [(facts[name], value) for name, value in sample.seen.facts.items() if name in facts]
        columns.append(np.array([column for column, _ in told], dtype=np.int64))
        values.append(np.array([value for _, value in told], dtype=np.float64))
        for numbers in (sample.seen.text, sample.seen.subject):
            columns.append(len(facts) + numbers)
            values.append(np.full(len(numbers), TEXT_WORTH / max(len(numbers), 1) ** 0.5))
        ends.append(ends[-1] + sum(map(len, columns[-3:])))
    shape = (len(samples), len(facts) + BUCKETS)
    return sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), np.array(ends)), shape=shape)


def _kept(features: Any, facts: int) -> NDArray[np.int64]:
    """Return the columns of all facts, and of the words that stand in enough mails."""
    often = np.asarray((features != 0).sum(axis=0)).ravel()
    everything = np.arange(features.shape[1])
    return everything[(everything < facts) | (often >= _LEAST)]


def _target(categories: Sequence[str]) -> list[float]:
    known = [name for name in categories if name in LEARNED]
    # That a program wrote is true of most mail; it is learned only where nothing more is to be said.
    known = known[:1] + [name for name in known[1:] if name != "notification"]
    shares = dict.fromkeys(known[1:], (1 - _FIRST) / max(len(known) - 1, 1))
    shares |= {name: _FIRST if len(known) > 1 else 1.0 for name in known[:1]}
    return [shares.get(name, 0.0) for name in LEARNED]


def _fit(
    features: Any, targets: NDArray[np.float64], weights: NDArray[np.float64], penalties: NDArray[np.float64], *, shared: bool
) -> NDArray[np.float64]:  # fmt: skip
    """Return the weights, the bias in the last row: of one softmax where the columns are `shared`, else each of its own."""
    from scipy.optimize import minimize

    size = (features.shape[1] + 1, targets.shape[1])
    loss = _loss(features, targets, weights, penalties, shared=shared)
    options = {"maxiter": _STEPS, "maxcor": 8}
    found = minimize(loss, np.zeros(size).ravel(), jac=True, method="L-BFGS-B", options=options).x
    return np.asarray(found, dtype=np.float64).reshape(size)


def _loss(
    features: Any, targets: NDArray[np.float64], weights: NDArray[np.float64], penalties: NDArray[np.float64], *, shared: bool
) -> _Loss:  # fmt: skip
    turned, share = features.T.tocsr(), weights[:, None]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table = flat.reshape(features.shape[1] + 1, -1)
        odds = features @ table[:-1] + table[-1]
        if shared:
            odds -= odds.max(axis=1, keepdims=True)
            chances = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
            told = -(share * targets * np.log(chances + 1e-12)).sum()
        else:
            chances = 1 / (1 + np.exp(-odds))
            told = (share * (np.logaddexp(0, odds) - targets * odds)).sum()
        slope = share * (chances - targets)
        total = told + 0.5 * (penalties[:, None] * table[:-1] ** 2).sum()
        return float(total), np.vstack([turned @ slope + penalties[:, None] * table[:-1], slope.sum(axis=0)]).ravel()

    return loss


def cross_validated(
    samples: Sequence[TriageSample], *, by: Callable[[TriageSample], str] | None = None
) -> TriageFigures:
    """Return how often models that did not learn from a mail's group (or what `by` says) are right on it.

    Written mails help to learn and are never judged.
    """
    key = by or (lambda sample: sample.group)
    judged = sorted({key(sample) for sample in samples if not sample.written})
    np.random.default_rng(_SEED).shuffle(judged)
    fold = {name: number if by else number % _FOLDS for number, name in enumerate(judged)}
    hits: Counter[str] = Counter()
    for number in sorted(set(fold.values())):
        model = fit_triage([s for s in samples if s.written or fold[key(s)] != number])
        for sample in samples:
            if not sample.written and fold[key(sample)] == number:
                hits.update(_hits(model, sample))
    shares = {"category": "named", "exact": "rated", "within_one": "rated"}
    return {name: hits[name] / max(hits[of], 1) for name, of in shares.items()}


def _hits(model: TriageModel, sample: TriageSample) -> list[str]:
    chances = model.chances(sample.seen)
    step = max(chances.attention, key=chances.attention.__getitem__)
    hits = ["named", *["category"] * (max(chances.categories, key=chances.categories.__getitem__) in sample.categories)]
    if sample.attention:
        away = abs(LADDER.index(step) - LADDER.index(sample.attention))
        hits += ["rated", *["exact"] * (away == 0), *["within_one"] * (away <= 1)]
    return hits
