"""Small plots as SVG text: lines, bars and a matrix, readable in light and dark, without any script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["bars", "lines", "matrix"]

Point = tuple[float, float]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 420, 300, 52, 44, 30, 14
_STYLE = "font-family:system-ui,sans-serif;font-size:12px;fill:currentColor"
_COLORS = ("#2563eb", "#d97706", "#059669", "#dc2626")


def _open(title: str, width: int, height: int) -> str:
    name = escape(title, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{name}" style="{_STYLE}"><title>{name}</title><text x="{_LEFT}" y="18" font-weight="600">{name}</text>'
    )


def _across(x: float) -> float:
    return _LEFT + x * (_WIDTH - _LEFT - _RIGHT)


def _up(y: float) -> float:
    return _HEIGHT - _BOTTOM - y * (_HEIGHT - _BOTTOM - _TOP)


def _axes(across: str, up: str) -> str:
    parts = []
    for step in range(6):
        share = step / 5
        parts.append(
            f'<path d="M{_across(share):.1f} {_up(0)}V{_up(1)}M{_across(0)} {_up(share):.1f}H{_across(1)}" '
            'stroke="currentColor" stroke-opacity=".15" fill="none"/>'
            f'<text x="{_across(share):.1f}" y="{_up(0) + 16}" text-anchor="middle">{share:.1f}</text>'
            f'<text x="{_LEFT - 6}" y="{_up(share) + 4:.1f}" text-anchor="end">{share:.1f}</text>'
        )
    middle = (_up(0) + _up(1)) / 2
    parts.append(
        f'<text x="{_across(0.5)}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
    )
    return "".join(parts)


def lines(
    title: str, curves: Sequence[tuple[str, Sequence[Point]]], *, across: str, up: str, diagonal: bool = False
) -> str:
    """Draw curves over the unit square; `diagonal` adds the line of no skill, or of perfect calibration."""
    body = [_open(title, _WIDTH, _HEIGHT), _axes(across, up)]
    if diagonal:
        body.append(
            f'<path d="M{_across(0)} {_up(0)}L{_across(1)} {_up(1)}" stroke="currentColor" stroke-opacity=".4" '
            'stroke-dasharray="4 4"/>'
        )
    for number, (name, points) in enumerate(curves):
        color = _COLORS[number % len(_COLORS)]
        path = " ".join(f"{_across(x):.1f},{_up(y):.1f}" for x, y in points)
        body.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        if len(points) <= 20:
            body += [f'<circle cx="{_across(x):.1f}" cy="{_up(y):.1f}" r="3.5" fill="{color}"/>' for x, y in points]
        if name:
            y = _up(0.06 + 0.07 * number)
            body.append(
                f'<text x="{_across(1) - 4}" y="{y:.1f}" text-anchor="end" style="fill:{color}">{escape(name)}</text>'
            )
    return "".join([*body, "</svg>"])


def bars(title: str, rows: Sequence[tuple[str, float, str]], *, limit: float = 1.0) -> str:
    """Draw a bar per row: (name, value from 0 to `limit`, its caption)."""
    left, width, step = 190, 560, 22
    height = _TOP + step * len(rows) + 10
    room = width - left - 110
    body = [_open(title, width, height)]
    for number, (name, value, words) in enumerate(rows):
        y = _TOP + step * number
        size = room * min(max(value / limit, 0.0), 1.0) if limit else 0.0
        body.append(
            f'<text x="{left - 6}" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{left}" y="{y + 4}" width="{max(size, 0.5):.1f}" height="14" fill="{_COLORS[0]}"/>'
            f'<text x="{left + size + 6:.1f}" y="{y + 15}">{escape(words)}</text>'
        )
    return "".join([*body, "</svg>"])


def matrix(title: str, names: Sequence[str], table: Sequence[Sequence[int]]) -> str:
    """Draw a confusion matrix: a row per true class, a column per said class, shaded by share of the row."""
    cell, left, top = 92, 90, 64
    size = cell * len(names)
    body = [_open(title, left + size + 20, top + size + 20)]
    for i, name in enumerate(names):
        body.append(
            f'<text x="{left + cell * i + cell / 2}" y="{top - 8}" text-anchor="middle">said {escape(name)}</text>'
            f'<text x="{left - 8}" y="{top + cell * i + cell / 2}" text-anchor="end">{escape(name)}</text>'
        )
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            share = count / max(sum(row), 1)
            middle = left + cell * j + cell / 2
            body.append(
                f'<rect x="{left + cell * j}" y="{top + cell * i}" width="{cell - 2}" height="{cell - 2}" '
                f'fill="{_COLORS[0 if i == j else 3]}" fill-opacity="{0.08 + 0.8 * share:.2f}"/>'
                f'<text x="{middle}" y="{top + cell * i + 44}" text-anchor="middle" font-weight="600">{count}</text>'
                f'<text x="{middle}" y="{top + cell * i + 62}" text-anchor="middle">{share:.1%}</text>'
            )
    return "".join([*body, "</svg>"])
