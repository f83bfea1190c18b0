"""Two runs side by side: every figure that both have, and which way it went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from glassdome_lab.evaluation.report.tables import table

__all__ = ["compare", "to_comparison"]

#: Parts of an evaluation that are pictures or counts, not figures of merit.
_SKIPPED: Final = frozenset(
    {
        "curves",
        "confusion",
        "histogram",
        "threshold",
        "low",
        "high",
        "count",
        "said",
        "mistakes",
        "baseline",
        "lead_3",
        "lead_same_length",
    }
)
#: A change smaller than this is none.
_SAME: Final = 0.0005
#: Words in a figure's name that say that less of it is better.
_LESS_IS_BETTER: Final = (
    "false_positive", "flagged", "above_budget", "calibration_error", "called_phishing", "seconds", "calls", "tokens", "degraded", "harms", "attack_success",
    "flipped", "altered", "wrong", "missed", "unreadable", "high_among_bad", "mean.spam", "mean.phish", "characters",
)  # fmt: skip


def _figures(value: Any, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield path, float(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _SKIPPED:
                yield from _figures(inner, path if name == "value" else f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                name = ".".join(str(inner[k]) for k in ("label", "source", "class") if k in inner)
                yield from _figures(inner, f"{path}.{name}")


def compare(first: dict[str, Any], second: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each figure both runs have: its name, both values, and `better`, `worse` or `same` for the second."""
    old, new = dict(_figures(first["functions"], "")), dict(_figures(second["functions"], ""))
    return [
        {"figure": name, "first": old[name], "second": new[name], "change": _change(name, old[name], new[name])}
        for name in old
        if name in new
    ]


def _change(name: str, old: float, new: float) -> str:
    if abs(new - old) < _SAME:
        return "same"
    less_is_better = any(word in name for word in _LESS_IS_BETTER)
    return "better" if (new < old) == less_is_better else "worse"


def to_comparison(first: dict[str, Any], second: dict[str, Any]) -> str:
    """Return the comparison as Markdown, what changed first."""
    rows = compare(first, second)
    changed = [r for r in rows if r["change"] != "same"]
    same = len(rows) - len(changed)
    return (
        f"{first['engine']} {first['model']} ({first['created']}) against {second['engine']} {second['model']} "
        f"({second['created']}): {len(changed)} figures changed, {same} did not.\n\n"
        + table(
            ("figure", "first", "second", ""),
            [(r["figure"], f"{r['first']:.4f}", f"{r['second']:.4f}", r["change"]) for r in changed],
        )
    )
