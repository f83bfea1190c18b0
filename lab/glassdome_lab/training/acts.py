"""Training of the model of sentence acts: sentences under the headings of what they do in, a small linear model out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.errors import InputError
from glassdome.engine.builtin.acts import ACTS, BUCKETS, ActModel, act_features, write_act_model
from glassdome.threads.lexicon import LANGUAGES, read_words, words_for

__all__ = ["SENTENCES", "ActReport", "Labelled", "act_card", "judge_acts", "read_acts", "train_acts"]

#: The sentences that ship with the lab.
SENTENCES: Final = Path(__file__).parent / "acts"
_INVERSE_PENALTY: Final = 4.0
_STEPS: Final = 200
_ENOUGH: Final = 1e-3
_FOLDS: Final = 5
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, its language and the number of its act."""

    language: str
    act: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActReport:
    """Figures of sentences that the model judging them had not learned from, and how many of each act there are.

    `f1` is by act, `accuracy` by language; `without_language` is the accuracy in each language of a model that learned
    from the others alone. `confusion` counts acts (rows) by what they were taken for (columns).
    """

    sentences: dict[str, int]
    f1: dict[str, float]
    accuracy: dict[str, float]
    without_language: dict[str, float]
    confusion: NDArray[np.int64]


def train_acts(out: Path, folder: Path = SENTENCES) -> None:
    """Train on the files `LANGUAGE.txt` of a folder and write `out`; raises InputError for an act without sentences."""
    rows = read_acts(folder)
    missing = set(range(len(ACTS))) - {row.act for row in rows}
    if missing:
        raise InputError(f"{folder} has no sentences of {', '.join(ACTS[act] for act in sorted(missing))}.")
    write_act_model(_small(_fit(_features(rows), _acts(rows))), out)


def judge_acts(folder: Path = SENTENCES) -> ActReport:
    """Return the figures of models that learned from a part of a folder, on the other part."""
    rows = read_acts(folder)
    return _judged(rows, _features(rows), _acts(rows))


def _acts(rows: Sequence[Labelled]) -> NDArray[np.int64]:
    return np.array([row.act for row in rows], dtype=np.int64)


def read_acts(folder: Path) -> list[Labelled]:
    """Return the sentences of a folder, one a line below `## act`; raises InputError for a heading that is no act."""
    rows = [row for path in sorted(folder.glob("*.txt")) for row in _read(path)]
    if not rows:
        raise InputError(f"{folder} has no sentences.")
    return rows


def _read(path: Path) -> list[Labelled]:
    act, rows = "", []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            act = line[3:].strip()
            if act not in ACTS:
                raise InputError(f"{path.name} has the heading {act}, which is no act.")
        elif line.strip() and act:
            rows.append(Labelled(path.stem, ACTS.index(act), line.strip()))
    return rows


def _features(rows: Sequence[Labelled]) -> Any:
    from scipy import sparse

    places: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for place, row in enumerate(rows):
        numbers = act_features(row.text, row.language, _roles(row))
        places += [place] * len(numbers)
        columns += numbers
        values += [len(numbers) ** -0.5] * len(numbers)
    return sparse.csr_matrix((values, (places, columns)), shape=(len(rows), BUCKETS))


def _roles(row: Labelled) -> set[str]:
    if row.language not in LANGUAGES:
        return set()
    return read_words(row.language).roles(words_for(row.text, row.language))


def _fit(features: Any, acts: NDArray[np.int64]) -> Any:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return LogisticRegression(C=_INVERSE_PENALTY, max_iter=_STEPS, tol=_ENOUGH).fit(features, acts)


def _small(model: Any) -> ActModel:
    """Return the model with eighth-bit weights, those of each act on a scale of its own."""
    weights = model.coef_.T
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    return ActModel(
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
    )


def _judged(rows: Sequence[Labelled], features: Any, acts: NDArray[np.int64]) -> ActReport:
    from sklearn.model_selection import StratifiedKFold

    languages = np.array([row.language for row in rows])
    called = np.zeros(len(acts), dtype=np.int64)
    for learn, judge in StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(acts, acts):
        called[judge] = _fit(features[learn], acts[learn]).predict(features[judge])
    without = {}
    for language in sorted({row.language for row in rows}):
        kept = languages != language
        found = _fit(features[kept], acts[kept]).predict(features[~kept]) if kept.any() else acts[~kept] * 0
        without[language] = float(np.mean(found == acts[~kept]))
    confusion = np.zeros((len(ACTS), len(ACTS)), dtype=np.int64)
    np.add.at(confusion, (acts, called), 1)
    both = confusion.sum(axis=0) + confusion.sum(axis=1)
    return ActReport(
        sentences={act: int(n) for act, n in zip(ACTS, np.bincount(acts, minlength=len(ACTS)), strict=True)},
        f1={act: float(2 * confusion[i, i] / max(both[i], 1)) for i, act in enumerate(ACTS)},
        accuracy={
            str(tag): float(np.mean(called[languages == tag] == acts[languages == tag])) for tag in set(languages)
        },
        without_language=without,
        confusion=confusion,
    )


def act_card(report: ActReport, size: int) -> str:
    """Return the data card of a trained model as Markdown."""
    total = sum(report.sentences.values())
    languages = sorted(report.accuracy)
    called = [
        (act, str(n), f"{report.f1[act]:.2f}", *map(str, report.confusion[i]))
        for i, (act, n) in enumerate(report.sentences.items())
    ]
    parts = [
        "# Model card: acts.npz",
        "Tells what a sentence of a letter does between writer and reader. Multinomial logistic regression over "
        f"{BUCKETS:,} hashed features (words, pairs of words, pieces of words, beginning, end, length, and the roles that the tables "
        f"of `threads/words` tell); the file holds weights and no text. File: {size:,} bytes. Written by "
        "`python -m glassdome_lab.training.acts`.",
        "## What it learned from",
        f"{total:,} made-up sentences, written by hand for this purpose, in {', '.join(languages)} "
        "(`lab/glassdome_lab/training/acts`, GPL-3.0-or-later). No line repeats the construction of another on purpose, so that "
        "the figures below are lower than those of ordinary mail, where few constructions make most of the sentences.",
        "About 3,200 of the sentences were written after reading what the model got wrong on a set of 60 labelled threads, about 600 more "
        "after a set of 80, and some "
        "paraphrase their sentences; figures on those sets are in sample.",
        "## How good it is on sentences that it had not learned from",
        "Five-fold cross-validation; in the last column the model learned from the other languages alone.",
        _table(
            ("language", "right of twelve acts", "right, language left out"),
            [(tag, f"{report.accuracy[tag]:.3f}", f"{report.without_language[tag]:.3f}") for tag in languages],
        ),
        "Rows are acts, columns what they were taken for.",
        _table(("act", "sentences", "F1", *ACTS), called),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))


if __name__ == "__main__":
    _place = Path(__file__).parents[3] / "glassdome" / "engine" / "builtin" / "model"
    train_acts(_place / "acts.npz")
    (_place / "acts.md").write_text(act_card(judge_acts(), (_place / "acts.npz").stat().st_size), "utf-8")
