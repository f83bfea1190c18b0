"""Trains a model file with its card from a folder of labelled mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np

from glassdome.core.errors import ConfigError, InputError
from glassdome.core.extras import install_extra
from glassdome.engine.builtin.classifier import CLASSES, Classifier, write_classifier
from glassdome_lab.training.calibration import calibrated
from glassdome_lab.training.card import cost_of, model_card
from glassdome_lab.training.fitting import Matrix, Recipe, fit, made_up, matrix_of, shortened
from glassdome_lab.training.judging import (
    HeldOut,
    HeldOutTrial,
    SourceFigures,
    capped,
    held_out_odds,
    mix_weights,
    source_figures,
)
from glassdome_lab.training.samples import Sample, read_samples
from glassdome_lab.training.shadow import Comparison, shadow_compare

__all__ = ["Material", "TrainingReport", "classifier_of", "material_of", "train"]

#: Share of the clusters kept away from both models of a shadow evaluation.
_SHADOW_PERCENT: Final = 20
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    """The result of a training and its figures; `activated` is True if `model` was written.

    `cost` says in Markdown how good the model is without the sources that were left out, and with them.
    """

    model: Path
    card: Path
    activated: bool
    samples: dict[str, dict[str, int]]
    figures: tuple[SourceFigures, ...] = ()
    calibration_error: float = 0.0
    bytes: int = 0
    shadow: Comparison | None = None
    cost: str = ""


def train(
    corpus: Path,
    out: Path,
    *,
    with_feedback: Sequence[Sample] | None = None,
    without_sources: Collection[str] = (),
    recipe: Recipe | None = None,
    progress: Progress | None = None,
) -> TrainingReport:
    """Train the text classifier on `corpus` and write it to `out` (`.npz`) with its card (`.md`).

    `with_feedback` are a person's corrections: a model with them is written only when a shadow evaluation finds it
    not worse than one without them. `without_sources` leaves sources out, for their terms say; their mail is still judged,
    beside a model with them, so that the report tells what that costs. Deterministic for the
    same mail and recipe. Raises InputError for a corpus without ham and phish, ConfigError without scikit-learn.
    """
    recipe, say = recipe or Recipe(), progress or (lambda _: None)
    _needs_sklearn()
    say("reading mail")
    everything = read_samples(corpus)
    real = _learnt(everything, without_sources)
    shadow = _shadow(real, with_feedback, recipe, say) if with_feedback else None
    counts, card = _counts(real), out.with_suffix(".md")
    if shadow is not None and not shadow.better:
        return TrainingReport(model=out, card=card, activated=False, samples=counts, shadow=shadow)
    say("extracting features")
    material = material_of([*everything, *(with_feedback or ())], recipe)
    classifier, figures, error = _trained(material, recipe, say, without=without_sources)
    whole = _trained(material, recipe, say)[1] if without_sources else []
    write_classifier(classifier, out)
    size = out.stat().st_size
    cost = cost_of(without_sources, whole, figures) if without_sources else ""
    card.write_text(model_card(classifier.name, counts, figures, error, size, recipe, cost), "utf-8")
    return TrainingReport(
        model=out, card=card, activated=True, samples=counts, figures=tuple(figures), calibration_error=error,
        bytes=size, shadow=shadow, cost=cost,
    )  # fmt: skip


def _learnt(samples: Sequence[Sample], without: Collection[str]) -> list[Sample]:
    """Return the samples to learn from; raises InputError for a source that is not there, or where a class is missing."""
    unknown = sorted(set(without) - {sample.source for sample in samples})
    if unknown:
        raise InputError(f"No mail is of the source {', '.join(unknown)}.")
    kept = [sample for sample in samples if sample.source not in without]
    if not {"ham", "phish"} <= {sample.label for sample in kept}:
        raise InputError("Training needs both ham and phish.")
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a model is fitted on (real mail, copies cut short, made-up mail) and its features."""

    samples: Sequence[Sample]
    matrix: Matrix

    def only(self, wanted: Callable[[Sample], bool]) -> Material:
        """Return the part of it that is `wanted`, without reading any mail again."""
        rows = np.flatnonzero([wanted(sample) for sample in self.samples])
        return Material(samples=[self.samples[int(row)] for row in rows], matrix=self.matrix.rows(rows))


def material_of(real: Sequence[Sample], recipe: Recipe) -> Material:
    """Extract the features of real mail and of what the recipe adds to it; ConfigError without scikit-learn."""
    _needs_sklearn()
    everything = [*real, *shortened(real, recipe.shortened, recipe.seed), *made_up(recipe)]
    return Material(samples=everything, matrix=matrix_of(everything))


def classifier_of(
    material: Material, *, recipe: Recipe, like: Classifier | None = None, progress: Progress | None = None
) -> Classifier:
    """Return the calibrated classifier of this material alone, as `train` makes it.

    `like` lends its calibration, four numbers: without it each source is held out once more, which takes many times as long.
    """
    if like is None:
        return _trained(material, recipe, progress or (lambda _: None))[0]
    fitted = _fitted(HeldOutTrial.of(material.samples, material.matrix), recipe)
    return replace(fitted, slope=like.slope, shift=like.shift)


def _trained(
    material: Material, recipe: Recipe, say: Progress, without: Collection[str] = ()
) -> tuple[Classifier, list[SourceFigures], float]:
    trial = HeldOutTrial.of(material.samples, material.matrix, without)
    folds = held_out_odds(trial, recipe, progress=say)
    say("fitting")
    classifier = _fitted(trial, recipe)
    classifier = _calibrated(classifier, trial, folds)
    figures, error = source_figures(trial, folds, classifier)
    return classifier, figures, error


def _fitted(trial: HeldOutTrial, recipe: Recipe) -> Classifier:
    """Return the classifier of all that is learned from, not calibrated yet."""
    everything = trial.samples
    counted = np.flatnonzero(trial.learnt & [sample.core or sample.label != "phish" for sample in everything])
    rows = capped(everything, counted, recipe)
    real = int((trial.learnt & trial.whole).sum())
    name = f"text-{crc32(repr((recipe, real)).encode()):08x}"
    return fit([everything[i] for i in rows], trial.matrix.rows(rows), recipe, name)


def _calibrated(classifier: Classifier, trial: HeldOutTrial, folds: Sequence[HeldOut]) -> Classifier:
    if not folds:
        return classifier
    labels = np.array([CLASSES.index(sample.label) for sample in trial.samples])
    rows = np.concatenate([fold.rows for fold in folds])
    numbers = np.concatenate([np.full(len(fold.rows), number) for number, fold in enumerate(folds)])
    odds = np.concatenate([fold.odds for fold in folds])
    # What was left out teaches nothing, nor does the phish judged beside it once more.
    learnt = trial.learnt[rows]
    rows, numbers, odds = rows[learnt], numbers[learnt], odds[learnt]
    if CLASSES.index("phish") not in labels[rows]:
        return classifier
    return calibrated(classifier, odds, labels[rows], mix_weights(labels[rows], numbers))


def _shadow(real: Sequence[Sample], feedback: Sequence[Sample], recipe: Recipe, say: Progress) -> Comparison:
    say("shadow evaluation")
    held = [sample for sample in real if _held(sample) and (sample.core or sample.label != "phish")]
    kept = [sample for sample in real if not _held(sample)]
    told = [sample for sample in feedback if _held(sample)] if len(feedback) > 1 else []
    learned = [sample for sample in feedback if sample not in told]
    old = _plain(kept, recipe)
    new = _plain([*kept, *learned], recipe)
    return shadow_compare(old, new, held, told)


def _plain(samples: Sequence[Sample], recipe: Recipe) -> Classifier:
    everything = [*samples, *made_up(recipe)]
    rows = capped(everything, np.arange(len(everything)), recipe)
    chosen = [everything[i] for i in rows]
    return fit(chosen, matrix_of(chosen), recipe, "shadow")


def _held(sample: Sample) -> bool:
    return crc32(sample.cluster.encode()) % 100 < _SHADOW_PERCENT


def _counts(samples: Sequence[Sample]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for sample in samples:
        by_label = counts.setdefault(sample.source, {})
        by_label[sample.label] = by_label.get(sample.label, 0) + 1
    return dict(sorted(counts.items()))


def _needs_sklearn() -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise ConfigError("Training needs scikit-learn.", fix=install_extra("train")) from error
