"""Fits the text model anew on some mails alone, the way `glassdome train` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from glassdome.core.errors import ParseError
from glassdome.engine.builtin.classifier import Classifier
from glassdome.evaluation.samples import MailSample
from glassdome.parse import parse_message
from glassdome.training.samples import Sample, sample_of
from glassdome.training.train import classifier_of

__all__ = ["Retrainer"]


class Retrainer:
    """Fits models; what was read of a mail is kept for the next fold."""

    def __init__(self, progress: Callable[[str], None] | None = None) -> None:
        """`progress` is told what is being done."""
        self._progress = progress
        self._read: dict[str, Sample | None] = {}

    def __call__(self, mail: Sequence[MailSample]) -> Classifier:
        """Return a calibrated model of these mails; raises ConfigError without scikit-learn."""
        samples = [sample for each in mail if (sample := self._sample(each)) is not None]
        return classifier_of(samples, progress=self._progress)

    def _sample(self, mail: MailSample) -> Sample | None:
        if mail.id not in self._read:
            try:
                read = sample_of(parse_message(mail.place.read()), mail.label, mail.source)
            except ParseError:
                self._read[mail.id] = None
            else:
                year = str(mail.year or "")
                self._read[mail.id] = replace(read, cluster=mail.cluster or read.cluster, core=mail.core, year=year)
        return self._read[mail.id]
