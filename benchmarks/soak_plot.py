"""The soak's figures: what flat means, and the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["draw", "verdict"]

_WIDTH, _HEIGHT, _LEFT, _TOP = 820, 170, 90, 40
_ROWS = (
    ("rss_mib", "memory (RSS), MiB", "#1f6f8b"),
    ("descriptors", "descriptors", "#8b5e1f"),
    ("judged", "mails judged", "#3f8b1f"),
    ("errors", "errors", "#b02020"),
)
#: Memory counts as flat when its last half differs by no more than this part of its mean; descriptors by this number.
_FLAT, _FLAT_DESCRIPTORS = 0.05, 16


def verdict(notes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of the last half, and whether all of it was flat and without an error."""
    half = [note for note in notes if note["at"] >= notes[-1]["at"] / 2]
    memory = [note["rss_mib"] for note in half]
    held = [note["descriptors"] for note in half]
    spread = (max(memory) - min(memory)) / (sum(memory) / len(memory))
    last = notes[-1]
    flat = spread <= _FLAT and max(held) - min(held) <= _FLAT_DESCRIPTORS
    return {
        "minutes": round(last["at"] / 60, 1),
        "delivered": last["delivered"],
        "judged": last["judged"],
        "requests": last["requests"],
        "errors": last["errors"],
        "rss_mib_last_half": [min(memory), max(memory)],
        "rss_spread_last_half": round(spread, 4),
        "descriptors_last_half": [min(held), max(held)],
        "flat": flat and last["errors"] == 0 and last["judged"] >= last["delivered"],
    }


def draw(notes: Sequence[dict[str, Any]]) -> str:
    """Return an SVG with one row per figure over the minutes."""
    rows = "".join(_row(number, notes, *row) for number, row in enumerate(_ROWS))
    height = _TOP + len(_ROWS) * _HEIGHT
    found = verdict(notes)
    title = (
        f"{found['minutes']:.0f} minutes, {found['delivered']} mails, {found['requests']} requests: "
        f"{found['errors']} errors, memory within {found['rss_spread_last_half']:.1%} in the last half"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + _LEFT + 20} {height}" '
        f'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{_LEFT}" y="24" font-size="15">{title}</text>{rows}</svg>\n'
    )


def _row(number: int, notes: Sequence[dict[str, Any]], name: str, label: str, colour: str) -> str:
    top, height = _TOP + number * _HEIGHT + 24, _HEIGHT - 56
    most = max(max(note[name] for note in notes) * 1.1, 1)
    end = notes[-1]["at"] or 1
    points = " ".join(
        f"{_LEFT + note['at'] / end * _WIDTH:.1f},{top + height - note[name] / most * height:.1f}" for note in notes
    )
    base = top + height
    ticks = "".join(
        f'<text x="{_LEFT + part * _WIDTH / 4:.0f}" y="{base + 18}" text-anchor="middle">{end / 60 * part / 4:.0f} min</text>'
        for part in range(5)
    )
    return (
        f'<text x="{_LEFT}" y="{top - 8}" fill="{colour}">{label}</text>'
        f'<text x="{_LEFT - 8}" y="{top + 10}" text-anchor="end">{most:.0f}</text>'
        f'<text x="{_LEFT - 8}" y="{base}" text-anchor="end">0</text>'
        f'<path d="M{_LEFT} {top}V{base}H{_LEFT + _WIDTH}" fill="none" stroke="#888"/>{ticks}'
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    )
