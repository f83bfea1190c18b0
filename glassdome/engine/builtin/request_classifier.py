"""Decides whether a sentence asks for something: a small linear model over its words, trained on labelled sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from itertools import chain, repeat
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from glassdome.core.arrays import read_arrays
from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped

__all__ = [
    "BUCKETS",
    "RequestClassifier",
    "load_request_classifier",
    "read_request_classifier",
    "word_features",
    "write_request_classifier",
]

#: Words and word pairs are hashed to numbers below this.
BUCKETS: Final = 16_384
_ARRAYS: Final = ("language", "weights", "scale", "rule", "bias")


@dataclass(frozen=True, kw_only=True)
class RequestClassifier:
    """Logistic regression for one language: eighth-bit weights times `scale`, the rule's score times `rule`, `bias`."""

    language: str
    weights: NDArray[np.int8]
    scale: float
    rule: float
    bias: float

    @cached_property
    def _weights(self) -> list[int]:
        # For the few numbers of one sentence, a list is several times faster than an array.
        weights: list[int] = self.weights.tolist()
        return weights

    def log_odds(self, words: list[str], *, question: bool, rule: float) -> float:
        """Return how much more likely than not a sentence of these folded `words` asks; above 0 it does."""
        numbers = _distinct(words, question=question)
        told = sum(map(self._weights.__getitem__, numbers)) * self.scale / len(numbers) ** 0.5
        return float(told + self.rule * rule + self.bias)


def word_features(words: list[str], *, question: bool) -> list[int]:
    """Return the distinct numbers of a sentence's words and word pairs, its beginning, end and question mark included."""
    return sorted(_distinct(words, question=question))


def _distinct(words: list[str], *, question: bool) -> set[int]:
    marked = list(map(str.encode, ("^", *words, *("?" if question else ""), "$")))
    single = list(map(crc32, marked))
    # The checksum of "first second" goes on from those of "first" and of a blank, so no pair has to be put together.
    pairs = map(crc32, marked[1:], map(crc32, repeat(b" "), single))
    return {number % BUCKETS for number in chain(single, pairs)}


def write_request_classifier(model: RequestClassifier, path: Path) -> None:
    """Write the model as a compressed archive of plain arrays."""
    np.savez_compressed(path, **{field: np.array(getattr(model, field)) for field in _ARRAYS})  # type: ignore[arg-type]


def read_request_classifier(path: Path) -> RequestClassifier:
    """Read a model of requests; raises as `read_arrays`, and for a model of another size."""
    arrays = read_arrays(path, _ARRAYS)
    if arrays["weights"].shape != (BUCKETS,):
        raise ConfigError(f"The model file {path.name} has the wrong shape; train it again.")
    return RequestClassifier(
        language=str(arrays["language"]),
        weights=arrays["weights"].astype(np.int8),
        scale=float(arrays["scale"]),
        rule=float(arrays["rule"]),
        bias=float(arrays["bias"]),
    )


@loads_shipped()
@cache
def load_request_classifier() -> RequestClassifier:
    """Return the model that ships with the package."""
    with as_file(files("glassdome.engine.builtin").joinpath("model").joinpath("asking.npz")) as path:
        return read_request_classifier(path)
