"""An evaluation as one HTML file with plots: nothing is loaded from elsewhere and nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from glassdome_lab.evaluation.report.markdown import SECTIONS
from glassdome_lab.evaluation.report.svg import bars, lines, matrix
from glassdome_lab.evaluation.report.tables import share

__all__ = ["to_html"]

_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .75rem;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);text-align:left}
.plots{display:flex;flex-wrap:wrap;gap:1rem}
"""


def to_html(evaluation: dict[str, Any]) -> str:
    """Return the report as a page of its own."""
    title = f"Glassdome {evaluation['glassdome']}: {evaluation['engine']} on {evaluation['corpus']}"
    body = []
    for key, heading, write in SECTIONS:
        figures = evaluation["functions"].get(key)
        if figures:
            plots = "".join(_plots(key, figures))
            body.append(f"<h2>{escape(heading)}</h2>{_blocks(write(figures))}<div class=plots>{plots}</div>")
    return (
        f'<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width"><title>{escape(title)}'
        f"</title><style>{_STYLE}</style><h1>{escape(title)}</h1><p>{escape(evaluation['created'])}</p>{''.join(body)}</html>\n"
    )


def _blocks(markdown: str) -> str:
    """Turn our own Markdown, which is paragraphs and tables, into HTML."""
    parts = []
    for block in filter(None, markdown.split("\n\n")):
        rows = block.strip("\n").splitlines()
        parts.append(_table(rows) if rows[0].startswith("|") else f"<p>{escape(' '.join(rows))}</p>")
    return "".join(parts)


def _table(rows: list[str]) -> str:
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows if not row.startswith("| ---")]
    lines_ = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in cells]
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines_) + "</table>"


def _plots(key: str, f: dict[str, Any]) -> Iterator[str]:
    if key == "loso":
        yield from _plots("phishing", f["phishing"])
        yield from _plots("classes", f["classes"])
    if key == "phishing":
        curves = f["curves"]
        yield lines(
            "ROC",
            [(f"AUC {f['auc']['value']:.4f}", curves["roc"])],
            across="false positives",
            up="found",
            diagonal=True,
        )
        yield lines("Precision and recall", [("", curves["precision_recall"])], across="recall", up="precision")
        points = [(mean, part) for mean, part, _ in curves["calibration"]]
        yield lines("Calibration", [("", points)], across="score", up="share that is phishing", diagonal=True)
        ham = [
            (r["source"], r["flagged"], f"{share(r['flagged'])} of {r['count']}")
            for r in f["sources"]
            if r["label"] == "ham"
        ]
        yield bars("Legitimate mail called phishing, per source", ham, limit=max([v for _, v, _ in ham] + [0.05]))
    if key == "classes":
        yield matrix("Confusion", f["names"], f["confusion"])
    if key == "sensitive":
        yield bars("F1 per type", [(name, row["f1"], share(row["f1"])) for name, row in f["types"].items()])
