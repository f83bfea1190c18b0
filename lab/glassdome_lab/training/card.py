"""The data card of a trained model: what it learned from, under which terms, and how good it is where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from glassdome_lab.training.fitting import Recipe
from glassdome_lab.training.judging import SourceFigures

__all__ = ["model_card"]

#: Terms under which the known public collections are offered, by the beginning of the source's name.
_TERMS: Final = (
    ("phishing_pot", "phishing_pot, CC BY-NC 4.0; leave it out with `without_sources` where that does not suit"),
    ("sa_", "SpamAssassin public corpus, public domain as its mirror states (PDDL/CC0)"),
    ("trec07p", "TREC 2007 public spam corpus, no terms stated"),
    ("enron", "Enron mail, public record of the Federal Energy Regulatory Commission"),
    ("rlists", "R project mailing lists, public archive"),
    ("delivery", "public sample mail, no terms stated"),
    ("newsletter", "public sample mail, no terms stated"),
    (
        "modern_",
        "rendered from templates of applications under MIT, BSD, MPL, GPL and AGPL; their texts are not shipped",
    ),
    ("cases", "written for this project"),
)


def model_card(
    name: str,
    samples: Mapping[str, Mapping[str, int]],
    figures: Sequence[SourceFigures],
    error: float,
    size: int,
    recipe: Recipe,
) -> str:
    """Return the card as Markdown."""
    parts = [
        f"# Model card: {name}",
        "Written by `glassdome train`. The model holds hashed weights of words, word pairs, subwords and concepts, and "
        f"no text of any mail. File: {size:,} bytes. Classes: ham, spam, phish.",
        "## What it learned from",
        _table(
            ("source", "ham", "spam", "phish", "terms"), [_source(name, counts) for name, counts in samples.items()]
        ),
        "Beside these, made-up modern mail in seven languages (the templates are part of the source code), used for "
        "training alone. Only phish marked `core` counts as phish; commercial spam is a class of its own.",
        "## How good it is on sources it never saw",
        "Each row is a model trained without that source; the phish it is told from are the latest, also held back. "
        "Recall is at one false alarm in a hundred of that source.",
        _table(
            ("ham held out", "rows", "AUC", "recall at 1 %", "called phish", "called spam"),
            [_ham(f) for f in figures if f.label == "ham"],
        ),
        _table(
            ("spam held out", "rows", "called phish", "called spam"),
            [
                (f.source, str(f.rows), f"{f.called_phish:.1%}", f"{f.called_spam:.1%}")
                for f in figures
                if f.label == "spam"
            ],
        ),
        f"Expected calibration error of the phishing probability over all of these, each source alike: {error:.3f}.",
        "## Recipe",
        _table(("setting", "value"), [(field.name, str(getattr(recipe, field.name))) for field in fields(recipe)]),
    ]
    return "\n\n".join(parts) + "\n"


def _source(name: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    terms = next((terms for start, terms in _TERMS if name.startswith(start)), "your own")
    return (name, *(str(counts.get(label, 0)) for label in ("ham", "spam", "phish")), terms)


def _ham(figures: SourceFigures) -> tuple[str, ...]:
    return (
        figures.source, str(figures.rows), f"{figures.auc:.4f}", f"{figures.recall_at_1:.3f}",
        f"{figures.called_phish:.1%}", f"{figures.called_spam:.1%}",
    )  # fmt: skip


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
