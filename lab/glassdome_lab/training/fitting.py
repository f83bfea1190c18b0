"""Fitting the text classifier: features to a matrix, sources weighed alike, one multinomial logistic regression."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.errors import ConfigError
from glassdome.core.extras import install_extra
from glassdome.engine.builtin.classifier import CLASSES, Classifier
from glassdome.engine.builtin.features import BITS, DENSE_NAMES, extract
from glassdome_lab.training.samples import Sample, family_of
from glassdome_lab.training.synthetic import synthetic_mail

__all__ = ["Matrix", "Recipe", "fit", "made_up", "matrix_of", "shortened"]

#: Log-odds against ham of a class that the training mail lacks.
_UNKNOWN_CLASS: Final = -4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The parameters chosen by leaving sources out; the model card lists what else was tried.

    `inverse_penalty` is scikit-learn's C; `dense_scale` how much of the penalty concepts are spared; a hashed feature
    is kept when `least_documents` have it in `least_sources` sources; `most_per_source` bounds one source's rows.
    """

    inverse_penalty: float = 3.0
    dense_scale: float = 0.3
    least_documents: int = 5
    least_sources: int = 3
    most_per_source: int = 900
    synthetic_ham: int = 3_500
    synthetic_phish: int = 600
    class_weights: tuple[float, float, float] = (1.0, 0.5, 1.0)
    synthetic_ham_weight: float = 2.0
    synthetic_phish_weight: float = 0.5
    shortened: float = 0.6
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Features of some samples: a sparse row of hashed features, each row of length 1, and the dense ones."""

    hashed: Any
    dense: NDArray[np.float32]

    def rows(self, chosen: NDArray[np.int64]) -> Matrix:
        """Return the matrix of some of the samples."""
        return Matrix(hashed=self.hashed[chosen], dense=self.dense[chosen])


def matrix_of(samples: Sequence[Sample]) -> Matrix:
    """Extract the features of `samples`; raises ConfigError where scikit-learn is not installed."""
    sparse = _sparse()
    features = [extract(sample.subject, sample.text) for sample in samples]
    sizes = np.array([len(f.hashed) for f in features])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    columns = np.concatenate([f.hashed for f in features]) if features else np.zeros(0, dtype=np.int64)
    ends = np.concatenate(([0], np.cumsum(sizes)))
    hashed = sparse.csr_matrix((values, columns.astype(np.int32), ends), shape=(len(samples), 1 << BITS))
    dense = np.array([f.dense for f in features], dtype=np.float32).reshape(len(samples), len(DENSE_NAMES))
    return Matrix(hashed=hashed, dense=dense)


def made_up(recipe: Recipe) -> list[Sample]:
    """Return the synthetic mail of the recipe, marked as such."""
    wanted = (("ham", recipe.synthetic_ham), ("phish", recipe.synthetic_phish))
    return [
        Sample(
            label=label,
            source=f"synthetic_{label}",
            subject=subject,
            text=text,
            cluster=f"{kind}:{number}",
            synthetic=True,
        )
        for label, count in wanted
        for number, (subject, text, kind) in enumerate(synthetic_mail(label, count, recipe.seed))
    ]


_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


def shortened(samples: Sequence[Sample], share: float, seed: int) -> list[Sample]:
    """Return copies of a share of the real mail cut to its first sentences, so that length says nothing."""
    rng = random.Random(seed)
    short = []
    for sample in samples:
        if not sample.synthetic and rng.random() < share:
            text = " ".join(_END.split(sample.text[:1_500])[: rng.randint(1, 4)])
            if len(text) >= 20:
                short.append(replace(sample, text=text, cut=True))
    return short


def fit(samples: Sequence[Sample], matrix: Matrix, recipe: Recipe, name: str) -> Classifier:
    """Fit on `samples`, whose features are `matrix`; the result is not calibrated yet."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    labels = np.array([CLASSES.index(sample.label) for sample in samples])
    columns = _kept(samples, matrix, recipe)
    joined = (
        _sparse().hstack([matrix.hashed[:, columns], _sparse().csr_matrix(matrix.dense * recipe.dense_scale)]).tocsr()
    )
    model = LogisticRegression(C=recipe.inverse_penalty, max_iter=80, tol=1e-3)
    with threadpool_limits(1):  # sparse products gain nothing from more threads, and waiting ones cost the neighbours
        model.fit(joined, labels, sample_weight=_weights(samples, labels, recipe))
    weights, bias = _against_ham(model)
    hashed = np.zeros((1 << BITS, 2), dtype=np.float32)
    hashed[columns] = weights[: len(columns)]
    scale = np.maximum(np.abs(hashed).max(axis=0), 1e-6) / 127
    return Classifier(
        name=name,
        hashed=np.round(hashed / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        dense=weights[len(columns) :] * np.float32(recipe.dense_scale),
        bias=bias,
        slope=np.ones(2, dtype=np.float32),
        shift=np.zeros(2, dtype=np.float32),
    )


def _against_ham(model: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the weights (feature by class) and biases of spam and phish less those of ham.

    A class that was not there to learn has no weights and is taken as improbable; of two classes scikit-learn gives
    the difference already.
    """
    rows, starts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        rows, starts = np.concatenate([-rows, rows]) / 2, np.concatenate([-starts, starts]) / 2
    known = {CLASSES[label]: number for number, label in enumerate(model.classes_)}
    weights = np.zeros((rows.shape[1], 2), dtype=np.float32)
    bias = np.full(2, _UNKNOWN_CLASS, dtype=np.float32)
    for place, name in enumerate(CLASSES[1:]):
        if name in known:
            weights[:, place] = rows[known[name]] - rows[known["ham"]]
            bias[place] = starts[known[name]] - starts[known["ham"]]
    return weights, bias


def _kept(samples: Sequence[Sample], matrix: Matrix, recipe: Recipe) -> NDArray[np.int64]:
    """The hashed features that more than one source knows: what only one source says is its give-away."""
    groups = np.array([f"{family_of(s.source)}|{s.label}" for s in samples])
    total = np.zeros(1 << BITS, dtype=np.int64)
    sources = np.zeros(1 << BITS, dtype=np.int64)
    for group in np.unique(groups):
        counts = np.asarray((matrix.hashed[groups == group] > 0).sum(axis=0)).ravel()
        total += counts
        sources += counts >= 2
    return np.flatnonzero(
        (total >= recipe.least_documents) & (sources >= min(recipe.least_sources, len(np.unique(groups))))
    )


def _weights(samples: Sequence[Sample], labels: NDArray[np.int64], recipe: Recipe) -> NDArray[np.float64]:
    """Each class has its share, within it each source the square root of its size: no source speaks for all."""
    sources = np.array([sample.source for sample in samples])
    factor = {"synthetic_ham": recipe.synthetic_ham_weight, "synthetic_phish": recipe.synthetic_phish_weight}
    weights = np.zeros(len(samples))
    for label, share in enumerate(recipe.class_weights):
        members = {s: np.flatnonzero((sources == s) & (labels == label)) for s in np.unique(sources[labels == label])}
        parts = {s: len(rows) ** 0.5 * factor.get(s, 1.0) for s, rows in members.items()}
        for source, rows in members.items():
            weights[rows] = share * parts[source] / sum(parts.values()) / len(rows)
    scaled: NDArray[np.float64] = weights * len(samples) / weights.sum()
    return scaled


def _sparse() -> Any:
    try:
        from scipy import sparse
    except ImportError as error:
        raise ConfigError("Training needs scikit-learn.", fix=install_extra("train")) from error
    return sparse
