"""The small model over the numbers of the sentence encoder: log-odds that a text with this meaning is fraud.

It stands with the readers, and imports no engine: each child of the sandbox would hold the engine's models as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.arrays import read_arrays
from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped

__all__ = ["MEANING_KIND", "SIZE", "MeaningModel", "load_meaning_model", "read_meaning_model", "write_meaning_model"]

#: The media type under which a text is handed to the encoder.
MEANING_KIND: Final = "text/x-glassdome-meaning"
#: Numbers that the encoder makes of a text.
SIZE: Final = 384
_ARRAYS: Final = ("weights", "bias")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeaningModel:
    """Logistic regression over the encoder's numbers."""

    weights: NDArray[np.float32]
    bias: float

    def log_odds(self, numbers: NDArray[Any]) -> float:
        """Return the log-odds that a text with these numbers is fraud."""
        return float(np.dot(numbers.astype(np.float64), self.weights.astype(np.float64))) + self.bias


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
    with as_file(files("glassdome").joinpath("engine", "builtin", "model", "meaning.npz")) as path:
        return read_meaning_model(path)
