"""Training of the request model: labelled sentences in, a small linear model out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.errors import InputError
from glassdome.engine.builtin.intent import rule_score
from glassdome.engine.builtin.request_classifier import (
    BUCKETS,
    RequestClassifier,
    word_features,
    write_request_classifier,
)
from glassdome.engine.builtin.words import load_concepts, words_of

__all__ = ["AskingReport", "train_asking"]

_INVERSE_PENALTY: Final = 6.0
_RULE_SCALE: Final = 0.5
_FOLDS: Final = 5
#: Probability from which on a sentence counts as asking: where F1 was best in cross-validation.
_LINE: Final = 0.42
_SEED: Final = 7

AskingReport = dict[str, float]


def train_asking(sentences: Path, out: Path, *, language: str = "en") -> AskingReport:
    """Train on JSON Lines (`text`, `intent_request`; gzip or plain) and write `out`; return cross-validated figures.

    The figures are precision, recall and f1 of the model, `rule_f1` of the phrases alone, and `sentences`.
    Raises InputError where the file holds no such lines.
    """
    from sklearn.model_selection import KFold

    texts, labels = _read(sentences)
    features, rules = _features(texts)
    chances = np.zeros(len(labels))
    for learn, judge in KFold(_FOLDS, shuffle=True, random_state=_SEED).split(labels):
        chances[judge] = _fit(features[learn], labels[learn]).predict_proba(features[judge])[:, 1]
    write_request_classifier(_asking(_fit(features, labels), language), out)
    figures = _figures(chances >= _LINE, labels)
    return {**figures, "rule_f1": _figures(rules >= 0.7, labels)["f1"], "sentences": float(len(labels))}


def _read(path: Path) -> tuple[list[str], NDArray[np.int64]]:
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [json.loads(line) for line in raw.decode("utf-8").splitlines()]
        return [str(row["text"]) for row in rows], np.array([int(row["intent_request"]) for row in rows])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is not JSON Lines with text and intent_request.") from error


def _features(texts: Sequence[str]) -> tuple[Any, NDArray[np.float64]]:
    from scipy import sparse

    concepts = load_concepts("requests.toml")
    rows, columns, values, rules = [], [], [], []
    for row, text in enumerate(texts):
        words = words_of(text)[:60]
        numbers = word_features(words, question="?" in text[-4:])
        rows += [row] * len(numbers)
        columns += numbers
        values += [len(numbers) ** -0.5] * len(numbers)
        rules.append(rule_score(text, words, concepts.find(words)))
    hashed = sparse.csr_matrix((values, (rows, columns)), shape=(len(texts), BUCKETS))
    told = np.array(rules)
    return sparse.hstack([hashed, sparse.csr_matrix(told[:, None] * _RULE_SCALE)]).tocsr(), told


def _fit(features: Any, labels: NDArray[np.int64]) -> Any:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return LogisticRegression(C=_INVERSE_PENALTY, max_iter=500).fit(features, labels)


def _asking(model: Any, language: str) -> RequestClassifier:
    weights = model.coef_[0]
    scale = float(max(np.abs(weights[:BUCKETS]).max(), 1e-6) / 127)
    return RequestClassifier(
        language=language,
        weights=np.round(weights[:BUCKETS] / scale).astype(np.int8),
        scale=scale,
        rule=float(weights[BUCKETS]) * _RULE_SCALE,
        bias=float(model.intercept_[0]) - float(np.log(_LINE / (1 - _LINE))),
    )


def _figures(called: NDArray[np.bool_], labels: NDArray[np.int64]) -> dict[str, float]:
    right = float((called & (labels == 1)).sum())
    precision, recall = right / max(int(called.sum()), 1), right / max(int((labels == 1).sum()), 1)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}
