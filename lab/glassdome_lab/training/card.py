"""The data card of a trained model: what it learned from, under which terms, and how good it is where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Final

from glassdome_lab.training.fitting import Recipe
from glassdome_lab.training.judging import SourceFigures

__all__ = ["model_card"]

#: Terms under which the known public collections are offered, by the beginning of the source's name.
_TERMS: Final = (
    (
        "phishing_pot",
        "phishing_pot, CC BY-NC 4.0; leave it out with `--without-source phishing_pot` where that does not suit",
    ),
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


_AUC: Final = attrgetter("auc")
_RECALL: Final = attrgetter("recall_at_1")
_ALARMS: Final = attrgetter("called_phish")


def model_card(
    name: str,
    samples: Mapping[str, Mapping[str, int]],
    figures: Sequence[SourceFigures],
    error: float,
    size: int,
    recipe: Recipe,
    cost: str = "",
) -> str:
    """Return the card as Markdown; `cost` is the section on sources left out."""
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
        *([f"## What leaving sources out costs\n\n{cost}"] if cost else []),
        "## Recipe",
        _table(("setting", "value"), [(field.name, str(getattr(recipe, field.name))) for field in fields(recipe)]),
    ]
    return "\n\n".join(parts) + "\n"


def cost_of(without: Collection[str], whole: Sequence[SourceFigures], less: Sequence[SourceFigures]) -> str:
    """Return as Markdown how good models are that learned all sources, and how good without these, on the same mail."""
    pairs = [(one, other) for one, other in zip(whole, less, strict=True) if one.label == "ham"]
    rows = [
        (one.source, f"{one.auc:.4f}", f"{other.auc:.4f}", f"{one.recall_at_1:.1%}", f"{other.recall_at_1:.1%}",
         f"{one.called_phish:.1%}", f"{other.called_phish:.1%}")
        for one, other in pairs
    ]  # fmt: skip
    means = [
        sum(value(figures) for figures in column) / max(len(pairs), 1)
        for value in (_AUC, _RECALL, _ALARMS)
        for column in zip(*pairs, strict=True)
    ]
    mean = ("**mean of the sources**", *(f"{m:.4f}" for m in means[:2]), *(f"{m:.1%}" for m in means[2:]))
    return (
        f"Left out: {', '.join(sorted(without))}. Both columns judge the same mail by models that never saw it, the phish "
        "of the sources left out included.\n\n"
        + _table(
            (
                "ham held out",
                "AUC with",
                "AUC without",
                "recall at 1 % with",
                "without",
                "called phish with",
                "without",
            ),
            [*rows, mean],
        )
    )


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
