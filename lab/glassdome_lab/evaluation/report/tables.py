"""Shares, figures with their interval, and tables, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

__all__ = ["figure", "share", "table"]


def share(value: float | None) -> str:
    """Return a share as per cent, or a dash where there is none."""
    return "-" if value is None else f"{100 * value:.1f} %"


def figure(value: dict[str, float], form: Callable[[float], str] = share) -> str:
    """Return a figure with its 95 % interval."""
    return f"{form(value['value'])} ({form(value['low'])} to {form(value['high'])})"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; a bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"
