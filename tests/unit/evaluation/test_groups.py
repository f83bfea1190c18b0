"""Figures for groups of mail, and the scorecard that keeps blind rows from those that flatter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from glassdome_lab.evaluation.functions.classes import measure_classes
from glassdome_lab.evaluation.functions.groups import measure_groups
from glassdome_lab.evaluation.mail_layouts import mail_from_csv
from glassdome_lab.evaluation.report.groups import groups_tables, writers_table
from glassdome_lab.evaluation.report.scorecard import blind_claims, to_scorecard


def record(ident: str, label: str = "ham", verdict: str = "ham", **more: Any) -> dict[str, Any]:
    """The record of a judged mail."""
    return {
        "id": ident, "label": label, "verdict": verdict, "is_phishing": verdict == "phish", "core": True, "theme": "",
        "written_in": "", "proven": False, "draft": False, **more,
    }  # fmt: skip


RECORDS = [
    *(record(f"0:{n}", theme="order", written_in="de", proven=n < 5) for n in range(30)),
    record("0:a", verdict="phish", theme="order", written_in="de"),
    record("0:b", verdict="spam", theme="invoice", written_in="cy"),
    record("0:p", label="phish", verdict="phish"),
    record("1:p", label="phish", verdict="ham", draft=True),
    record("1:s", label="spam", verdict="spam"),
    {"id": "1:x", "label": "ham", "error": "parse"},
]
WRITERS = {
    "mails": 2, "exact": 0.8, "within_one": 0.95, "category": 0.7, "precision": 0.8, "recall": 0.8, "f1": 0.8, "due": 0.5,
    "clean": 1.0, "drafts_to_machines": 1, "fraud_found": 1.0, "spam_found": 0.5, "good_called_bad": 0,
}  # fmt: skip


def test_kinds_languages_brands_and_drafts_are_counted() -> None:
    """Each mail counts once for drafts, however many folds judged it."""
    found = measure_groups(RECORDS)
    assert found["all"] == {"label": "", "mails": 32, "called_phishing": 1, "called_spam": 1}
    assert [(row["label"], row["called_phishing"]) for row in found["themes"]] == [("invoice", 0), ("order", 1)]
    assert [(row["label"], row["mails"]) for row in found["languages"]] == [("de", 31), ("others", 1)]
    assert found["proven"] == {"mails": 5, "called_phishing": 0}
    assert found["drafts"] == {"phish": {"mails": 1, "drafts": 1}, "spam": {"mails": 1, "drafts": 0}}
    assert "| order | 31 | 1 (3.2 %) | 0 (0.0 %) |" in groups_tables(found)


def test_mail_without_labelled_kinds_has_no_groups() -> None:
    assert measure_groups([record("1")]) == {}


def test_an_unreadable_mail_is_counted_and_not_scored() -> None:
    """A verdict of none of the classes is no mistake of a class."""
    found = measure_classes([record("1"), record("2", label="spam", verdict="unknown")])
    assert (found["unreadable"], found["confusion"][0][0], sum(found["confusion"][1])) == (1, 1, 0)


def test_labels_name_kind_language_and_brand(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: a\n\nb\n")
    (tmp_path / "labels.csv").write_text("file,label,theme,language,brand\na.eml,ham,order,de-CH,verified\n")
    (sample,) = mail_from_csv(tmp_path / "labels.csv")
    assert (sample.theme, sample.language, sample.proven) == ("order", "de", True)


def test_the_scorecard_keeps_blind_rows_apart() -> None:
    """No row of a figure in sample stands among those of mail never seen."""
    functions = {
        "writers": {**WRITERS, "writers": {"first": WRITERS}},
        "sensitive": {
            "all": {"precision": 1.0, "recall": 1.0, "f1": 1.0}, "high_risk": {"precision": 1.0, "recall": 1.0, "f1": 1.0},
            "types": {}, "texts": 1, "exact_boundaries": 1.0, "not_claimed": [],
        },
    }  # fmt: skip
    evaluation = {
        "glassdome": "1", "engine": "builtin", "model": "", "corpus": "c", "counts": {"mail": 1}, "limit": None,
        "functions": functions,
    }  # fmt: skip
    page = to_scorecard(evaluation)
    blind, _, rest = page.partition("## Goals in sample")
    assert "Attention exact" in blind
    assert "Sensitive data, F1" not in blind
    assert "Sensitive data, F1" in rest
    assert "## Sensitive data (in sample)" in rest
    assert "| first | 2 | 80.0 % |" in writers_table(functions["writers"])
    assert [goal for what, _, goal, reached in blind_claims(functions) if "Drafts" in what and not reached] == ["0"]
