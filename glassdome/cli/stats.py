"""`glassdome stats`: figures and plots of the analysed mail, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from rich.table import Table
from rich.text import Text

from glassdome.bootstrap.mailboxes import open_store
from glassdome.cli.console import errors_told, load_settings, out, print_json, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.ports.store import AnalysisQuery, Statistics
from glassdome.values.job import QueueDepth

__all__ = ["stats"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_WIDTH = 40


def stats(*, mailbox: str, days: int, as_json: bool) -> None:
    """Show figures of the analysed mail: verdicts, times, categories, models, mail per day, and the queue."""
    with errors_told():
        settings = load_settings()
    run(_stats(settings, mailbox, days, as_json=as_json))


async def _stats(settings: Settings, mailbox: str, days: int, *, as_json: bool) -> None:
    now = SystemClock().now()
    async with open_store(settings) as database:
        query = AnalysisQuery(mailbox=mailbox.lower(), since=now - timedelta(days=days))
        found, depth = await database.analyses.statistics(query), await database.queue.depth(now=now)
    if as_json:
        print_json({"statistics": asdict(found), "queue": asdict(depth)})
        return
    _totals(found, depth, days)
    for title, counts in (
        ("mail per day", found.per_day),
        ("categories", found.per_category),
        ("engines", found.per_model),
    ):
        if counts:
            _bars(title, counts, by_name=title == "mail per day")


def _totals(found: Statistics, depth: QueueDepth, days: int) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(justify="right")
    rows = [
        (f"analysed in {days} days", str(found.total)),
        ("phishing", str(found.phishing)),
        ("spam", str(found.spam)),
        ("not judged: could not be read", str(found.unknown)),
        ("with sensitive data", str(found.sensitive)),
        ("degraded, waiting for the model", str(found.degraded)),
        ("seconds per mail, half / 95 % below", f"{found.p50_seconds:.3f} / {found.p95_seconds:.3f}"),
        ("queue: waiting / running / failed", f"{depth.pending} / {depth.leased} / {depth.failed}"),
        ("oldest waiting", f"{depth.oldest_seconds:.0f} s"),
    ]
    for row in rows:
        table.add_row(*row)
    out.print(table)


def _bars(title: str, counts: Mapping[str, int], *, by_name: bool) -> None:
    ordered = sorted(counts.items(), key=lambda item: item[0] if by_name else -item[1])
    most = max(counts.values())
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(no_wrap=True)
    for name, count in ordered[-31:] if by_name else ordered[:15]:
        table.add_row(Text(name or "(none)"), str(count), Text(_bar(count / most), "green"))
    out.print(f"\n[bold]{title}[/]")
    out.print(table)


def _bar(share: float) -> str:
    eighths = round(share * _WIDTH * 8)
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
