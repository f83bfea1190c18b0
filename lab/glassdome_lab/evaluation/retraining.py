"""Refits the text model on a part of the mail, the way `glassdome train` does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from glassdome.core.errors import ParseError
from glassdome.engine.builtin.classifier import Classifier, read_classifier, write_classifier
from glassdome.engine.builtin.features import FEATURES_VERSION
from glassdome.parse import parse_message
from glassdome_lab.evaluation.samples import MailSample
from glassdome_lab.training.fitting import Recipe
from glassdome_lab.training.samples import Sample, sample_of
from glassdome_lab.training.train import Material, classifier_of, material_of

__all__ = ["Retrainer"]


class Retrainer:
    """Fits models on parts of one corpus, whose mails are read once."""

    def __init__(
        self,
        mail: Sequence[MailSample],
        *,
        recipe: Recipe | None = None,
        state: Path | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        """`mail` is all of it; finished models are kept in the folder `state`; `progress` is called with each step."""
        self._mail, self._recipe, self._state, self._progress = mail, recipe or Recipe(), state, progress

    def __call__(self, mail: Sequence[MailSample]) -> Classifier:
        """Return a model of these mails alone, calibrated as one of all mails is; raises ConfigError without scikit-learn."""
        kept = self._file(mail)
        if kept is not None and kept.exists():
            return read_classifier(kept)
        wanted = {(s.source, s.label, s.cluster) for each in mail if (s := self._samples.get(each.id)) is not None}
        part = self._material.only(lambda s: s.synthetic or (s.source, s.label, s.cluster) in wanted)
        classifier = classifier_of(part, recipe=self._recipe, like=self._whole)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_classifier(classifier, kept)
        return classifier

    @cached_property
    def _samples(self) -> dict[str, Sample]:
        return dict(_read(self._mail))

    @cached_property
    def _material(self) -> Material:
        return material_of(list(self._samples.values()), self._recipe)

    @cached_property
    def _whole(self) -> Classifier:
        """The model of everything, calibrated by leaving out each source; only its calibration is used."""
        kept = self._file(self._mail)
        if kept is not None and kept.exists():
            return read_classifier(kept)
        classifier = classifier_of(self._material, recipe=self._recipe, progress=self._progress)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_classifier(classifier, kept)
        return classifier

    def _file(self, mail: Sequence[MailSample]) -> Path | None:
        if self._state is None:
            return None
        what = repr((self._recipe, FEATURES_VERSION, sorted(each.id for each in mail)))
        return self._state / f"model-{hashlib.sha256(what.encode()).hexdigest()[:16]}.npz"


def _read(mail: Sequence[MailSample]) -> Iterator[tuple[str, Sample]]:
    for each in mail:
        try:
            sample = sample_of(parse_message(each.place.read()), each.label, each.source)
        except ParseError:
            continue
        year = str(each.year or "")
        yield each.id, replace(sample, cluster=each.cluster or sample.cluster, core=each.core, year=year)
