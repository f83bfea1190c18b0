"""Attention, categories and action items on whole mails against what people wrote down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from glassdome.core.words import words_in
from glassdome.engine.builtin import BuiltinEngine
from glassdome.engine.builtin.words import fold
from glassdome.pipeline.process import classify
from glassdome.values.verdict import Verdict
from glassdome_lab.evaluation.metrics import f1_score
from glassdome_lab.training.triage_mails import AUTHSERV, LabelledAction, TriageMail, context_for, raw_of

__all__ = ["LADDER", "matched", "measure_triage", "triage_row"]

#: The steps of attention, the least first.
LADDER: Final = ("skim", "read", "answer", "now")
#: The share of the shorter text's words that two quotes of one sentence have in common.
_OVERLAP: Final = 0.6
_BAD: Final = ("fraud", "spam")
#: Names of the labels for a category of ours.
_SAME: Final = {"job": "recruiting", "mailing-list": "list"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRow:
    """A labelled mail and the verdict on it; `pairs` are labelled actions and the items that quote them."""

    mail: TriageMail
    verdict: Verdict
    pairs: Sequence[tuple[int, int]]


def triage_row(mail: TriageMail, engine: BuiltinEngine | None = None) -> TriageRow:
    """Judge one mail as a mail server would, with the shipped engine or another."""
    verdict = classify(raw_of(mail), context_for(mail), authserv_ids=frozenset({AUTHSERV}), engine=engine)
    quotes = [f"{item.evidence.quote}" for item in verdict.action_items]
    return TriageRow(mail=mail, verdict=verdict, pairs=matched(mail.actions, quotes))


def matched(actions: Sequence[LabelledAction], quotes: Sequence[str]) -> list[tuple[int, int]]:
    """Pair labelled actions with found quotes, best overlap first; each is used once."""
    pairs = []
    for place, action in enumerate(actions):
        wanted = Counter(words_in(fold(action.quote)))
        for number, quote in enumerate(quotes):
            found = Counter(words_in(fold(quote)))
            share = (wanted & found).total() / max(min(wanted.total(), found.total()), 1)
            pairs.append((share, place, number))
    used: list[tuple[int, int]] = []
    for share, place, number in sorted(pairs, reverse=True):
        if share >= _OVERLAP and all(place != a and number != b for a, b in used):
            used.append((place, number))
    return sorted(used)


def measure_triage(rows: Sequence[TriageRow]) -> dict[str, Any]:
    """Return the figures of all mails, and those of each language."""
    languages = sorted({row.mail.language for row in rows})
    by_language = {tag: _figures([row for row in rows if row.mail.language == tag]) for tag in languages}
    return {**_figures(rows), "languages": by_language}


def _figures(rows: Sequence[TriageRow]) -> dict[str, Any]:
    good = [row for row in rows if row.mail.kind not in _BAD]
    steps = [abs(LADDER.index(row.verdict.attention) - LADDER.index(row.mail.attention)) for row in good]
    plain = [row for row in good if not row.mail.actions]
    return {
        "mails": len(rows), "exact": _share(step == 0 for step in steps), "within_one": _share(step <= 1 for step in steps),
        "category": _share(_is_accepted(row) for row in good), **_items(good),
        "clean": _share(not row.verdict.action_items for row in plain),
        "drafts_wanted": _share(bool(row.verdict.auto_reply_suggestion) for row in good if row.mail.draft),
        "drafts_to_machines": sum(
            bool(row.verdict.auto_reply_suggestion) for row in rows if row.mail.kind not in ("person", "list")
        ),
        "bad_not_skimmed": sum(row.verdict.attention != "skim" for row in rows if row.mail.kind in _BAD),
        "spam_found": _share(row.verdict.label == "spam" for row in rows if row.mail.kind == "spam"),
        "fraud_found": _share(row.verdict.label == "phish" for row in rows if row.mail.kind == "fraud"),
        "good_called_bad": sum(row.verdict.label != "ham" for row in good),
    }  # fmt: skip


def _is_accepted(row: TriageRow) -> bool:
    first = row.verdict.categories[0]
    return first in row.mail.categories or _SAME.get(first, first) in row.mail.categories


def _items(rows: Sequence[TriageRow]) -> dict[str, float]:
    right = sum(len(row.pairs) for row in rows)
    found = sum(len(row.verdict.action_items) for row in rows)
    wanted = sum(len(row.mail.actions) for row in rows)
    dues = [
        (row.mail.actions[a].due, (row.verdict.action_items[b].due_at or "")[:10]) for row in rows for a, b in row.pairs
    ]
    score = f1_score(right, found - right, wanted - right)
    return {
        "items": wanted, "precision": score["precision"], "recall": score["recall"], "f1": score["f1"],
        "due": _share(label == said for label, said in dues if label),
        "due_invented": sum(bool(said) for label, said in dues if not label),
        "due_of_all": sum(label == said for label, said in dues if label)
        / max(sum(bool(action.due) for row in rows for action in row.mail.actions), 1),
    }  # fmt: skip


def _share(held: Iterable[bool]) -> float:
    values = list(held)
    return sum(values) / len(values) if values else 1.0
