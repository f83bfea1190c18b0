"""The trained text classifier at run time: a file of small numbers and one sum; three classes, calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.arrays import read_arrays
from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped
from glassdome.engine.builtin.features import BITS, DENSE_NAMES, FEATURES_VERSION, Features, extract

__all__ = ["CLASSES", "Classifier", "load_classifier", "read_classifier", "write_classifier"]

#: The classes, in the order of every array; the first is the one the others are measured against.
CLASSES: Final = ("ham", "spam", "phish")
#: Log-odds of spam and of phish against ham before a word is read: nine mails in a hundred each.
_PRIOR: Final = np.array([-2.2, -2.2], dtype=np.float32)
#: Features, about ten a word, from which on the words count for half and more; a phrase of a concept counts for many.
_HALF_TOLD: Final = 60.0
_CONCEPT_WORTH: Final = 20
_ARRAYS: Final = ("name", "version", "hashed", "scale", "dense", "bias", "slope", "shift")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """Multinomial logistic regression, ham being the reference: for spam and phish, how much each feature says.

    `hashed` holds eighth-bit weights times `scale`; `slope` and `shift` calibrate the log-odds (Platt 1999, fitted on
    sources held out of the training).
    """

    name: str
    hashed: NDArray[np.int8]
    scale: NDArray[np.float32]
    dense: NDArray[np.float32]
    bias: NDArray[np.float32]
    slope: NDArray[np.float32]
    shift: NDArray[np.float32]

    def log_odds(self, features: Features) -> NDArray[np.float32]:
        """Return the calibrated log-odds of spam and of phish against ham."""
        size = np.sqrt(np.float32(max(len(features.hashed), 1)))
        # Both classes' weights of a feature lie side by side, so that they are fetched from memory at once.
        taken = np.ascontiguousarray(self.hashed).view(np.int16).ravel().take(features.hashed).view(np.int8)
        sums = [taken[::2].sum(dtype=np.int32), taken[1::2].sum(dtype=np.int32)]
        told = np.array(sums, dtype=np.float32) * self.scale / size
        # A product of matrices adds up in an order that differs between processors; in double precision none shows.
        said = (features.dense[:, None].astype(np.float64) * self.dense).sum(axis=0).astype(np.float32)
        raw = told + said + self.bias
        odds: NDArray[np.float32] = raw * self.slope + self.shift
        return odds

    def probabilities(self, subject: str, text: str) -> tuple[float, float, float]:
        """Return the probabilities of ham, spam and phish for a subject and a text."""
        return self.probabilities_of(extract(subject, text))

    def probabilities_of(self, features: Features) -> tuple[float, float, float]:
        """Return the probabilities of ham, spam and phish; they sum to 1.

        A few words prove little: evidence against the mail is drawn towards the prior, evidence
        for it stays.
        """
        odds = self.log_odds(features)
        told = float(len(features.hashed) + _CONCEPT_WORTH * np.count_nonzero(features.dense)) ** 2
        drawn = _PRIOR + (odds - _PRIOR) * np.float32(told / (told + _HALF_TOLD**2))
        return _softmax(np.minimum(odds, drawn))


def _softmax(odds: NDArray[np.float32]) -> tuple[float, float, float]:
    # For three numbers plain Python is faster than an array; the powers are numpy's.
    exact = [0.0, *(min(max(value, -30.0), 30.0) for value in odds.tolist())]
    most = max(exact)
    ham, spam, phish = np.exp(np.array([value - most for value in exact])).tolist()
    total = ham + spam + phish
    return ham / total, spam / total, phish / total


def write_classifier(classifier: Classifier, path: Path) -> None:
    """Write the model as a compressed archive of plain arrays; nothing in it can run."""
    arrays = {field: getattr(classifier, field) for field in _ARRAYS if field not in ("name", "version")}
    np.savez_compressed(path, name=np.array(classifier.name), version=np.array(FEATURES_VERSION), **arrays)


def read_classifier(path: Path) -> Classifier:
    """Read a text model; raises as `read_arrays`, and for a model of other features."""
    arrays = read_arrays(path, _ARRAYS)
    if int(arrays["version"]) != FEATURES_VERSION:
        raise ConfigError(f"The model file {path.name} was trained on other features; train it again.")
    if arrays["hashed"].shape != (1 << BITS, 2) or arrays["dense"].shape != (len(DENSE_NAMES), 2):
        raise ConfigError(f"The model file {path.name} has the wrong shape; train it again.")
    return Classifier(
        name=str(arrays["name"]),
        hashed=np.ascontiguousarray(arrays["hashed"].astype(np.int8)),
        **{field: arrays[field].astype(np.float32) for field in ("scale", "dense", "bias", "slope", "shift")},
    )


@loads_shipped()
@cache
def load_classifier() -> Classifier:
    """Return the model that ships with the package."""
    with as_file(files("glassdome.engine.builtin").joinpath("model").joinpath("text.npz")) as path:
        return read_classifier(path)
