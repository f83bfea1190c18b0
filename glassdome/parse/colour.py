"""Colours of CSS and of old HTML attributes, read as far as it takes to compare text with its background."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

__all__ = ["Colour", "Rgb", "alike", "colour"]

_HEX = re.compile(r"#([0-9a-f]{3,8})\b")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^)]{1,80})\)")
#: Sum of the channels' differences below which text is unreadable.
_ALIKE = 24

Rgb = tuple[int, int, int]
#: "clear" is transparent, "unknown" an image, a gradient or a name we do not know.
Colour = Rgb | Literal["clear", "unknown"]
_NAMED: dict[str, Rgb] = {
    "white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255),
    "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "navy": (0, 0, 128), "maroon": (128, 0, 0), "purple": (128, 0, 128), "teal": (0, 128, 128), "aqua": (0, 255, 255),
    "lime": (0, 255, 0), "olive": (128, 128, 0), "fuchsia": (255, 0, 255), "orange": (255, 165, 0),
    "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245), "ghostwhite": (248, 248, 255),
    "floralwhite": (255, 250, 240), "azure": (240, 255, 255), "mintcream": (245, 255, 250), "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211), "gainsboro": (220, 220, 220), "darkgray": (169, 169, 169), "beige": (245, 245, 220),
    "linen": (250, 240, 230), "seashell": (255, 245, 238), "aliceblue": (240, 248, 255), "lightyellow": (255, 255, 224),
}  # fmt: skip


def alike(one: Colour, other: Colour) -> bool:
    """Return whether two known colours are indistinguishable."""
    if isinstance(one, str) or isinstance(other, str):
        return False
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) <= _ALIKE


@lru_cache(maxsize=2048)
def colour(value: str) -> Colour:
    """Read a colour of CSS or of an old HTML attribute."""
    value = value.strip().lower()[:100]
    if value == "transparent":
        return "clear"
    named = _NAMED.get(value.split(" ")[0])
    if named:
        return named
    found = _HEX.match(value) or _HEX.match("#" + value)
    if found:
        return _from_hex(found[1])
    function = _FUNCTION.match(value)
    return _from_function(function[1], function[2]) if function else "unknown"


def _from_hex(digits: str) -> Colour:
    if len(digits) in (3, 4):
        digits = "".join(2 * digit for digit in digits)
    if len(digits) == 8 and int(digits[6:], 16) <= 12:
        return "clear"
    if len(digits) not in (6, 8):
        return "unknown"
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _from_function(name: str, arguments: str) -> Colour:
    parts = re.split(r"[\s,/]+", arguments.strip())
    numbers = [_number(part) for part in parts]
    if len(numbers) >= 4 and numbers[3] is not None and numbers[3] <= 0.05:
        return "clear"
    if len(numbers) < 3 or None in numbers[:3]:
        return "unknown"
    if name == "hsl":
        lightness = numbers[2] or 0.0
        return (255, 255, 255) if lightness >= 0.99 else (0, 0, 0) if lightness <= 0.01 else "unknown"
    red, green, blue = (
        min(255, max(0, round((number or 0.0) * (255 if part.endswith("%") else 1))))
        for number, part in zip(numbers[:3], parts, strict=False)
    )
    return red, green, blue


def _number(value: str) -> float | None:
    try:
        return float(value.rstrip("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        return None
