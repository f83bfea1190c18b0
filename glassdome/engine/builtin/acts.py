"""Tells what a sentence does between writer and reader (asks, promises, declines ...): a small linear model over its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from glassdome.core.arrays import read_arrays
from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped
from glassdome.engine.builtin.words import fold

__all__ = ["ACTS", "BUCKETS", "ActModel", "act_features", "load_act_model", "read_act_model", "write_act_model"]

#: The acts, in the order of every array; the headings of the training sentences.
ACTS: Final = (
    "request", "promise", "plan", "empty", "done", "inform", "withdraw", "decline", "defer", "ack", "no_reply", "hand",
)  # fmt: skip
#: Features are hashed to numbers below this.
BUCKETS: Final = 1 << 16
_ARRAYS: Final = ("weights", "scale", "bias")
_TOKEN: Final = re.compile(r"[^\W_]+|[?!¿]")
#: Tokens of a sentence and letters of a word that are read.
_MOST_TOKENS: Final = 60
_LONGEST_WORD: Final = 24
_READ: Final = 1_000
#: Letters of the pieces of a word.
_PIECES: Final = (3, 4, 5)
_EDGE: Final = 2
_LAST: Final = 3
_LENGTH_STEP: Final = 3
_MOST_STEPS: Final = 8


@dataclass(frozen=True, kw_only=True)
class ActModel:
    """Multinomial logistic regression: per bucket an eighth-bit weight for each act, times `scale`, and `bias`."""

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def chances(self, numbers: Collection[int]) -> dict[str, float]:
        """Return the probability of each act for a sentence with these features."""
        rows = self.weights[np.fromiter(numbers, np.intp, len(numbers))]
        told = rows.sum(axis=0, dtype=np.int32) * self.scale / np.float32(max(len(numbers), 1)) ** 0.5 + self.bias
        powers = np.exp(told - np.max(told))
        return dict(zip(ACTS, (powers / powers.sum()).tolist(), strict=True))


def act_features(text: str, language: str, roles: Iterable[str] = ()) -> list[int]:
    """Return the distinct numbers of a sentence: words, pairs, pieces of words, beginning, end, length and `roles`.

    Words and pairs belong to their language; pieces of words are shared, so that related languages help one another.
    """
    tokens = [_plain(token) for token in _TOKEN.findall(fold(text[:_READ]))[:_MOST_TOKENS]]
    told = {"^", *tokens, "$"}
    told.update(f"{one} {two}" for one, two in pairwise(("^", *tokens, "$")))
    told.update(f"^^{token}" for token in tokens[:_EDGE])
    told.update(f"$${token}" for token in tokens[-_LAST:])
    told.update(f"role:{role}" for role in roles)
    start = crc32(f"{language}:".encode())
    numbers = {crc32(name.encode(), start) % BUCKETS for name in told}
    numbers.update(*map(_pieces, tokens))
    numbers.update(crc32(f"role:{role}".encode()) % BUCKETS for role in roles)
    numbers.add(crc32(f"length:{min(len(tokens) // _LENGTH_STEP, _MOST_STEPS)}".encode()) % BUCKETS)
    return sorted(numbers)


def _plain(token: str) -> str:
    return "0" * min(len(token), _LONGEST_WORD) if token.isdigit() else token[:_LONGEST_WORD]


@lru_cache(maxsize=4096)
def _pieces(word: str) -> tuple[int, ...]:
    """Return the numbers of the runs of letters in a word, its edges marked; common words are looked up."""
    marked = f"<{word}>".encode()
    return tuple({crc32(marked[at : at + size]) % BUCKETS for size in _PIECES for at in range(len(marked) - size + 1)})


def write_act_model(model: ActModel, path: Path) -> None:
    """Write the model as a compressed archive of plain arrays; nothing in it can run."""
    np.savez_compressed(path, weights=model.weights, scale=model.scale, bias=model.bias)


def read_act_model(path: Path) -> ActModel:
    """Read a model of acts; raises as `read_arrays`, and for a model of another size."""
    arrays = read_arrays(path, _ARRAYS)
    if arrays["weights"].shape != (BUCKETS, len(ACTS)) or arrays["bias"].shape != (len(ACTS),):
        raise ConfigError(f"The model file {path.name} has the wrong shape; train it again.")
    return ActModel(
        weights=np.ascontiguousarray(arrays["weights"].astype(np.int8)),
        scale=arrays["scale"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
    )


@loads_shipped()
@cache
def load_act_model() -> ActModel:
    """Return the model that ships with the package."""
    with as_file(files("glassdome.engine.builtin").joinpath("model").joinpath("acts.npz")) as path:
        return read_act_model(path)
