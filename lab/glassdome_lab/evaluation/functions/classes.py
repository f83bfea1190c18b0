"""Three classes, and what rides on a mail's verdict: priority, language, cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from glassdome_lab.evaluation.labels import CLASSES
from glassdome_lab.evaluation.metrics import confusion, f1_score, rank_auc

__all__ = ["measure_classes", "measure_cost", "measure_languages", "measure_priority"]

#: A priority from here on makes itself noticed.
_HIGH_PRIORITY = 7


def measure_classes(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the confusion of ham, spam and `core` phish, F1 of each, and how much spam is called phishing."""
    judged = [r for r in records if "error" not in r and r["verdict"] in CLASSES]
    chosen = [r for r in judged if r["label"] != "phish" or r["core"]]
    if not chosen:
        return {}
    table = confusion([r["label"] for r in chosen], [r["verdict"] for r in chosen], CLASSES)
    columns = [sum(row[i] for row in table) for i in range(len(CLASSES))]
    scores = {
        name: f1_score(table[i][i], columns[i] - table[i][i], sum(table[i]) - table[i][i])
        for i, name in enumerate(CLASSES)
    }
    spam = [r for r in chosen if r["label"] == "spam"]
    return {
        "names": list(CLASSES),
        "confusion": table,
        "classes": scores,
        "macro_f1": sum(score["f1"] for score in scores.values()) / len(CLASSES),
        "spam_called_phishing": sum(r["is_phishing"] for r in spam) / len(spam) if spam else None,
        "unreadable": len(records) - len(judged),
    }


def measure_priority(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return sanity figures: priorities have no labels, but spam and phishing must not stand above real mail."""
    chosen = [r for r in records if "error" not in r]
    by_label = {name: [r["priority"] for r in chosen if r["label"] == name] for name in CLASSES}
    if not by_label["ham"]:
        return {}
    bad = by_label["spam"] + by_label["phish"]
    scores = np.array(by_label["ham"] + bad, dtype=np.float64)
    truth = np.array([1.0] * len(by_label["ham"]) + [0.0] * len(bad))
    return {
        "mean": {name: float(np.mean(values)) for name, values in by_label.items() if values},
        "ham_above_rest": rank_auc(scores, truth) if bad else None,
        "high_among_bad": sum(p >= _HIGH_PRIORITY for p in bad) / len(bad) if bad else None,
        "histogram": {name: [values.count(p) for p in range(1, 11)] for name, values in by_label.items()},
    }


def measure_languages(records: Sequence[dict[str, Any]], wanted: dict[str, str]) -> dict[str, Any]:
    """Return accuracy over labelled texts (`wanted`: id to BCP 47 tag), and the confusions."""
    pairs = [(wanted[r["id"]], r.get("language", "")) for r in records if r["id"] in wanted]
    if not pairs:
        return {}
    wrong = Counter(f"{real} as {said or 'unknown'}" for real, said in pairs if not _same(real, said))
    return {
        "count": len(pairs),
        "languages": len({real for real, _ in pairs}),
        "accuracy": 1 - wrong.total() / len(pairs),
        "mistakes": dict(wrong.most_common(10)),
    }


def _same(real: str, said: str) -> bool:
    return real.partition("-")[0].lower() == said.partition("-")[0].lower()


def measure_cost(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return seconds, calls and tokens per mail, how often the engine gave no answer, and the size of our own models."""
    chosen = [r for r in records if "calls" in r]
    if not chosen:
        return {}
    seconds = np.array([r["seconds"] for r in chosen])
    return {
        "mails": len(chosen),
        "seconds_median": float(np.median(seconds)),
        "seconds_mean": float(seconds.mean()),
        # Other work on the machine makes mails wait; what an engine costs by itself is its processor time.
        "cpu_median": float(np.median([r.get("cpu", r["seconds"]) for r in chosen])),
        "cpu_mean": float(np.mean([r.get("cpu", r["seconds"]) for r in chosen])),
        "seconds_p95": float(np.percentile(seconds, 95)),
        "calls_per_mail": sum(r["calls"] for r in chosen) / len(chosen),
        "tokens_in_per_mail": sum(r["tokens_in"] for r in chosen) / len(chosen),
        "tokens_out_per_mail": sum(r["tokens_out"] for r in chosen) / len(chosen),
        "degraded": sum(bool(r["degraded"]) for r in chosen) / len(chosen),
        "model_bytes": _model_bytes(),
    }


def _model_bytes() -> int:
    folder = files("glassdome.engine.builtin").joinpath("model")
    return sum(len(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".npz"))
