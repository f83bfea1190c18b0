"""Numbers, sizes and times of work as the reader's language writes them."""

from __future__ import annotations

from typing import Final

from glassdome.web.tongue import gettext, language

__all__ = ["duration", "number", "size"]

#: The mark of decimals and the mark between thousands, by language (CLDR, `symbols`); `en` for those not named.
_MARKS: Final = {
    "en": (".", ","), "ja": (".", ","), "zh": (".", ","),
    "de": (",", "."), "es": (",", "."), "it": (",", "."), "nl": (",", "."), "pt": (",", "."), "tr": (",", "."),
    "fr": (",", "\u202f"), "pl": (",", "\xa0"), "cs": (",", "\xa0"), "ru": (",", "\xa0"), "uk": (",", "\xa0"),
}  # fmt: skip
#: Numbers below it are written without marks, as years and ports are.
_GROUPED: Final = 10_000
_UNITS: Final = ("kB", "MB", "GB")


def number(value: float) -> str:
    """Write a count or a figure of an axis: `12,345`, `0.5`."""
    text = f"{value:,.0f}" if abs(value) >= _GROUPED else f"{value:g}"
    return _marked(text)


def duration(seconds: float) -> str:
    """Say how long something took: `8 ms`, `2.4 s`."""
    if seconds < 1:
        return gettext("%(number)s ms", number=f"{seconds * 1000:.0f}")
    return gettext("%(number)s s", number=_marked(f"{seconds:.1f}"))


def size(octets: int) -> str:
    """Say the size of a file, in steps of 1000: `4.2 kB`."""
    if octets < 1000:
        return gettext("%(number)s bytes", number=octets)
    power = min((len(str(octets)) - 1) // 3, len(_UNITS))
    return f"{_marked(f'{octets / 1000**power:.1f}')} {_UNITS[power - 1]}"


def _marked(text: str) -> str:
    decimals, thousands = _MARKS.get(language(), _MARKS["en"])
    return text.replace(",", "\0").replace(".", decimals).replace("\0", thousands)
