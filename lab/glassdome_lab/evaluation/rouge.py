"""ROUGE-1, ROUGE-2 and ROUGE-L (Lin, 2004) as F1, on lower-case words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["rouge", "words_in"]

_WORD = re.compile(r"\w+")


def words_in(text: str) -> list[str]:
    """Return the words of `text` in lower case."""
    return _WORD.findall(text.lower())


def rouge(candidate: str, references: Sequence[str]) -> dict[str, float]:
    """Return the mean over `references` of each ROUGE F1 of `candidate`."""
    said = words_in(candidate)
    rows = [_against(said, words_in(reference)) for reference in references]
    return {
        name: sum(row[name] for row in rows) / len(rows) if rows else 0.0 for name in ("rouge1", "rouge2", "rougeL")
    }


def _against(said: list[str], wanted: list[str]) -> dict[str, float]:
    return {
        "rouge1": _f1(_common(said, wanted, 1), len(said), len(wanted)),
        "rouge2": _f1(_common(said, wanted, 2), max(len(said) - 1, 0), max(len(wanted) - 1, 0)),
        "rougeL": _f1(_longest_common(said, wanted), len(said), len(wanted)),
    }


def _common(said: list[str], wanted: list[str], size: int) -> int:
    def grams(words: list[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))

    return (grams(said) & grams(wanted)).total()


def _longest_common(said: list[str], wanted: list[str]) -> int:
    row = [0] * (len(wanted) + 1)
    for word in said:
        diagonal = 0
        for column, other in enumerate(wanted, start=1):
            above = row[column]
            row[column] = diagonal + 1 if word == other else max(above, row[column - 1])
            diagonal = above
    return row[-1]


def _f1(common: int, said: int, wanted: int) -> float:
    return 2 * common / (said + wanted) if common else 0.0
