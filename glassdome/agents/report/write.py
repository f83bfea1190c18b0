"""A report from its figures: text, HTML that mail programs show, and charts; pure and slow (images), so run in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from glassdome.agents.masked import masked
from glassdome.agents.report.charts import bars, volume
from glassdome.agents.report.figures import Figures, OverseerReport
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job
from glassdome.values.outgoing import OutgoingFile

__all__ = ["write_report"]

_Rows = list[tuple[str, ...]]
_CELL = "padding:4px 12px 4px 0;text-align:left;vertical-align:top"


def write_report(figures: Figures, *, zone: ZoneInfo, domain: str) -> OverseerReport:
    """Return the report; instants are shown in `zone`."""
    sections = _sections(figures, zone)
    title = f"Glassdome {figures.kind} report"
    when = f"{_local(figures.since, zone)} to {_local(figures.until, zone)} ({zone.key})"
    files = _charts(figures, domain)
    total, caught = figures.totals.total, figures.totals.phishing
    return OverseerReport(
        subject=f"{title}: {total} mails, {caught} phishing",
        text=_text(title, when, sections),
        html=_html(title, when, sections, files),
        files=files,
    )


def _sections(figures: Figures, zone: ZoneInfo) -> list[tuple[str, _Rows]]:
    totals, before, depth = figures.totals, figures.before, figures.depth
    sections: list[tuple[str, _Rows]] = [
        (
            "Mail",
            [
                ("analysed", f"{totals.total} ({_change(totals.total, before.total)})"),
                ("phishing", f"{totals.phishing} ({_change(totals.phishing, before.phishing)})"),
                ("spam", str(totals.spam)),
                ("not judged: could not be read", str(totals.unknown)),
                ("with sensitive data", str(totals.sensitive)),
                ("judged without the model", str(totals.degraded)),
                ("time per mail", f"{totals.p50_seconds:.3g} s median, {totals.p95_seconds:.3g} s 95th percentile"),
            ],
        ),
        (
            "Queue now",
            [
                ("waiting", str(depth.pending)),
                ("in work", str(depth.leased)),
                ("failed", str(depth.failed)),
                ("oldest waits", f"{depth.oldest_seconds:.0f} s"),
            ],
        ),
    ]
    if figures.models:
        rows = [(m.model, f"{m.count} mails", f"{m.p50:.3g} s / {m.p95:.3g} s") for m in figures.models]
        sections.append(("Models, slowest first (median / 95th percentile)", [*rows]))
    if figures.phishing:
        sections.append(("Phishing caught", [_caught(a) for a in figures.phishing]))
    if figures.failed:
        sections.append(("Not judged", [_failed(job) for job in figures.failed]))
    if figures.sent:
        sections.append(("Mail sent by the agent", [(state, str(n)) for state, n in sorted(figures.sent.items())]))
    incidents = [(t.text, f"since {_local(t.since, zone)}") for t in figures.incidents]
    sections.append(("Troubles", [*incidents] or [("none",)]))
    return sections


def _caught(analysis: Analysis) -> tuple[str, ...]:
    # The address and the subject are the attacker's words: shortened, masked, and never a link.
    return analysis.ref.mailbox, analysis.header_from.addr[:60], masked(analysis.subject[:60])


def _failed(job: Job) -> tuple[str, ...]:
    return job.ref.mailbox, f"{job.ref.folder} {job.ref.uid}", job.error_code


def _text(title: str, when: str, sections: Sequence[tuple[str, _Rows]]) -> str:
    lines = [title, when]
    for name, rows in sections:
        lines += ["", name, "-" * len(name)]
        lines += ["  ".join(f"{cell:<24}" for cell in row).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def _html(title: str, when: str, sections: Sequence[tuple[str, _Rows]], files: Sequence[OutgoingFile]) -> str:
    # Mail programs know inline styles and tables, and little else.
    parts = [f"<h2>{escape(title)}</h2><p>{escape(when)}</p>"]
    for file in files:
        alt = escape(file.filename.removesuffix(".png"))
        parts.append(f'<p><img src="cid:{escape(file.content_id)}" alt="{alt}" width="640"></p>')
    for name, rows in sections:
        body = "".join(
            "<tr>" + "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in row) + "</tr>" for row in rows
        )
        parts.append(f'<h3>{escape(name)}</h3><table style="border-collapse:collapse">{body}</table>')
    style = "font-family:system-ui,sans-serif;font-size:14px;color:#24292f"
    return f'<html><body style="{style}">{"".join(parts)}</body></html>'


def _charts(figures: Figures, domain: str) -> tuple[OutgoingFile, ...]:
    drawn = [("volume", volume(figures.days))]
    if each := list(figures.totals.per_category.items())[:8]:
        drawn.append(("categories", bars("Mail by category", [(name, float(n)) for name, n in each])))
    if figures.models:
        slow = [(m.model, round(m.p95, 3)) for m in figures.models[:6]]
        drawn.append(("models", bars("Seconds per mail, 95th percentile", slow, unit=" s")))
    return tuple(
        OutgoingFile(filename=f"{name}.png", content=png, content_type="image/png", content_id=f"{name}@{domain}")
        for name, png in drawn
    )


def _change(now: int, before: int) -> str:
    return f"{now - before:+d} against the time before"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")
