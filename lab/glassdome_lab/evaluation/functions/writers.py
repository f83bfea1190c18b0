"""Attention, categories and action items on whole mails: each writer is judged by models that learned from the others alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from glassdome.engine.builtin import BuiltinEngine
from glassdome_lab.evaluation.functions.triage import TriageRow, measure_triage, triage_row
from glassdome_lab.training.triage import TriageSources, fitted
from glassdome_lab.training.triage_mails import TriageMail

__all__ = ["measure_writers"]


def measure_writers(
    writers: Mapping[str, Sequence[TriageMail]],
    sources: TriageSources,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Return the figures of all mails and of each writer; `sources` is what is learned besides the writers' mail.

    Rules and lists of phrases are the same in every fold, and were made with most of these mails in view.
    """
    rows: list[TriageRow] = []
    told: dict[str, Any] = {}
    for name, mails in writers.items():
        progress(f"without {name}")
        others = [mail for other, several in writers.items() if other != name for mail in several]
        tasks, triage = fitted(replace(sources, labelled=others))
        engine = BuiltinEngine(triage=triage, tasks=tasks)
        judged = [triage_row(mail, engine) for mail in mails]
        told[name] = {key: value for key, value in measure_triage(judged).items() if key != "languages"}
        rows += judged
    return {**measure_triage(rows), "writers": told} if rows else {}
