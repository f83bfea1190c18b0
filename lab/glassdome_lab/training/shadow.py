"""Two models judged side by side on the same mail: a worse one is never activated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from glassdome.engine.builtin.classifier import CLASSES, Classifier
from glassdome_lab.training.calibration import probabilities_of
from glassdome_lab.training.fitting import Matrix, matrix_of
from glassdome_lab.training.judging import raw_odds
from glassdome_lab.training.samples import Sample

__all__ = ["Comparison", "ShadowScores", "shadow_compare"]

#: From this probability on a mail counts as called phishing.
_CALLED: Final = 0.5
#: How much a measured rate may wander before a model counts as worse.
_SLACK: Final = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowScores:
    """One model on some mail: mean log loss, the share of ham called phishing, and of phish found."""

    log_loss: float
    false_alarms: float
    recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The old and the new model on the same mail; `why` is the sentence that decides."""

    old: ShadowScores
    new: ShadowScores
    better: bool
    why: str


def shadow_compare(
    old: Classifier, new: Classifier, held_out: Sequence[Sample], corrections: Sequence[Sample] = ()
) -> Comparison:
    """Return whether `new` may replace `old`, both judged on mail that neither was trained on.

    It may when, on `held_out`, it is not worse by log loss, false alarms or recall, and when on a person's
    `corrections` it is not worse by log loss.
    """
    matrix = matrix_of(held_out)
    before, after = _scores(old, held_out, matrix), _scores(new, held_out, matrix)
    why = _objection(before, after)
    if not why and corrections:
        told = matrix_of(corrections)
        first, second = _scores(old, corrections, told), _scores(new, corrections, told)
        if second.log_loss > first.log_loss + _SLACK:
            why = f"It fits the corrections worse (log loss {second.log_loss:.4f}, was {first.log_loss:.4f})."
    return Comparison(old=before, new=after, better=not why, why=why or "It is not worse on any count.")


def _objection(before: ShadowScores, after: ShadowScores) -> str:
    if after.log_loss > before.log_loss + _SLACK:
        return f"It is less sure of the truth (log loss {after.log_loss:.4f}, was {before.log_loss:.4f})."
    if after.false_alarms > before.false_alarms + _SLACK:
        return f"It raises more false alarms ({after.false_alarms:.2%}, was {before.false_alarms:.2%})."
    if after.recall < before.recall - _SLACK:
        return f"It finds less phishing ({after.recall:.2%}, was {before.recall:.2%})."
    return ""


def _scores(classifier: Classifier, samples: Sequence[Sample], matrix: Matrix) -> ShadowScores:
    labels = np.array([CLASSES.index(sample.label) for sample in samples])
    chances = probabilities_of(raw_odds(classifier, matrix))
    called = chances[:, 2] >= _CALLED
    right = chances[np.arange(len(labels)), labels]
    return ShadowScores(
        log_loss=float(-np.log(right + 1e-12).mean()) if len(labels) else 0.0,
        false_alarms=float(called[labels == 0].mean()) if (labels == 0).any() else 0.0,
        recall=float(called[labels == 2].mean()) if (labels == 2).any() else 0.0,
    )
