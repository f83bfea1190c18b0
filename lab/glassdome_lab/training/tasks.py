"""Training of the model of tasks: sentences of labelled mails and sentences labelled by their act in, a small linear model out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.words import words_in
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.chosen import chosen
from glassdome.engine.builtin.intent import look
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.engine.builtin.tasks import BUCKETS, TaskModel, crossed, numbers_of, write_task_model
from glassdome.engine.builtin.words import fold
from glassdome.parse import parse_message
from glassdome.pipeline.process import examine
from glassdome_lab.training.triage_mails import AUTHSERV, TriageMail, context_for, raw_of

__all__ = ["TaskSample", "act_samples", "cross_validated_tasks", "fit_tasks", "task_samples", "train_tasks"]

_PENALTIES: Final = (1.0, 0.5)
_WORDS_WORTH: Final = 2.0
_STEPS: Final = 60
_FOLDS: Final = 5
_SEED: Final = 7
_LEAST: Final = 3
#: The share of the shorter text's words by which a sentence is one that a label quotes.
_SAME: Final = 0.7
_SKIPPED: Final = ("fraud", "spam")
#: The day on which sentences without a mail count as written, and how much one of them counts against a mail's.
_WRITTEN: Final = datetime(2026, 3, 10, 9, tzinfo=UTC)
_OF_ACT: Final = 0.25
#: Log-odds from which on a sentence counts: where F1 was best in cross-validation.
_LINE: Final = -0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSample:
    """A sentence as the model sees it, and whether it leaves its reader something to do; `act` marks one without a mail."""

    words: Sequence[str]
    facts: Mapping[str, float]
    scene: tuple[str, ...]
    task: bool
    group: str
    act: bool = False
    weight: float = 1.0


class _Listening:
    """Stands where the model stands, and keeps what it would have seen."""

    def __init__(self) -> None:
        self.seen: list[tuple[Sequence[str], Mapping[str, float]]] = []
        self.scene: tuple[str, ...] = ()

    def log_odds(
        self, lines: Sequence[Sequence[str]], facts: Sequence[Mapping[str, float]], scene: tuple[str, ...]
    ) -> list[float]:
        self.seen, self.scene = list(zip(lines, facts, strict=True)), scene
        return [-1.0] * len(lines)


def task_samples(mails: Sequence[TriageMail]) -> list[TaskSample]:
    """Return the sentences of mails; one that a label quotes is a task."""
    listening = _Listening()
    engine = BuiltinEngine(tasks=listening)
    kept = [mail for mail in mails if mail.kind not in _SKIPPED]
    return [sample for mail in kept for sample in _samples(mail, engine, listening)]


def _samples(mail: TriageMail, engine: BuiltinEngine, listening: _Listening) -> list[TaskSample]:
    listening.seen = []
    message = parse_message(raw_of(mail), authserv_ids=frozenset({AUTHSERV}))
    examine(message, context_for(mail), engine)
    quotes = [Counter(words_in(fold(action.quote))) for action in mail.actions]
    return [
        TaskSample(
            words=words, facts=facts, task=any(_is_quoted(words, quote) for quote in quotes), scene=listening.scene,
            group=mail.id,
        )
        for words, facts in listening.seen
    ]  # fmt: skip


def act_samples(path: Path) -> list[TaskSample]:
    """Return the sentences of a file, one a line below `## act`, as if each were a person's mail; a request is a task."""
    act, listening, found = "", _Listening(), []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            act = line[3:].strip()
        elif line.strip() and act:
            looked = look(sentences_of(line), path.stem, _WRITTEN)
            chosen(looked, listening, scene=("person",), reader=frozenset())
            found += [
                TaskSample(
                    words=words,
                    facts=facts,
                    task=act == "request",
                    scene=("person",),
                    group=act,
                    act=True,
                    weight=_OF_ACT,
                )
                for words, facts in listening.seen
            ]
    return found


def _is_quoted(words: Sequence[str], quote: Counter[str]) -> bool:
    found = Counter(words)
    return (found & quote).total() >= _SAME * max(min(found.total(), quote.total()), 1)


def train_tasks(samples: Sequence[TaskSample], out: Path) -> TaskModel:
    """Fit on all samples and write `out`."""
    model = fit_tasks(samples)
    write_task_model(model, out)
    return model


def fit_tasks(samples: Sequence[TaskSample], *, line: float = _LINE) -> TaskModel:
    """Return the model of these samples; `line` is the log-odds from which on a sentence counts."""
    counted = Counter(name for sample in samples for name in crossed(sample.facts, sample.scene))
    names = {name: column for column, name in enumerate(sorted(name for name, n in counted.items() if n >= _LEAST))}
    table = _fit(samples, names)
    words = table[len(names) : -1] * _WORDS_WORTH
    scale = float(max(np.abs(words).max(), 1e-6) / 127)
    return TaskModel(
        facts={name: float(table[column]) for name, column in names.items()}, words=np.round(words / scale).astype(np.int8),
        scale=scale, bias=float(table[-1]) - line,
    )  # fmt: skip


def _fit(samples: Sequence[TaskSample], names: Mapping[str, int]) -> NDArray[np.float64]:
    from scipy.optimize import minimize

    features = _features(samples, names)
    turned, truth = features.T.tocsr(), np.array([float(sample.task) for sample in samples])
    weights = np.array([sample.weight for sample in samples])
    penalties = np.repeat(_PENALTIES, [len(names), BUCKETS])

    def loss(table: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = features @ table[:-1] + table[-1]
        slope = weights * (1 / (1 + np.exp(-odds)) - truth)
        told = (weights * (np.logaddexp(0, odds) - truth * odds)).sum() + 0.5 * (penalties * table[:-1] ** 2).sum()
        return float(told), np.append(turned @ slope + penalties * table[:-1], slope.sum())

    found = minimize(loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return np.asarray(found, dtype=np.float64)


def _features(samples: Sequence[TaskSample], names: Mapping[str, int]) -> Any:
    from scipy import sparse

    numbers, places = numbers_of([sample.words for sample in samples])
    counts = np.bincount(places, minlength=len(samples))
    told = [
        (row, names[n], v)
        for row, sample in enumerate(samples)
        for n, v in crossed(sample.facts, sample.scene).items()
        if n in names
    ]
    rows, columns, values = zip(*told, strict=True)
    worth = _WORDS_WORTH / np.sqrt(counts[places])
    return sparse.csr_matrix(
        (
            np.concatenate([values, worth]),
            (np.concatenate([rows, places]), np.concatenate([columns, len(names) + numbers])),
        ),
        shape=(len(samples), len(names) + BUCKETS),
    )


def cross_validated_tasks(
    samples: Sequence[TaskSample], lines: Sequence[float] = (0.0,)
) -> dict[float, dict[str, float]]:
    """Return precision, recall and F1 on sentences of mails from which the model did not learn, for each line."""
    groups = sorted({sample.group for sample in samples if not sample.act})
    np.random.default_rng(_SEED).shuffle(groups)
    fold = {group: number % _FOLDS for number, group in enumerate(groups)}
    told: list[tuple[float, bool]] = []
    for number in range(_FOLDS):
        model = fit_tasks([s for s in samples if s.act or fold[s.group] != number])
        judged = [s for s in samples if not s.act and fold[s.group] == number]
        odds = [model.log_odds([s.words], [s.facts], s.scene)[0] for s in judged]
        told += zip(odds, (s.task for s in judged), strict=True)
    return {line: _figures([(value > line, task) for value, task in told]) for line in lines}


def _figures(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    counts = Counter(pairs)
    right = counts[True, True]
    precision, recall = right / max(right + counts[True, False], 1), right / max(right + counts[False, True], 1)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}
