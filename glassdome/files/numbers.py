"""Numbers of spreadsheets as their readers see them: dates, currencies, percentages (ECMA-376 part 1, 18.8.30)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["NumberFormat", "format_of", "iso", "plain", "shown"]

#: Formats that every program knows by number: dates and times, and the percentages.
_DATES: Final = {*range(14, 18), *range(27, 32), 36, *range(50, 59)}
_TIMES: Final = {*range(18, 22), *range(32, 36), 45, 47}
_BUILT_IN: Final = {9: "0%", 10: "0.00%", 2: "0.00", 4: "#,##0.00", 22: "yyyy-mm-dd hh:mm", 46: "[h]:mm:ss"}
_LITERAL: Final = re.compile(r"\"[^\"]{0,200}\"|\\.|_.|\*.")
_BRACKET: Final = re.compile(r"\[[^\]]{0,100}\]")
_SYMBOL: Final = re.compile(
    r"\[\$([^\]\-]{1,10})(?:-[^\]]{0,20})?\]|([$\u00a3\u20ac\u00a5])|\"\s{0,3}([A-Z]{3}|[^\w\s\"]{1,3}|kr\.?|z\u0142|Fr\.?)\s{0,3}\""
)
_DECIMALS: Final = re.compile(r"[0#?]\.([0?#]{1,15})")
_ELAPSED: Final = re.compile(r"\[(?:h{1,2}|m{1,2}|s{1,2})\]", re.IGNORECASE)
#: The last day that spreadsheets know: 31 December 9999.
_LAST_DAY: Final = 2_958_465


class NumberFormat(NamedTuple):
    """The traits of a format that words can show."""

    kind: str = ""
    decimals: int = 0
    symbol: str = ""
    percent: bool = False


@lru_cache(maxsize=512)
def format_of(number: int, code: str = "") -> NumberFormat:
    """Read a format by its number or, for one of the file's own, its code."""
    if not code and (number in _DATES or number in _TIMES):
        return NumberFormat(kind="date" if number in _DATES else "time")
    code = (code or _BUILT_IN.get(number, "")).partition(";")[0][:1000]
    if _ELAPSED.search(code):
        return NumberFormat(kind="elapsed")
    bare = _BRACKET.sub("", _LITERAL.sub("", code)).lower().replace("general", "")
    if any(letter in bare for letter in "yd") or (
        "m" in bare and "h" not in bare and "s" not in bare and "0" not in bare
    ):
        return NumberFormat(kind="moment" if "h" in bare else "date")
    if "h" in bare or "mm:ss" in bare:
        return NumberFormat(kind="time")
    symbol, decimals = _SYMBOL.search(code), _DECIMALS.search(bare)
    return NumberFormat(
        decimals=len(decimals[1]) if decimals else 0,
        symbol=next((group for group in symbol.groups() if group), "") if symbol else "",
        percent="%" in bare,
    )


def plain(value: float) -> str:
    """Write a number without the noise of binary fractions: `0.3`, not `0.30000000000000004`."""
    if value == int(value) if abs(value) < 1e15 else False:
        return str(int(value))
    return f"{value:.15g}"


def shown(value: float, form: NumberFormat, *, is_1904: bool = False) -> str:
    """Write a number as the cell shows it, dates in ISO 8601, no digit lost and none grouped."""
    if form.kind and 0 <= value <= _LAST_DAY:
        return _moment(value, form.kind, is_1904)
    if form.percent:
        return f"{plain(round(value * 100, 10))}%"
    text = plain(value)
    digits = len(text.partition(".")[2])
    if form.decimals > digits and "e" not in text and "n" not in text:
        text = f"{value:.{form.decimals}f}"
    return f"{text} {form.symbol}" if form.symbol else text


def _moment(value: float, kind: str, is_1904: bool) -> str:
    if kind == "elapsed":
        minutes = round(value * 1440)
        return f"{minutes // 60}:{minutes % 60:02}"
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 31 if value < 60 else 30)
    try:
        found = datetime.combine(first, time()) + timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return plain(value)
    if kind == "time" and value < 1:
        return iso(found.time())
    return iso(found) if kind != "date" or value % 1 else iso(found.date())


def iso(value: date | time) -> str:
    """Write a day, time or moment in ISO 8601: `2025-03-04`, `14:30`, `2025-03-04T14:30`."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value.date().isoformat()}T{iso(value.time())}"
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value.isoformat()
