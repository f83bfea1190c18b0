"""Categories, action items and summaries against what people wrote down."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from glassdome_lab.evaluation.metrics import f1_score
from glassdome_lab.evaluation.rouge import rouge, words_in
from glassdome_lab.evaluation.samples import CategorySample, IntentSample, SummarySample

__all__ = ["lead", "measure_categories", "measure_intent", "measure_summaries"]

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}")


def measure_categories(records: Sequence[dict[str, Any]], samples: Sequence[CategorySample]) -> dict[str, Any]:
    """Return how often the first category is one the annotators' class allows, compared with always saying the commonest."""
    pairs = [(s, r["categories"]) for s, r in zip(samples, records, strict=True) if r.get("categories")]
    if not pairs:
        return {}
    names = Counter(name for sample, _ in pairs for name in sample.accepted)
    commonest = names.most_common(1)[0][0]
    classes = sorted({sample.name for sample, _ in pairs})
    return {
        "count": len(pairs),
        "first_right": sum(said[0] in sample.accepted for sample, said in pairs) / len(pairs),
        "any_right": sum(bool(sample.accepted & set(said)) for sample, said in pairs) / len(pairs),
        "baseline": {
            "always": commonest,
            "right": sum(commonest in sample.accepted for sample, _ in pairs) / len(pairs),
        },
        "specific": _specific(pairs),
        "classes": [_of_class(name, [(s, said) for s, said in pairs if s.name == name]) for name in classes],
    }


def _specific(pairs: Sequence[tuple[CategorySample, list[str]]]) -> dict[str, Any]:
    """Rate the answers other than the catch-all `work`: the share that is allowed, and the share if they were shuffled."""
    told = [(sample.accepted - {"work"}, said[0]) for sample, said in pairs if said[0] != "work"]
    if not told:
        return {"count": 0, "right": 0.0, "shuffled": 0.0}
    allowed = Counter(name for accepted, _ in told for name in accepted)
    dealt = Counter(name for _, name in told)
    return {
        "count": len(told),
        "right": sum(name in accepted for accepted, name in told) / len(told),
        "shuffled": sum(count * allowed[name] for name, count in dealt.items()) / len(told) ** 2,
    }


def _of_class(name: str, pairs: Sequence[tuple[CategorySample, list[str]]]) -> dict[str, Any]:
    said = Counter(categories[0] for _, categories in pairs)
    return {
        "class": name,
        "count": len(pairs),
        "first_right": sum(categories[0] in sample.accepted for sample, categories in pairs) / len(pairs),
        "said": dict(said.most_common(4)),
    }


def measure_intent(records: Sequence[dict[str, Any]], samples: Sequence[IntentSample]) -> dict[str, Any]:
    """Return precision, recall and F1 of "this sentence asks for something", compared with a search for ? and please."""
    pairs = [(s, r["actions"] > 0) for s, r in zip(samples, records, strict=True) if "actions" in r]
    if not pairs:
        return {}
    return {
        "count": len(pairs),
        **_asking([(sample.asks, said) for sample, said in pairs]),
        "baseline": _asking(
            [(sample.asks, "?" in sample.text or "please" in sample.text.lower()) for sample, _ in pairs]
        ),
    }


def _asking(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    counts = Counter(pairs)
    return f1_score(counts[True, True], counts[False, True], counts[True, False])


def lead(text: str, sentences: int = 3) -> str:
    """Return the first sentences of a text: the baseline that is hard to beat."""
    return " ".join([s for s in _SENTENCE.split(text.strip()) if s.strip()][:sentences])


def measure_summaries(records: Sequence[dict[str, Any]], samples: Sequence[SummarySample]) -> dict[str, Any]:
    """Return ROUGE and must-include recall of the summaries, of the first three sentences, and of as many characters.

    Samples whose summary must hold certain words (threads, long text) and those with one-line references are kept
    apart.
    """
    pairs = [(s, r["summary"]) for s, r in zip(samples, records, strict=True) if "summary" in r]
    groups = {
        "threads": [p for p in pairs if p[0].must_include],
        "one_line": [p for p in pairs if not p[0].must_include],
    }
    return {name: _group(group) for name, group in groups.items() if group}


def _group(pairs: Sequence[tuple[SummarySample, str]]) -> dict[str, Any]:
    return {
        "count": len(pairs),
        "summary": _scored(pairs, lambda sample, said: said),
        "lead_3": _scored(pairs, lambda sample, said: lead(sample.text)),
        "lead_same_length": _scored(pairs, lambda sample, said: " ".join(sample.text.split())[: len(said)]),
    }


def _scored(
    pairs: Sequence[tuple[SummarySample, str]], choose: Callable[[SummarySample, str], str]
) -> dict[str, float]:
    chosen = [(sample, choose(sample, said)) for sample, said in pairs]
    rows = [rouge(text, sample.references) for sample, text in chosen]
    mean = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
    wanted = [(sample.must_include, set(words_in(text))) for sample, text in chosen if sample.must_include]
    if wanted:
        mean["must_include"] = sum(sum(w in held for w in words) / len(words) for words, held in wanted) / len(wanted)
    return mean | {"characters": sum(len(text) for _, text in chosen) / len(chosen)}
