"""Charts as PNG images: the one format that every mail program shows inline."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from glassdome.agents.report.figures import Day

__all__ = ["bars", "volume"]

_WIDTH, _HEIGHT = 640, 220
#: Drawn at twice the size it is shown in, for sharp screens.
_SCALE: Final = 2
_PAPER, _INK, _FAINT, _BLUE, _RED = "#ffffff", "#24292f", "#d0d7de", "#4078c0", "#cf222e"
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def volume(days: Sequence[Day]) -> bytes:
    """Draw one column per day, phishing in red at its foot."""
    image, pen, font = _canvas(_HEIGHT)
    top, bottom, left, right = 30, _HEIGHT - 28, 46, _WIDTH - 10
    highest = max(1, *(day.total for day in days)) if days else 1
    _grid(pen, font, highest, top, bottom, left, right)
    step = (right - left) / max(1, len(days))
    for index, day in enumerate(days):
        x = left + step * index
        for value, colour in ((day.total, _BLUE), (day.phishing, _RED)):
            if value:
                height = max(1.0, (bottom - top) * value / highest)
                _box(pen, x + step * 0.15, bottom - height, x + step * 0.85, bottom, colour)
        _text(pen, x + step / 2, bottom + 6, day.day[8:], font, anchor="ma")
    _text(pen, left, 6, "Mail per day (UTC); red: phishing", font)
    return _png(image)


def bars(title: str, rows: Sequence[tuple[str, float]], *, unit: str = "") -> bytes:
    """Draw one bar per row with its name and value."""
    height = 34 + 24 * max(1, len(rows))
    image, pen, font = _canvas(height)
    highest = max((value for _, value in rows), default=1.0) or 1.0
    _text(pen, 10, 6, title, font)
    for index, (name, value) in enumerate(rows):
        y = 30 + 24 * index
        _text(pen, 150, y + 3, name[:24], font, anchor="ra")
        end = 160 + (_WIDTH - 250) * value / highest
        _box(pen, 160, y, max(end, 161), y + 18, _BLUE)
        _text(pen, end + 6, y + 3, f"{value:g}{unit}", font)
    return _png(image)


def _canvas(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw, _Font]:
    image = Image.new("RGB", (_WIDTH * _SCALE, height * _SCALE), _PAPER)
    return image, ImageDraw.Draw(image), ImageFont.load_default(12 * _SCALE)


def _grid(
    pen: ImageDraw.ImageDraw, font: _Font, highest: int, top: float, bottom: float, left: float, right: float
) -> None:
    for part in (0.0, 0.5, 1.0):
        y = bottom - (bottom - top) * part
        pen.line([left * _SCALE, y * _SCALE, right * _SCALE, y * _SCALE], fill=_FAINT, width=_SCALE)
        _text(pen, left - 6, y - 7, f"{highest * part:g}", font, anchor="ra")


def _box(pen: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float, colour: str) -> None:
    pen.rectangle([left * _SCALE, top * _SCALE, right * _SCALE, bottom * _SCALE], fill=colour)


def _text(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, font: _Font, *, anchor: str = "la") -> None:
    pen.text((x * _SCALE, y * _SCALE), text, fill=_INK, font=font, anchor=anchor)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
