"""The tables of groups of mail: kinds, languages, brands, drafts given to fraud, and mail by writers never seen."""

from __future__ import annotations

from typing import Any

from glassdome_lab.evaluation.report.tables import share, table

__all__ = ["groups_tables", "writers_table"]


def groups_tables(f: dict[str, Any]) -> str:
    """Return what was judged blind by kind, language and brand."""
    proven, drafts = f["proven"], f["drafts"]
    given = "; ".join(f"{label} {some['drafts']} of {some['mails']}" for label, some in drafts.items())
    return (
        f"Legitimate mail whose kind is labelled, {f['all']['mails']} mails: {f['all']['called_phishing']} called phishing, "
        f"{f['all']['called_spam']} called spam. Of {proven['mails']} mails of brands with their own links, vouched for by the "
        f"server, {proven['called_phishing']} were called phishing. Drafts of an answer given to bad mail: {given}.\n\n"
        "False alarms by kind of legitimate mail:\n\n"
        + _rows("kind", f["themes"])
        + "\nBy language:\n\n"
        + _rows("language", f["languages"])
    )


def _rows(what: str, rows: list[dict[str, Any]]) -> str:
    told = [(r["label"], r["mails"], _of(r, "called_phishing"), _of(r, "called_spam")) for r in rows]
    return table((what, "mails", "called phishing", "called spam"), told)


def _of(row: dict[str, Any], name: str) -> str:
    return f"{row[name]} ({share(row[name] / row['mails'])})"


def writers_table(f: dict[str, Any]) -> str:
    """Return attention, category and action items on whole mails, by writer and together."""
    rows = [_writer(name, some) for name, some in f["writers"].items()]
    return table(
        ("writer left out", "mails", "attention exact", "within one step", "first category", "items P", "items R", "items F1",
         "right day", "no item where none is due"),
        [*rows, _writer("**all**", f)],
    ) + (
        f"\nDrafts given to machines, mass mail or bad mail: {f['drafts_to_machines']}. Fraud called phishing: "
        f"{share(f['fraud_found'])}; spam called spam: {share(f['spam_found'])}; honest mail called either: {f['good_called_bad']}.\n"
    )  # fmt: skip


def _writer(name: str, f: dict[str, Any]) -> tuple[object, ...]:
    shares = ("exact", "within_one", "category", "precision", "recall", "f1", "due", "clean")
    return (name, f["mails"], *(share(f[key]) for key in shares))
