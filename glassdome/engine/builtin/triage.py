"""The trained models of category and of attention: facts and hashed words of a mail in, chances out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import chain
from pathlib import Path
from typing import Final, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from glassdome.core.arrays import read_arrays
from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped

__all__ = [
    "BUCKETS",
    "LADDER",
    "TEXT_WORTH",
    "TRAINED",
    "Chances",
    "Triage",
    "TriageInput",
    "TriageModel",
    "load_triage_model",
    "read_triage_model",
    "subject_numbers",
    "write_triage_model",
]

#: Words are hashed to numbers below this.
BUCKETS: Final = 1 << 15
#: The steps of attention, the least first; for each but the first the model has a line of its own.
LADDER: Final = ("skim", "read", "answer", "now")
#: Languages of the mails from which the models learned; elsewhere the rules decide.
TRAINED: Final = frozenset(("en", "de", "fr", "es", "it", "nl", "pt"))
#: How much the words of the text and those of the subject count against a fact.
TEXT_WORTH: Final = 2.0
_SUBJECT_WORDS: Final = 12
_PREFIX: Final = 5
_ARRAYS: Final = ("categories", "facts", "told", "told_scale", "words", "words_scale", "bias")


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageInput:
    """A mail as the models see it: its facts by name, the numbers of its text (as `features` hashes them) and of its subject."""

    facts: Mapping[str, float]
    text: NDArray[np.int64]
    subject: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The chance of each category, and of each step of attention."""

    categories: Mapping[str, float]
    attention: Mapping[str, float]


class Triage(Protocol):
    """Tells the chances of a mail's categories and of its steps of attention."""

    def chances(self, seen: TriageInput) -> Chances:
        """Return the chances for one mail."""


@dataclass(frozen=True, kw_only=True)
class TriageModel:
    """Logistic regression: one column for each category (multinomial), one for each step above the lowest (ordinal).

    `facts` names the rows of `told`; both tables hold eighth-bit weights, times a scale for each column.
    """

    categories: tuple[str, ...]
    facts: Mapping[str, int]
    told: NDArray[np.int8]
    told_scale: NDArray[np.float32]
    words: NDArray[np.int8]
    words_scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def chances(self, seen: TriageInput) -> Chances:
        """Return the chances for one mail."""
        known = [(self.facts[name], value) for name, value in seen.facts.items() if name in self.facts]
        rows = self.told[[row for row, _ in known]].astype(np.float32)
        odds = (rows * np.array([value for _, value in known], dtype=np.float32)[:, None]).sum(axis=0) * self.told_scale
        for numbers in (seen.text, seen.subject):
            if len(numbers):
                summed = self.words.take(numbers, axis=0).sum(axis=0, dtype=np.int32)
                odds = odds + summed * self.words_scale * np.float32(TEXT_WORTH / len(numbers) ** 0.5)
        odds = odds + self.bias
        many = len(self.categories)
        return Chances(
            categories=dict(zip(self.categories, _softmax(odds[:many]), strict=True)),
            attention=dict(zip(LADDER, _steps(odds[many:]), strict=True)),
        )


def _softmax(odds: NDArray[np.float32]) -> list[float]:
    powers = np.exp(odds - np.max(odds))
    shares: list[float] = (powers / powers.sum()).tolist()
    return shares


def _steps(odds: NDArray[np.float32]) -> list[float]:
    """Return the chance of each step from the chances that a mail stands at least that high; those never rise."""
    above = np.minimum.accumulate(1.0 / (1.0 + np.exp(-odds)))
    chances: list[float] = (np.append(1.0, above) - np.append(above, 0.0)).tolist()
    return chances


def subject_numbers(words: list[str]) -> NDArray[np.int64]:
    """Return the distinct numbers of the folded words of a subject, and of their beginnings."""
    kept = words[:_SUBJECT_WORDS]
    beginnings = [f"^{word[:_PREFIX]}" for word in kept]
    numbers = {crc32(part.encode()) % BUCKETS for part in chain(kept, beginnings)}
    return np.fromiter(numbers, dtype=np.int64, count=len(numbers))


def write_triage_model(model: TriageModel, path: Path) -> None:
    """Write the models as a compressed archive of plain arrays; nothing in it can run."""
    np.savez_compressed(
        path, categories=np.array(model.categories), facts=np.array(list(model.facts)), told=model.told,
        told_scale=model.told_scale, words=model.words, words_scale=model.words_scale, bias=model.bias,
    )  # fmt: skip


def read_triage_model(path: Path) -> TriageModel:
    """Read the models; raises as `read_arrays`, and for models of another size."""
    arrays = read_arrays(path, _ARRAYS)
    many = len(arrays["categories"]) + len(LADDER) - 1
    if arrays["words"].shape != (BUCKETS, many) or arrays["told"].shape != (len(arrays["facts"]), many):
        raise ConfigError(f"The model file {path.name} has the wrong shape; train it again.")
    return TriageModel(
        categories=tuple(map(str, arrays["categories"])),
        facts={str(name): row for row, name in enumerate(arrays["facts"])},
        told=arrays["told"].astype(np.int8), told_scale=arrays["told_scale"].astype(np.float32),
        words=np.ascontiguousarray(arrays["words"].astype(np.int8)), words_scale=arrays["words_scale"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
    )  # fmt: skip


@loads_shipped()
@cache
def load_triage_model() -> TriageModel:
    """Return the models that ship with the package."""
    with as_file(files("glassdome.engine.builtin").joinpath("model").joinpath("triage.npz")) as path:
        return read_triage_model(path)
