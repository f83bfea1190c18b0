"""The meaning of a mail's words: log-odds of fraud from the numbers of a sentence encoder, by a small linear model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped
from glassdome.engine.builtin.classifier import read_arrays
from glassdome.engine.builtin.reading import read_text
from glassdome.values.file_places import joined_with_letter
from glassdome.values.message import Message

__all__ = [
    "ENCODED",
    "MEANING_KIND",
    "MeaningModel",
    "load_meaning_model",
    "meaning_text",
    "read_meaning_model",
    "write_meaning_model",
]

#: The media type under which a text is handed to the encoder.
MEANING_KIND: Final = "text/x-glassdome-meaning"
#: Languages without a pack whose words the encoder judges: it learnt them, and mail in them was among what it was tried on.
ENCODED: Final = frozenset(
    ["af", "az", "be", "bn", "ca", "cy", "eu", "ga", "gl", "gu", "hy", "is", "ka", "kk", "kn", "km", "mk", "ml", "mn", "mr",
     "ms", "my", "ne", "pa", "si", "sq", "sw", "ta", "te", "tl", "ur", "uz"]
)  # fmt: skip
#: Numbers that the encoder makes of a text.
SIZE: Final = 384
#: Characters read: what a mail wants, it says before, and the time grows with them.
_MOST_CHARS: Final = 400
_LINK: Final = re.compile(r"https?://\S+")
_ANY_LINK: Final = "https://link.example/"
_ARRAYS: Final = ("weights", "bias")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningModel:
    """Logistic regression over the encoder's numbers."""

    weights: NDArray[np.float32]
    bias: float

    def log_odds(self, numbers: NDArray[Any]) -> float:
        """Return the log-odds that a text with these numbers is fraud."""
        return float(np.dot(numbers.astype(np.float64), self.weights.astype(np.float64))) + self.bias


def meaning_text(message: Message) -> str:
    """Return the words that the encoder reads: the subject and the beginning of the text, each link made the same."""
    joined = joined_with_letter(message)
    return plain_meaning(joined.subject, read_text(joined))


def plain_meaning(subject: str, text: str) -> str:
    """Return the words of a subject and a text as the encoder reads them."""
    return _LINK.sub(_ANY_LINK, " ".join(f"{subject}\n{text[: 4 * _MOST_CHARS]}".split()))[:_MOST_CHARS]


def write_meaning_model(model: MeaningModel, path: Path) -> None:
    """Write the model as a compressed archive of plain arrays; nothing in it can run."""
    np.savez_compressed(path, weights=model.weights, bias=np.array(model.bias, dtype=np.float32))


def read_meaning_model(path: Path) -> MeaningModel:
    """Read the model; raises as `read_arrays`, and for one of another encoder."""
    arrays = read_arrays(path, _ARRAYS)
    if arrays["weights"].shape != (SIZE,):
        raise ConfigError(f"The model file {path.name} has the wrong shape; train it again.")
    return MeaningModel(weights=arrays["weights"].astype(np.float32), bias=float(arrays["bias"]))


@loads_shipped()
@cache
def load_meaning_model() -> MeaningModel:
    """Return the model that ships with the package."""
    with as_file(files("glassdome.engine.builtin").joinpath("model").joinpath("meaning.npz")) as path:
        return read_meaning_model(path)
