"""Verdicts as people read them: a table of many, a page for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from glassdome.cli.speech import of_mail, tell, tell_word
from glassdome.values.verdict import why_unjudged

__all__ = ["verdict_page", "verdict_table"]

_COLOURS: Final = {"phish": "bold red", "spam": "yellow", "ham": "green", "unknown": "bold magenta"}
_IDENTITY: Final = {"proven": "proven", "unproven": "not proven", "contradicted": "contradicted"}
_NAMES: Final = {"phish": "PHISHING", "spam": "spam", "ham": "ok", "unknown": "not judged"}


def verdict_table(rows: Sequence[dict[str, Any]], *, title: str = "", name: str = "file", wide: bool = True) -> Table:
    """Return a table with one line per message; `name` is the key shown first. Mail text is never markup.

    `wide` says that there are 100 columns or more, enough for the kind of mail.
    """
    table = Table(title=title or None, header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(tell(name), overflow="fold", max_width=26 if wide else 23)
    table.add_column(tell("verdict"), no_wrap=True)
    table.add_column(tell("risk"), justify="right", no_wrap=True)
    table.add_column(tell("prio"), justify="right", no_wrap=True)
    if wide:
        table.add_column(tell("kind"), max_width=13, overflow="fold")
    table.add_column(tell("summary, and why"), overflow="fold")
    for row in rows:
        first = Text(str(row.get(name, "")).rpartition("/")[2] or str(row.get(name, "")))
        if "error" in row:
            table.add_row(first, Text(tell("not judged"), "bold magenta"), "", "", *[""] * wide, Text(row["error"]))
            continue
        table.add_row(
            first,
            _verdict(row),
            _risk(row),
            f"{row['priority_score']}\n{tell(row['attention'])}",
            *[Text(", ".join(map(tell_word, row["categories"])))] * wide,
            _summary(row),
        )
    return table


def _verdict(row: dict[str, Any]) -> Text:
    text = Text(tell(_NAMES[row["label"]]), _COLOURS[row["label"]])
    if row["degraded"]:
        text.append(" *", "dim")
    return text


def _risk(row: dict[str, Any]) -> str:
    return "" if row["phishing_score"] is None else f"{row['phishing_score']:.2f}"


def _unjudged(row: dict[str, Any]) -> str:
    return why_unjudged(row["readable"], covered=row["language_covered"])


def _summary(row: dict[str, Any]) -> Text:
    text = Text(row["summary"] or row["subject"])
    if row["label"] == "unknown":
        text = Text(f"{tell(_unjudged(row))}\n", "magenta").append_text(text)
    for reason in row["phishing_reasons"][:2] if row["label"] == "phish" else ():
        text.append(f"\n- {of_mail(reason['why'])}", "dim")
    for ask in _unproven(row) if row["label"] != "phish" else ():
        text.append(f"\n- {of_mail(ask['why'])}", "yellow")
    if dated := sorted(item["due_at"] for item in row["action_items"] if item["due_at"]):
        text.append(f"\n{tell(f'due {dated[0]}')}", "cyan")
    if row["sensitive_types"]:
        found = ", ".join(f"{s['count']} {s['type']}" for s in row["sensitive_types"])
        text.append(f"\n{tell('sensitive')}: {found}", "cyan")
    return text


def _unproven(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [ask for ask in row["asks"] if ask["identity"] != "proven"]


def verdict_page(row: dict[str, Any]) -> RenderableType:
    """Return everything about one message."""
    if "error" in row:
        return Text(f"{row['file']}: {tell('not judged')}: {row['error']}", "bold magenta")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in _facts(row):
        indent = "  " if label == "because" else ""
        grid.add_row(f"{indent}{tell(label)}", value if isinstance(value, Text) else Text(value))
    return Group(grid, Text(""))


def _facts(row: dict[str, Any]) -> list[tuple[str, str | Text]]:
    verdict = _verdict(row)
    scores = f"phishing {_risk(row)}, spam {row['spam_score']:.2f}"
    verdict.append(f"  {tell(_unjudged(row)) if row['label'] == 'unknown' else scores}", "dim")
    facts: list[tuple[str, str | Text]] = [
        ("file", row["file"]),
        ("from", row["from"]),
        ("subject", row["subject"]),
        ("verdict", verdict),
    ]
    for reason in row["phishing_reasons"]:
        why = Text(of_mail(reason["why"]))
        for item in reason["evidence"]:
            why.append(f"\n{item['where']}: {item['quote']}", "dim")
        facts.append(("because", why))
    facts += [
        ("summary", row["summary"]),
        ("categories", ", ".join([*map(tell_word, row["categories"]), *(f"#{tell_word(tag)}" for tag in row["tags"])])),
        ("priority", tell(f"{row['priority_score']} of 10")),
        ("attention", f"{tell(row['attention'])}: {of_mail(row['attention_reason'])}"),
        ("language", row["language"]),
    ]
    facts += [("asks", f"{of_mail(ask['why'])} ({tell(_IDENTITY[ask['identity']])})") for ask in row["asks"]]
    facts += [("to do", item["text"] + _due(item)) for item in row["action_items"]]
    facts += [("fact", _fact(item)) for item in row.get("facts", ()) if item["type"] != "file"]
    facts += [
        ("file inside", f"{item['name']}: {item['summary']}") for item in row.get("attachments", ()) if item["summary"]
    ]
    if row["sensitive_types"]:
        facts.append(("sensitive", ", ".join(f"{s['count']} {s['type']}" for s in row["sensitive_types"])))
    if row["auto_reply_suggestion"]:
        facts.append(("reply draft", row["auto_reply_suggestion"]))
    engine = row["engine"] + (f" {row['model']}" if row["model"] else "")
    if row["degraded"]:
        engine += f", degraded: {row['degraded_reason']}"
    facts.append(("engine", f"{engine}, {row['processing_time'] * 1000:.0f} ms"))
    return facts


def _fact(item: dict[str, Any]) -> Text:
    text = Text(f"{item['type']} {' '.join(item['value'].split())}")
    return text.append(f"  {item['where']}", "dim")


def _due(item: dict[str, Any]) -> str:
    day = item["due_at"] or item["due"]
    return f" ({tell(f'due {day}')})" if day else ""
