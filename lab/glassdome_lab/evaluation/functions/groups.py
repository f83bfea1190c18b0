"""Figures for groups of mail: kinds and languages of legitimate mail, brands that are vouched for, drafts given to fraud."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

__all__ = ["measure_groups"]

#: Languages with fewer mails stand together.
_FEW: Final = 30
_OTHERS: Final = "others"


def measure_groups(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of the groups that labels name, an empty value where none does."""
    good = [record for record in records if "error" not in record]
    ham = [record for record in good if record["label"] == "ham" and record.get("theme")]
    if not ham:
        return {}
    proven = [record for record in ham if record.get("proven")]
    return {
        "all": _row("", ham),
        "themes": [_row(name, _of(ham, "theme", (name,))) for name in _named(ham, "theme")],
        "languages": _languages(ham),
        "proven": {"mails": len(proven), "called_phishing": sum(r["is_phishing"] for r in proven)},
        "drafts": {
            label: _drafts(record for record in good if record["label"] == label) for label in ("phish", "spam")
        },
    }


def _languages(ham: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    names = _named(ham, "written_in")
    often = [name for name in names if len(_of(ham, "written_in", (name,))) >= _FEW]
    rows = [_row(name, _of(ham, "written_in", (name,))) for name in often]
    rare = _of(ham, "written_in", [name for name in names if name not in often])
    return [*rows, *([_row(_OTHERS, rare)] if rare else [])]


def _row(name: str, records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    called = {word: sum(record["verdict"] == word for record in records) for word in ("phish", "spam")}
    return {"label": name, "mails": len(records), "called_phishing": called["phish"], "called_spam": called["spam"]}


def _named(records: Sequence[dict[str, Any]], key: str) -> list[str]:
    return sorted({record.get(key, "") for record in records} - {""})


def _of(records: Sequence[dict[str, Any]], key: str, names: Iterable[str]) -> list[dict[str, Any]]:
    wanted = frozenset(names)
    return [record for record in records if record.get(key) in wanted]


def _drafts(records: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Count mails, each once although several folds may have judged it, and those that any judgement gave a draft."""
    given: dict[str, bool] = {}
    for record in records:
        ident = record["id"].partition(":")[2] or record["id"]
        given[ident] = given.get(ident, False) or bool(record.get("draft"))
    return {"mails": len(given), "drafts": sum(given.values())}
