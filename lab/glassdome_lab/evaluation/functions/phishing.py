"""Measures the detection of phishing: ranking, recall at a fixed alarm budget, calibration, per source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from glassdome_lab.evaluation.intervals import cluster_interval
from glassdome_lab.evaluation.metrics import (
    Floats,
    average_precision,
    calibration_bins,
    calibration_error,
    f1_score,
    pr_points,
    rank_auc,
    recall_at,
    roc_points,
    threshold_at,
)

__all__ = ["measure_phishing"]

#: Points kept of a curve: more than a picture shows, few enough for a file people open.
_CURVE_POINTS = 300
#: False alarm rates at which recall is given: one in a hundred and one in a thousand legitimate mails.
BUDGETS = (0.01, 0.001)


def measure_phishing(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures for `core` phishing against all ham; spam is measured in the classes, not here."""
    chosen = [r for r in records if "error" not in r and (r["label"] == "ham" or (r["label"] == "phish" and r["core"]))]
    truth = np.array([r["label"] == "phish" for r in chosen], dtype=np.float64)
    scores = np.array([r["phishing"] for r in chosen], dtype=np.float64)
    if not 0 < truth.sum() < len(truth):
        return {}
    interval = partial(cluster_interval, [r["cluster"] or r["id"] for r in chosen])
    called = Counter((r["label"], r["is_phishing"]) for r in chosen)
    budgets = {str(rate): _at_budget(chosen, scores, truth, rate, interval) for rate in BUDGETS}
    return {
        "positives": int(truth.sum()),
        "negatives": int(len(truth) - truth.sum()),
        "auc": _with_interval(rank_auc(scores, truth), interval, lambda w: rank_auc(scores, truth, w)),
        "average_precision": average_precision(scores, truth),
        "budgets": budgets,
        "as_decided": f1_score(called["phish", True], called["ham", True], called["phish", False])
        | {"false_positive_rate": called["ham", True] / max(called["ham", True] + called["ham", False], 1)},
        "calibration_error": calibration_error(scores, truth),
        "sources": _per_source(chosen, threshold_at(scores[truth == 0], BUDGETS[0])),
        "curves": {
            "roc": _thinned(*roc_points(scores, truth)),
            "precision_recall": _thinned(*pr_points(scores, truth)),
            "calibration": calibration_bins(scores, truth),
        },
    }


def _at_budget(
    chosen: Sequence[dict[str, Any]],
    scores: Floats,
    truth: Floats,
    rate: float,
    interval: Callable[..., tuple[float, float]],
) -> dict[str, Any]:
    threshold = threshold_at(scores[truth == 0], rate)
    recall = _with_interval(recall_at(scores, truth, rate), interval, lambda w: recall_at(scores, truth, rate, w))
    found, wrong = int((scores[truth == 1] >= threshold).sum()), int((scores[truth == 0] >= threshold).sum())
    return (
        {"recall": recall, "threshold": threshold}
        | f1_score(found, wrong, int(truth.sum()) - found)
        | {"recall": recall}
    )


def _with_interval(
    value: float, interval: Callable[..., tuple[float, float]], figure: Callable[[Floats], float]
) -> dict[str, float]:
    low, high = interval(figure)
    return {"value": value, "low": low, "high": high}


def _per_source(chosen: Sequence[dict[str, Any]], threshold: float) -> list[dict[str, Any]]:
    """Count the mails of each source called phishing: by the verdict, and at the threshold of one per cent."""
    names = sorted({(r["label"], r["source"]) for r in chosen})
    rows = []
    for label, source in names:
        mine = [r for r in chosen if (r["label"], r["source"]) == (label, source)]
        rows.append(
            {
                "label": label,
                "source": source,
                "count": len(mine),
                "flagged": sum(r["is_phishing"] for r in mine) / len(mine),
                "above_budget": sum(r["phishing"] >= threshold for r in mine) / len(mine),
            }
        )
    return rows


def _thinned(across: Floats, up: Floats) -> list[tuple[float, float]]:
    kept = np.unique(np.linspace(0, len(across) - 1, min(len(across), _CURVE_POINTS)).astype(int))
    return [(round(float(across[i]), 5), round(float(up[i]), 5)) for i in kept]
