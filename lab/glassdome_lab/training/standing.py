"""Training of the model that corrects where a thread stands: labelled threads in, a small linear model and its card out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.errors import InputError
from glassdome.threads.learned import StandingModel, write_standing_model
from glassdome.threads.state import traits_of
from glassdome.threads.traits import STANDINGS
from glassdome_lab.training.thread_letters import OWNER, THREADS, LabelledThread, read_labelled_threads

__all__ = ["StandingReport", "judge_standings", "standing_card", "train_standings"]

_INVERSE_PENALTY: Final = 0.3
_STEPS: Final = 2_000
#: The beginning of the names of threads that the rules were shaped by: they teach, and judge nothing.
_SHAPED: Final = "shaped"
#: The threads of these that count more than once, so that the model keeps what the rules read rightly.
_CASES: Final = "shaped_cases"
_CASES_COUNT: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReport:
    """Shares of threads read rightly by models that never saw their writer, beside the rules alone.

    Each value is (threads, right by the rules, right by the model), by writer; right means the right side: the owner, others,
    neither.
    """

    writers: dict[str, tuple[int, float, float]]

    @property
    def total(self) -> tuple[int, float, float]:
        """The same over all writers."""
        count = sum(number for number, _, _ in self.writers.values())
        rules, model = (sum(row[0] * row[place] for row in self.writers.values()) / count for place in (1, 2))
        return count, rules, model


def train_standings(out: Path, folder: Path = THREADS) -> None:
    """Train on the threads of a folder and write `out`; raises InputError for a folder without threads."""
    threads = _threads(folder)
    write_standing_model(_fit(_rows([*threads, *_cases(threads) * (_CASES_COUNT - 1)])), out)


def judge_standings(folder: Path = THREADS) -> StandingReport:
    """Leave each writer out in turn, and return how well the others' model reads their threads."""
    threads = _threads(folder)
    rows = _rows(threads)
    writers = sorted({thread.writer for thread in threads if not thread.writer.startswith(_SHAPED)})
    return StandingReport(writers={writer: _judged(threads, rows, writer) for writer in writers})


def _threads(folder: Path) -> list[LabelledThread]:
    threads = read_labelled_threads(folder)
    if not threads:
        raise InputError(f"{folder} has no labelled threads.")
    return threads


def _cases(threads: Sequence[LabelledThread]) -> list[LabelledThread]:
    return [thread for thread in threads if thread.writer == _CASES]


@dataclass(frozen=True, slots=True)
class _Row:
    traits: dict[str, float]
    standing: int


def _rows(threads: Sequence[LabelledThread]) -> list[_Row]:
    return [
        _Row(traits_of(thread.turns, owner=OWNER, now=thread.as_of), STANDINGS.index(thread.standing))
        for thread in threads
    ]


def _fit(rows: Sequence[_Row]) -> StandingModel:
    """Fit traits scaled by their highest value; the scale goes into the weights."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    names = sorted({name for row in rows for name in row.traits})
    places = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)), dtype=np.float64)
    for number, row in enumerate(rows):
        table[number, [places[name] for name in row.traits]] = list(row.traits.values())
    scale = np.abs(table).max(axis=0)
    with threadpool_limits(1):
        model: Any = LogisticRegression(C=_INVERSE_PENALTY, max_iter=_STEPS)
        model.fit(table / scale, [row.standing for row in rows])
    weights = np.zeros((len(names), len(STANDINGS)))
    bias = np.full(len(STANDINGS), -20.0)
    weights[:, model.classes_] = model.coef_.T / scale[:, None]
    bias[model.classes_] = model.intercept_
    return StandingModel(places=places, weights=weights.astype(np.float32), bias=bias.astype(np.float32))


def _judged(threads: Sequence[LabelledThread], rows: Sequence[_Row], writer: str) -> tuple[int, float, float]:
    left_out = [thread.writer == writer for thread in threads]
    model = _fit([row for row, out in zip(rows, left_out, strict=True) if not out])
    judged = [row for row, out in zip(rows, left_out, strict=True) if out]
    rules = [_side(_by_rules(row)) == _side(row.standing) for row in judged]
    told = [_side(int(np.argmax(_sides(model, row)))) == _side(row.standing) for row in judged]
    return len(judged), float(np.mean(rules)), float(np.mean(told))


def _side(standing: int) -> str:
    return STANDINGS[standing].partition("_")[0]


def _by_rules(row: _Row) -> int:
    return next(place for place, name in enumerate(STANDINGS) if f"rule={name}" in row.traits)


def _sides(model: StandingModel, row: _Row) -> NDArray[np.float64]:
    """Return the chances with those of one side put together, at the place of its first standing."""
    chances = model.chances(row.traits)
    return np.array(
        [
            chances["closed"],
            chances["me_request"] + chances["me_promise"],
            0.0,
            chances["them_request"] + chances["them_promise"],
            0.0,
        ]
    )


def standing_card(report: StandingReport, size: int) -> str:
    """Return the data card of a trained model as Markdown."""
    count, rules, model = report.total
    rows = [(writer, *row) for writer, row in report.writers.items()] + [("all", count, rules, model)]
    table = ["| writer left out | threads | right by the rules | right by the model |", "| --- | --- | --- | --- |"]
    table += [f"| {name} | {number} | {one:.3f} | {two:.3f} |" for name, number, one, two in rows]
    return "\n\n".join(
        (
            "# Model card: standing.npz",
            "Corrects the rules of `threads/state.py`: tells who owes whom an answer, from the rules' own reading and the acts, flags "
            f"and people of the last three mails (`threads/traits.py`). Multinomial logistic regression; {size:,} bytes, "
            "weights and names of traits alone. Written by `python -m glassdome_lab.training.standing`.",
            f"It learned from {count} threads, made up and labelled by hand for this purpose in English, German, French and Spanish "
            "(`lab/glassdome_lab/training/threads_labelled`, GPL-3.0-or-later), by writers who did not know the rules.",
            "Each row is judged by a model that saw no thread of that writer; right means the right side: the owner, others or neither.",
            "\n".join(table),
        )
    ) + "\n"  # fmt: skip


if __name__ == "__main__":
    _place = Path(__file__).parents[3] / "glassdome" / "threads" / "model"
    _place.mkdir(exist_ok=True)
    train_standings(_place / "standing.npz")
    (_place / "standing.md").write_text(
        standing_card(judge_standings(), (_place / "standing.npz").stat().st_size), "utf-8"
    )
