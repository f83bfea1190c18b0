"""Days that a sentence names by their number alone: "the 15th", "15-го", "15日"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

from glassdome.engine.builtin.day_words import day_words, edges
from glassdome.engine.builtin.named import Named
from glassdome.engine.builtin.words import fold

__all__ = ["numbered_days"]

_NUMBER: Final = "#"
#: Days in which each number of a month comes by.
_TWO_MONTHS: Final = 62
_DAY: Final = r"(?P<day{}>[12]?\d|3[01]|0\d)"
#: Before a number without a word: it is no end of a longer one, of an hour or of a span.
_ALONE: Final = r"(?<![\d.,:/-])"
#: Behind a number that no ending marks: the end of a clause. A number followed by more figures is no day.
_CLAUSE_ENDS: Final = r"(?=\s*$|[.,;:!?)](?:\s|$))"
_GOES_ON: Final = r"(?![\d:/%]|[.,]\d|\s?[%€£$])"


def numbered_days(text: str, language: str, today: date) -> Iterator[Named]:
    """Yield the days in the folded `text` that only numbers name; each is the next one there is."""
    numbered = _numbered(language)
    if numbered is None:
        return
    for match in numbered.finditer(text):
        number = int(match[match.lastgroup or 0])
        day = _next(number, today, later=(match.lastgroup or "").startswith("day_"))
        if day is not None:
            yield Named(match.start(), match.end(), day, "absolute")


def _next(number: int, today: date, *, later: bool) -> date | None:
    """Return the next day with this number; `later` that of the next month."""
    first = today.replace(day=28) + timedelta(days=4)
    start = first.replace(day=1) if later else today
    days = (start + timedelta(days=ahead) for ahead in range(_TWO_MONTHS))
    return next((day for day in days if day.day == number), None)


@cache
def _numbered(language: str) -> re.Pattern[str] | None:
    """Return the forms of a language as one pattern; the groups of numbers of the next month begin with `day_`."""
    raw = day_words(language)
    forms = [(form, str(i)) for i, form in enumerate(raw.get("numbered", ()))]
    forms += [(form, f"_{i}") for i, form in enumerate(raw.get("numbered_next", ()))]
    edge, stop = edges(language)
    parts = []
    for form, name in sorted(forms, key=lambda pair: -len(pair[0])):
        lead, _, tail = fold(form).partition(_NUMBER)
        end = re.escape(tail) + (stop if tail[-1:].isalnum() else "") if tail else _CLAUSE_ENDS
        parts.append(f"{edge if lead else _ALONE}{re.escape(lead)}{_DAY.format(name)}{end}{_GOES_ON}")
    return re.compile("|".join(parts)) if parts else None
