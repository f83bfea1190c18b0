"""Cut a text short: at the end of a sentence in any script, else between words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["CLOSING", "FULL_STOPS", "cut_short"]

#: Signs that end a sentence without a blank behind them: Chinese and Japanese, Indic, Arabic, Urdu, Armenian, Ethiopic, Burmese, Khmer.
FULL_STOPS: Final = "。！？｡।॥؟۔։።፧။។"
#: Signs that may close a quotation behind a full stop.
CLOSING: Final = "\"'”’»)\\]」』）】》〉"
_END: Final = re.compile(rf"[.!?…](?=[\s{CLOSING}]|$)[{CLOSING}]*+|[{FULL_STOPS}][{CLOSING}]*+")
#: Where a text without blanks may be cut.
_PAUSES: Final = "，、；：,;:،؛"


def cut_short(text: str, chars: int) -> str:
    """Return at most `chars` characters: whole sentences where one ends in the second half, else words and an ellipsis."""
    if len(text) <= chars:
        return text
    ends = [found.end() for found in _END.finditer(text[: chars + 1]) if chars // 2 < found.end() <= chars]
    return text[: ends[-1]] if ends else f"{_whole_words(text, chars - 1)}…"


def _whole_words(text: str, chars: int) -> str:
    cut = text[:chars]
    blank = cut.rfind(" ")
    at = blank if blank > chars // 2 else max(map(cut.rfind, _PAUSES))
    if at > chars // 2:
        return cut[:at].rstrip(f" {_PAUSES}")
    # A letter keeps its marks: without a vowel sign it is another word.
    while cut and unicodedata.category(text[len(cut)])[0] == "M":
        cut = cut[:-1]
    return cut.rstrip(f" {_PAUSES}")
