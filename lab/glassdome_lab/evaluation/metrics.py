"""Figures of merit for scores and classes, on numpy arrays; each can be weighted, which is how intervals are made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Floats",
    "average_precision",
    "calibration_bins",
    "calibration_error",
    "confusion",
    "f1_score",
    "pr_points",
    "rank_auc",
    "recall_at",
    "roc_points",
    "threshold_at",
]

Floats = NDArray[np.float64]


def _cumulated(scores: Floats, truth: Floats, weights: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Return thresholds from high to low with the weight of true and false positives at or above each."""
    weight = np.ones_like(scores) if weights is None else weights
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.append(np.nonzero(np.diff(ordered))[0], len(ordered) - 1) if len(ordered) else np.array([], dtype=int)
    hits = np.cumsum(weight[order] * truth[order])[last]
    alarms = np.cumsum(weight[order] * (1 - truth[order]))[last]
    return ordered[last], hits, alarms


def roc_points(scores: Floats, truth: Floats, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """Return false and true positive rates from (0, 0) to (1, 1)."""
    _, hits, alarms = _cumulated(scores, truth, weights)
    tpr = hits / hits[-1] if len(hits) and hits[-1] > 0 else np.zeros_like(hits)
    fpr = alarms / alarms[-1] if len(alarms) and alarms[-1] > 0 else np.zeros_like(alarms)
    return np.concatenate(([0.0], fpr)), np.concatenate(([0.0], tpr))


def rank_auc(scores: Floats, truth: Floats, weights: Floats | None = None) -> float:
    """Return the area under the ROC curve: the chance that a positive scores above a negative, ties counting half.

    Without positives or without negatives there is none: not a number.
    """
    fpr, tpr = roc_points(scores, truth, weights)
    return float(np.trapezoid(tpr, fpr)) if fpr[-1] > 0 and tpr[-1] > 0 else float("nan")


def pr_points(scores: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Return recall and precision at each threshold, from the highest down."""
    _, hits, alarms = _cumulated(scores, truth, None)
    total = hits[-1] if len(hits) else 0.0
    return hits / max(total, 1e-12), hits / np.maximum(hits + alarms, 1e-12)


def average_precision(scores: Floats, truth: Floats) -> float:
    """Return the area under the precision-recall curve as a step function."""
    recall, precision = pr_points(scores, truth)
    return float(np.sum(np.diff(np.concatenate(([0.0], recall))) * precision))


def threshold_at(negatives: Floats, rate: float) -> float:
    """Return the lowest score at or above which at most `rate` of the negatives lie; ties count as alarms."""
    allowed = int(np.floor(rate * len(negatives) + 1e-9))
    ordered = np.sort(negatives)[::-1]
    if allowed >= len(ordered):
        return float("-inf")
    return float(np.nextafter(ordered[allowed], np.inf))


def recall_at(scores: Floats, truth: Floats, rate: float, weights: Floats | None = None) -> float:
    """Return the largest share of positives found while at most `rate` of the negatives are called positive."""
    fpr, tpr = roc_points(scores, truth, weights)
    if not (fpr[-1] > 0 and tpr[-1] > 0):
        return float("nan")
    return float(np.max(tpr[fpr <= rate + 1e-12], initial=0.0))


def calibration_bins(scores: Floats, truth: Floats, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean score, share of positives, count) of each filled bin of equal width."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    chosen = [place == number for number in range(bins)]
    return [(float(scores[c].mean()), float(truth[c].mean()), int(c.sum())) for c in chosen if c.any()]


def calibration_error(scores: Floats, truth: Floats, bins: int = 10) -> float:
    """Return the expected calibration error (Naeini et al., 2015): mean gap between score and share, by count."""
    total = max(len(scores), 1)
    return sum(abs(mean - share) * count for mean, share, count in calibration_bins(scores, truth, bins)) / total


def f1_score(found: int, wrong: int, missed: int) -> dict[str, float]:
    """Return precision, recall and F1 from counts of true positives, false positives and false negatives."""
    precision = found / (found + wrong) if found + wrong else 0.0
    recall = found / (found + missed) if found + missed else 0.0
    both = 2 * found / (2 * found + wrong + missed) if found else 0.0
    return {"precision": precision, "recall": recall, "f1": both}


def confusion(truth: Sequence[str], said: Sequence[str], names: Sequence[str]) -> list[list[int]]:
    """Return counts, a row per true class and a column per said class."""
    table = [[0] * len(names) for _ in names]
    for real, claimed in zip(truth, said, strict=True):
        table[names.index(real)][names.index(claimed)] += 1
    return table
