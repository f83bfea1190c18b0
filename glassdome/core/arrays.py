"""Model files: archives of plain arrays, in which nothing can run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassdome.core.errors import ConfigError

__all__ = ["read_arrays"]


def read_arrays(path: Path, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Read a model file without ever unpickling; raises ConfigError for a file that is not one of ours."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ConfigError(f"The model file {path.name} cannot be read: {error}.") from error
