"""Measures a recipe on sources it never saw: leave-one-source-out, later phishing held back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from glassdome.engine.builtin.classifier import CLASSES, Classifier
from glassdome_lab.training.calibration import MAIL_MIX, expected_calibration_error, probabilities_of
from glassdome_lab.training.fitting import Matrix, Recipe, fit
from glassdome_lab.training.samples import Sample, family_of

__all__ = [
    "HeldOut",
    "HeldOutTrial",
    "SourceFigures",
    "capped",
    "held_out_odds",
    "mix_weights",
    "raw_odds",
    "source_figures",
]

#: Share of the phish, the latest where years are known, that no trial trains on.
_LATE_SHARE: Final = 0.4
#: Alert budget at which recall is given: one legitimate mail in a hundred.
_BUDGET: Final = 0.01
_FEWEST_ROWS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Log-odds of rows by a model that never saw their source; `fold` is the family held out."""

    fold: str
    rows: NDArray[np.int64]
    odds: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """Figures of one held-out source. For ham: against the phish held back; for spam: how it was called."""

    source: str
    label: str
    rows: int
    auc: float = 0.0
    recall_at_1: float = 0.0
    called_phish: float = 0.0
    called_spam: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutTrial:
    """All samples with their features; which of them are phish held back, may be judged on, and may be learned from."""

    samples: Sequence[Sample]
    matrix: Matrix
    late: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    learnt: NDArray[np.bool_]

    @classmethod
    def of(cls, samples: Sequence[Sample], matrix: Matrix, without: Collection[str] = ()) -> HeldOutTrial:
        """Hold the latest phish back, by year where known, else by cluster; sources `without` are judged alone."""
        phish = [i for i, s in enumerate(samples) if s.label == "phish" and not s.synthetic]
        phish.sort(key=lambda i: (samples[i].year, crc32(samples[i].cluster.encode())))
        clusters = {samples[i].cluster for i in phish[round(len(phish) * (1 - _LATE_SHARE)) :]}
        late = np.array([s.label == "phish" and not s.synthetic and s.cluster in clusters for s in samples])
        whole = np.array([not s.synthetic and not s.cut for s in samples])
        learnt = np.array([s.source not in without for s in samples])
        return cls(samples=samples, matrix=matrix, late=late, whole=whole, learnt=learnt)


def raw_odds(classifier: Classifier, matrix: Matrix) -> NDArray[np.float64]:
    """Return the log-odds of each row of `matrix`, calibrated as far as `classifier` is."""
    told = matrix.hashed @ (classifier.hashed.astype(np.float32) * classifier.scale)
    raw = told + matrix.dense @ classifier.dense + classifier.bias
    odds: NDArray[np.float64] = np.asarray(raw * classifier.slope + classifier.shift, dtype=np.float64)
    return odds


def capped(samples: Sequence[Sample], rows: NDArray[np.int64], recipe: Recipe) -> NDArray[np.int64]:
    """Return `rows` with at most `recipe.most_per_source` of each real source and label, chosen by the seed."""
    rng = np.random.default_rng(recipe.seed)
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows.tolist():
        groups.setdefault((samples[row].source, samples[row].label), []).append(row)
    kept: list[int] = []
    for members in groups.values():
        most = recipe.most_per_source
        free = samples[members[0]].synthetic or len(members) <= most
        kept += members if free else rng.choice(members, most, replace=False).tolist()
    return np.array(sorted(kept), dtype=np.int64)


def held_out_odds(
    trial: HeldOutTrial, recipe: Recipe, *, progress: Callable[[str], None] | None = None
) -> list[HeldOut]:
    """Train once without each family of ham and of spam and return what each model says of the rows it never saw."""
    found = []
    for label in ("ham", "spam"):
        for family in _families(trial.samples, label):
            if progress is not None:
                progress(f"without {label} of {family}")
            found.append(_held_out(trial, recipe, label, family))
    return found


def source_figures(
    trial: HeldOutTrial, folds: Sequence[HeldOut], classifier: Classifier
) -> tuple[list[SourceFigures], float]:
    """Return the figures of each held-out source with the calibration of `classifier`, and the calibration error."""
    labels = np.array([CLASSES.index(s.label) for s in trial.samples])
    core = np.array([s.core for s in trial.samples])
    figures: list[SourceFigures] = []
    said: list[NDArray[np.float64]] = []
    truth: list[NDArray[np.int64]] = []
    for fold in folds:
        chances = probabilities_of(fold.odds * classifier.slope + classifier.shift)
        counted, classes = core[fold.rows], labels[fold.rows]
        chances, classes = chances[counted], classes[counted]
        figures.append(_figures(fold, chances, classes))
        said.append(chances)
        truth.append(classes)
    return figures, _error(said, truth)


def mix_weights(classes: NDArray[np.int64], sources: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights by which each class has its share of MAIL_MIX and each source within it the same."""
    weights = np.zeros(len(classes))
    for label, share in enumerate(MAIL_MIX):
        present = np.unique(sources[classes == label])
        for source in present:
            inside = (classes == label) & (sources == source)
            weights[inside] = share / len(present) / inside.sum()
    return weights


def _families(samples: Sequence[Sample], label: str) -> list[str]:
    counts: dict[str, int] = {}
    for sample in samples:
        if sample.label == label and not sample.synthetic:
            counts[family_of(sample.source)] = counts.get(family_of(sample.source), 0) + 1
    return sorted(family for family, count in counts.items() if count >= _FEWEST_ROWS)


def _held_out(trial: HeldOutTrial, recipe: Recipe, label: str, family: str) -> HeldOut:
    out = np.array([s.label == label and not s.synthetic and family_of(s.source) == family for s in trial.samples])
    clusters = {s.cluster for s, held in zip(trial.samples, out, strict=True) if held}
    near = np.array([s.label == label and s.cluster in clusters for s in trial.samples])
    counted = np.array([s.core or s.label != "phish" for s in trial.samples])
    rows = capped(trial.samples, np.flatnonzero(counted & trial.learnt & ~out & ~near & ~trial.late), recipe)
    model = fit([trial.samples[i] for i in rows], trial.matrix.rows(rows), recipe, f"without {family}")
    judged = np.flatnonzero((out | (trial.late if label == "ham" else False)) & trial.whole)
    return HeldOut(fold=f"{label}:{family}", rows=judged, odds=raw_odds(model, trial.matrix.rows(judged)))


def _figures(fold: HeldOut, chances: NDArray[np.float64], classes: NDArray[np.int64]) -> SourceFigures:
    label, _, source = fold.fold.partition(":")
    own = classes == CLASSES.index(label)
    mine, phish = chances[own, 2], chances[classes == 2, 2]
    called = chances[own].argmax(axis=1)
    if label != "ham" or not len(phish) or not len(mine):
        return SourceFigures(
            source=source, label=label, rows=int(own.sum()),
            called_phish=float(np.mean(called == 2)), called_spam=float(np.mean(called == 1)),
        )  # fmt: skip
    return SourceFigures(
        source=source,
        label=label,
        rows=len(mine),
        auc=_auc(phish, mine),
        recall_at_1=float(np.mean(phish > np.quantile(mine, 1 - _BUDGET))),
        called_phish=float(np.mean(called == 2)),
        called_spam=float(np.mean(called == 1)),
    )


def _auc(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    """The chance that one of `high` is above one of `low`, ties counting half (Mann and Whitney 1947)."""
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left") + np.searchsorted(ordered, high, side="right")
    return float(below.mean() / (2 * len(low)))


def _error(said: Sequence[NDArray[np.float64]], truth: Sequence[NDArray[np.int64]]) -> float:
    chances, classes = np.concatenate(said), np.concatenate(truth)
    folds = np.concatenate([np.full(len(part), number) for number, part in enumerate(truth)])
    return expected_calibration_error(chances[:, 2], classes == 2, mix_weights(classes, folds))
