"""Figures of merit against values computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome_lab.evaluation.functions.understanding import lead
from glassdome_lab.evaluation.intervals import cluster_interval
from glassdome_lab.evaluation.metrics import (
    average_precision,
    calibration_bins,
    calibration_error,
    confusion,
    f1_score,
    rank_auc,
    recall_at,
    roc_points,
    threshold_at,
)
from glassdome_lab.evaluation.rouge import rouge

SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
TRUTH = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0])


def test_auc() -> None:
    """Of nine pairs of a positive and a negative one is in the wrong order."""
    assert rank_auc(SCORES, TRUTH) == pytest.approx(8 / 9)


def test_auc_counts_ties_half() -> None:
    """All scores alike: no skill."""
    assert rank_auc(np.ones(4), np.array([1.0, 0.0, 1.0, 0.0])) == pytest.approx(0.5)


def test_auc_with_weights_is_that_of_repeated_samples() -> None:
    """A weight of two is the sample twice, of zero its absence."""
    weights = np.array([2.0, 0.0, 1.0, 1.0, 3.0, 1.0])
    times = weights.astype(int)
    assert rank_auc(SCORES, TRUTH, weights) == pytest.approx(
        rank_auc(np.repeat(SCORES, times), np.repeat(TRUTH, times))
    )


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60))
def test_auc_is_the_share_of_right_pairs(rows: list[tuple[int, bool]]) -> None:
    """The trapezoids and the counting of pairs agree, ties included."""
    high, low = [s for s, t in rows if t], [s for s, t in rows if not t]
    if high and low:
        pairs = sum((h > o) + 0.5 * (h == o) for h in high for o in low)
        scores, truth = np.array([float(s) for s, _ in rows]), np.array([float(t) for _, t in rows])
        assert rank_auc(scores, truth) == pytest.approx(pairs / (len(high) * len(low)))


def test_average_precision() -> None:
    """Precision at each positive, weighted by the recall it adds: 1, 1, 3/4."""
    assert average_precision(SCORES, TRUTH) == pytest.approx((1 + 1 + 3 / 4) / 3)


def test_recall_at_budget() -> None:
    """With no false alarm two of three are found, with one of three all are."""
    assert recall_at(SCORES, TRUTH, 0.0) == pytest.approx(2 / 3)
    assert recall_at(SCORES, TRUTH, 0.34) == pytest.approx(1.0)


def test_threshold_keeps_its_budget() -> None:
    """At the threshold no more negatives lie above than allowed, ties counted against us."""
    negatives = np.array([0.7, 0.5, 0.5, 0.4])
    assert (negatives >= threshold_at(negatives, 0.25)).sum() == 1
    assert (negatives >= threshold_at(negatives, 0.5)).sum() == 1
    assert threshold_at(negatives, 1.0) == float("-inf")


def test_roc_ends() -> None:
    """The curve begins at nothing and ends at everything."""
    fpr, tpr = roc_points(SCORES, TRUTH)
    assert (fpr[0], tpr[0], fpr[-1], tpr[-1]) == (0.0, 0.0, 1.0, 1.0)


def test_calibration() -> None:
    """Two bins: said 0.1, none came; said 0.9, half came: (2 * 0.1 + 2 * 0.4) / 4."""
    scores, truth = np.array([0.1, 0.1, 0.9, 0.9]), np.array([0.0, 0.0, 1.0, 0.0])
    assert calibration_error(scores, truth) == pytest.approx(0.25)
    assert [(pytest.approx(m), s, c) for m, s, c in calibration_bins(scores, truth)] == [(0.1, 0.0, 2), (0.9, 0.5, 2)]


def test_f1_and_confusion() -> None:
    """Two found, one wrong, two missed; rows are the truth."""
    assert f1_score(2, 1, 2) == pytest.approx({"precision": 2 / 3, "recall": 0.5, "f1": 4 / 7})
    assert f1_score(0, 0, 0) == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert confusion(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]) == [[1, 1], [0, 1]]


def test_cluster_interval() -> None:
    """The interval holds the figure, is the same each time, and is wider when copies are known to be copies."""
    truth = np.array([1.0, 0.0] * 50)

    def mean(weights: np.ndarray) -> float:
        return float((truth * weights).sum() / weights.sum())

    alone = cluster_interval([str(i) for i in range(100)], mean)
    copies = cluster_interval([str(i // 10 * 2 + i % 2) for i in range(100)], mean)
    assert alone[0] < 0.5 < alone[1]
    assert alone == cluster_interval([str(i) for i in range(100)], mean)
    assert copies[1] - copies[0] > 1.5 * (alone[1] - alone[0])


def test_rouge() -> None:
    """Of "the cat sat" and "the cat ran": two words and one pair in common, the longest run of order two."""
    assert rouge("The cat sat", ["the cat ran."]) == pytest.approx({"rouge1": 2 / 3, "rouge2": 0.5, "rougeL": 2 / 3})
    assert rouge("a b", ["a b", "c d"]) == pytest.approx({"rouge1": 0.5, "rouge2": 0.5, "rougeL": 0.5})
    assert rouge("", ["a"]) == {"rouge1": 0.0, "rouge2": 0.0, "rougeL": 0.0}


def test_lead() -> None:
    """The baseline is the first three sentences."""
    assert lead("One. Two? Three! Four.") == "One. Two? Three!"
