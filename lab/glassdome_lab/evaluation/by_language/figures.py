"""Figures of one language with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from glassdome_lab.evaluation.by_language.judged import JudgedMail
from glassdome_lab.evaluation.intervals import cluster_interval
from glassdome_lab.evaluation.metrics import threshold_at

__all__ = ["Share", "alarm_threshold", "share_of"]

#: One legitimate mail in a hundred lies above the threshold.
_BUDGET = 0.01
#: Fewer clusters than this have an interval by Wilson's score, since resampling them says nothing.
_FEW = 30
#: The 97.5 % point of the normal distribution.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `count`, with the 95 % interval of the share."""

    hits: int
    count: int
    low: float
    high: float


def alarm_threshold(rows: Sequence[JudgedMail]) -> float:
    """Return the score above which one in a hundred of the legitimate mails lies."""
    return threshold_at(np.array([row.score for row in rows if not row.mail.fraud]), _BUDGET)


def share_of(rows: Sequence[JudgedMail], told: Callable[[JudgedMail], bool]) -> Share:
    """Return the share of `rows` for which `told` holds; of near-duplicates all are drawn together."""
    values = np.array([told(row) for row in rows], dtype=np.float64)
    hits, clusters = int(values.sum()), [row.mail.cluster for row in rows]
    if len(set(clusters)) < _FEW or hits in (0, len(rows)):
        return Share(hits, len(rows), *_wilson(hits, len(rows)))
    low, high = cluster_interval(clusters, lambda weights: float(np.dot(values, weights) / weights.sum()))
    return Share(hits, len(rows), low, high)


def _wilson(hits: int, count: int) -> tuple[float, float]:
    """Return Wilson's score interval."""
    if not count:
        return 0.0, 1.0
    share, spread = hits / count, _Z * _Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * float(np.sqrt(share * (1 - share) / count + spread / (4 * count))) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)
