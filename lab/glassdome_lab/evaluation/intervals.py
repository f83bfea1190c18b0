"""Confidence intervals by resampling clusters: near-duplicate mails are one observation, not many."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from glassdome_lab.evaluation.metrics import Floats

__all__ = ["cluster_interval"]

_LOW, _HIGH = 2.5, 97.5


def cluster_interval(
    clusters: Sequence[str], figure: Callable[[Floats], float], *, rounds: int = 300, seed: int = 1
) -> tuple[float, float]:
    """Return the 95 % interval of `figure(weights)`, the weights being how often each sample's cluster was drawn.

    Efron's bootstrap on whole clusters; `seed` makes the same input give the same interval. Draws for
    which there is no figure do not count.
    """
    _, member = np.unique(np.asarray(clusters), return_inverse=True)
    count = int(np.max(member)) + 1 if len(member) else 0
    if count < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    drawn = (rng.multinomial(count, np.full(count, 1 / count)) for _ in range(rounds))
    values = [figure(times[member].astype(np.float64)) for times in drawn]
    told = [value for value in values if not np.isnan(value)]
    if not told:
        return float("nan"), float("nan")
    low, high = np.percentile(told, [_LOW, _HIGH])
    return float(low), float(high)
