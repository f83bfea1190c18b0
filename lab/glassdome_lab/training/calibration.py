"""Probabilities that mean what they say: Platt scaling on sources held out, and how far off they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassdome.engine.builtin.classifier import Classifier

__all__ = ["MAIL_MIX", "calibrated", "expected_calibration_error", "probabilities_of"]

#: How much of a mailbox's incoming mail is ham, spam and phish when probabilities are fitted.
MAIL_MIX: Final = (0.6, 0.2, 0.2)
_BINS: Final = 15


def probabilities_of(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of ham, spam, phish from rows of log-odds of spam and phish against ham."""
    rows = np.concatenate([np.zeros((len(odds), 1)), np.clip(odds, -30, 30)], axis=1)
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    chances: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return chances


def calibrated(
    classifier: Classifier, odds: NDArray[np.float64], labels: NDArray[np.int64], weights: NDArray[np.float64]
) -> Classifier:
    """Return `classifier` with the slope and shift that make held-out `odds` fit `labels` best (Platt 1999)."""
    from scipy.optimize import minimize

    def loss(values: NDArray[np.float64]) -> float:
        chances = probabilities_of(odds * values[:2] + values[2:])
        return float(-(weights * np.log(chances[np.arange(len(labels)), labels] + 1e-12)).sum() / weights.sum())

    best = minimize(loss, np.array([1.0, 1.0, 0.0, 0.0]), method="L-BFGS-B", bounds=[(0.2, 5)] * 2 + [(-5, 5)] * 2).x
    return replace(classifier, slope=best[:2].astype(np.float32), shift=best[2:].astype(np.float32))


def expected_calibration_error(
    chances: NDArray[np.float64], hits: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Return the mean distance, over equal-width bins, between predicted and observed frequencies (Guo 2017)."""
    places = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for place in range(_BINS):
        inside = places == place
        weight = weights[inside].sum()
        if weight > 0:
            said = (chances[inside] * weights[inside]).sum() / weight
            came = weights[inside & hits].sum() / weight
            error += abs(said - came) * weight / weights.sum()
    return float(error)
