"""The trained model of sentences that leave their reader something to do: words and facts in, a chance out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from itertools import chain
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
    "CROSSED",
    "TaskModel",
    "crossed",
    "load_task_model",
    "numbers_of",
    "read_task_model",
    "write_task_model",
]

#: Words, their beginnings, pairs of words and runs of letters are hashed to numbers below this.
BUCKETS: Final = 1 << 17
_PREFIX: Final = 5
_RUN: Final = 4
#: Facts that mean something else in each scene.
CROSSED: Final = (
    "question", "said", "day", "step", "order", "asks", "said:ask", "said:politely", "said:imperative", "said:you", "led",
    "bullet", "heading", "condition", "empty:offered", "dated", "rule",
)  # fmt: skip
_MIX: Final = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B))
_SHIFT: Final = np.uint32(16)
_ARRAYS: Final = ("facts", "told", "words", "scale", "bias")


@dataclass(frozen=True, kw_only=True)
class TaskModel:
    """Logistic regression: a weight for each fact, an eighth-bit weight for each bucket, times `scale`, and `bias`."""

    facts: Mapping[str, float]
    words: NDArray[np.int8]
    scale: float
    bias: float
    scenes: dict[tuple[str, ...], tuple[Mapping[str, float], float]] = field(default_factory=dict, init=False)

    def log_odds(
        self, lines: Sequence[Sequence[str]], facts: Sequence[Mapping[str, float]], scene: tuple[str, ...]
    ) -> list[float]:
        """Return, for each sentence of one mail, how much more likely than not it leaves its reader something to do."""
        weights, bias = self._in(scene)
        numbers, places = numbers_of(lines)
        counts = np.bincount(places, minlength=len(lines))
        sums = np.bincount(places, weights=self.words[numbers], minlength=len(lines))
        told = (sums * self.scale / np.sqrt(np.maximum(counts, 1))).tolist()
        return [
            said + bias + sum([weights.get(name, 0.0) * value for name, value in seen.items()])
            for said, seen in zip(told, facts, strict=True)
        ]

    def _in(self, scene: tuple[str, ...]) -> tuple[Mapping[str, float], float]:
        """Return the weight of each fact in this scene, and the bias there."""
        if scene not in self.scenes:
            plain = {name: weight for name, weight in self.facts.items() if " | " not in name}
            crossed = {name: sum(self.facts.get(f"{name} | {part}", 0.0) for part in scene) for name in CROSSED}
            weights = plain | {name: plain.get(name, 0.0) + more for name, more in crossed.items()}
            self.scenes[scene] = weights, self.bias + sum(plain.get(f"scene:{part}", 0.0) for part in scene)
        return self.scenes[scene]


def crossed(facts: Mapping[str, float], scene: Sequence[str]) -> dict[str, float]:
    """Return the facts of a sentence together with what they are in this scene, as the model learns them."""
    told = {**facts, **{f"scene:{part}": 1.0 for part in scene}}
    return told | {f"{name} | {part}": facts[name] for name in CROSSED if name in facts for part in scene}


def numbers_of(lines: Sequence[Sequence[str]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of the words, their beginnings, pairs and letters of several sentences, and of which sentence each is.

    Each sentence's beginning and end count as words of it.
    """
    marked = [*chain.from_iterable(("^", *line, "$") for line in lines)]
    where = np.repeat(np.arange(len(lines)), [len(line) + 2 for line in lines])
    one = np.fromiter(map(crc32, map(str.encode, marked)), dtype=np.uint32, count=len(marked))
    begun = np.fromiter(map(crc32, _beginnings(marked)), dtype=np.uint32, count=len(marked))
    pairs = one[:-1] * _MIX[0] + one[1:]
    inside = where[:-1] == where[1:]
    runs, places = _runs_of(lines)
    found = np.concatenate([one, begun, pairs[inside], runs]) * _MIX[1]
    return (
        ((found ^ (found >> _SHIFT)) % np.uint32(BUCKETS)).astype(np.int64),
        np.concatenate([where, where, where[:-1][inside], places]),
    )


def _runs_of(lines: Sequence[Sequence[str]]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return a number for each run of letters in a sentence, blanks between words included, and which sentence it is of."""
    letters = np.frombuffer("\n".join([f"<{' '.join(line)}>" for line in lines]).encode("utf-32-le"), dtype=np.uint32)
    count = max(len(letters) - _RUN + 1, 0)
    total = np.zeros(count, dtype=np.uint32)
    for at in range(_RUN):
        total = total * _MIX[0] + letters[at : at + count]
    ends = letters == ord("\n")
    where = np.cumsum(ends)
    inside = (where[:count] == where[_RUN - 1 :]) & ~ends[:count]
    return total[inside], where[:count][inside]


def _beginnings(words: Sequence[str]) -> Iterator[bytes]:
    return (f"~{word[:_PREFIX]}".encode() for word in words)


def write_task_model(model: TaskModel, path: Path) -> None:
    """Write the model as a compressed archive of plain arrays; nothing in it can run."""
    np.savez_compressed(
        path, facts=np.array(list(model.facts)), told=np.array(list(model.facts.values()), dtype=np.float32),
        words=model.words, scale=np.float32(model.scale), bias=np.float32(model.bias),
    )  # fmt: skip


def read_task_model(path: Path) -> TaskModel:
    """Read the model; raises as `read_arrays`, and for a model of another size."""
    arrays = read_arrays(path, _ARRAYS)
    if arrays["words"].shape != (BUCKETS,) or arrays["told"].shape != arrays["facts"].shape:
        raise ConfigError(f"The model file {path.name} has the wrong shape; train it again.")
    names = map(str, arrays["facts"])
    return TaskModel(
        facts=dict(zip(names, arrays["told"].tolist(), strict=True)), words=arrays["words"].astype(np.int8),
        scale=float(arrays["scale"]), bias=float(arrays["bias"]),
    )  # fmt: skip


@loads_shipped()
@cache
def load_task_model() -> TaskModel:
    """Return the model that ships with the package."""
    with as_file(files("glassdome.engine.builtin").joinpath("model").joinpath("tasks.npz")) as path:
        return read_task_model(path)
