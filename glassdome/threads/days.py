"""Days that letters name: by when something is wanted or promised, and until when somebody is away."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final

from glassdome.engine.builtin.dates import CALENDARS, days_in, names_a_day
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.words import fold

__all__ = ["day_in", "due_day", "month_in"]

_READ: Final = 400
#: Times without a day: this week and next, the end of the month, and months alone; folded.
_NEXT: Final = (
    r"(?:next|nachste[nrs]?|kommende[nrs]?|la semaine prochaine|prochaine?|proxim[oa]|que viene|prossim[oa]|volgende)"
)
_END: Final = r"(?:end|ende|fin|finales|final|fine|einde)"
_WEEK: Final = r"(?:week|woche|semaine|semana|settimana)"
_MONTH: Final = r"(?:month|monat\w{0,2}|mois|mes|mese|maand)"
_END_OF_NEXT_WEEK: Final = re.compile(
    rf"\b{_END} (?:of |der |de la |de )?{_NEXT}\w* {_WEEK}|\b{_END} de (?:la )?{_WEEK} (?:prochaine|que viene|proxima)"
)
_END_OF_WEEK: Final = re.compile(
    rf"\b{_END} (?:of |der |dieser |de (?:la |esta |cette )?|della )?(?:the |this )?{_WEEK}|\bthis week|\bdiese woche|\bcette semaine|\besta (?:misma )?semana|\b(?:dans|en el transcurso de|a lo largo de) la sema|\bim laufe? der woche|\bin the course of the week|\blater this week"
)
_NEXT_WEEK: Final = re.compile(rf"\b{_NEXT} {_WEEK}|\b{_WEEK} (?:prochaine|que viene|proxima)|\ble week-end prochain")
_END_OF_MONTH: Final = re.compile(
    rf"\b{_END} (?:of |des |du |de |del )?(?:the |this |este )?{_MONTH}\b|\bmonatsende|\bmonthend"
)
_WEEKEND: Final = re.compile(r"\b(?:weekend|wochenende|week-end|fin de semana)\b")
#: A day of the month without the month's name: "the 31st", "le 25", "am 9.", "el dia 10".
_DAY_ALONE: Final = re.compile(
    r"\b(?:the (?P<en>\d{1,2})(?:st|nd|rd|th)\b|(?:am|zum|den|bis) (?P<de>\d{1,2})\.(?= |$)(?! ?\d)|(?:le|du|au) (?P<fr>\d{1,2})(?= et |[.,;!]|$)|(?:el|al|dia) (?P<es>\d{1,2})(?= y |[.,;!]|$))"
)
#: A day by which, by its number alone: "by the 26th", "bis zum 26.", "pour le 26", "para el 26".
_BY_NUMBER: Final = re.compile(
    r"\b(?:(?:by|before|until|not later than) the (\d{1,2})(?:st|nd|rd|th)\b|(?:bis|vor)(?: zum| dem)? (\d{1,2})\.(?=[ ,;!?]|$)(?! ?\d)"
    r"|(?:avant|pour|d'ici) le (\d{1,2})(?=[.,;!?]|$)|(?:para|antes de?l?|hasta)(?: el| dia)* (\d{1,2})(?=[.,;!?]|$))"
)
_COUNTED: Final = re.compile(
    r"\b(?:in|within|dans|sous|d'ici|en|dentro de|innerhalb von|binnen)\s(?:about |etwa |ca |unos |environ )?(?P<n>an?|one|two|three|four|five|couple of|a couple of|ein(?:em|er)?|zwei|drei|vier"
    r"|une?|deux|trois|quatre|una?|dos|tres|cuatro|\d{1,2})\s(?P<u>days?|tag(?:en?)?|jours?|dias?|weeks?|wochen?|semaines?|semanas?|months?|monat(?:en?)?|mois|mes(?:es)?)\b"
)
_NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "ein": 1, "einem": 1, "einer": 1, "un": 1, "une": 1, "una": 1, "two": 2, "zwei": 2, "deux": 2, "dos": 2,
    "couple of": 2, "a couple of": 2, "three": 3, "drei": 3, "trois": 3, "tres": 3,
    "four": 4, "vier": 4, "quatre": 4, "cuatro": 4, "five": 5,
}  # fmt: skip
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("january januar janvier enero", "february februar fevrier febrero", "march marz mars marzo", "april avril abril", "may mai mayo",
         "june juni juin junio", "july juli juillet julio", "august aout agosto", "september septembre septiembre",
         "october oktober octobre octubre", "november novembre noviembre", "december dezember decembre diciembre"), 1)
    for name in names.split()
}  # fmt: skip
#: The morning, which in Spanish has the word of tomorrow.
_MORNING: Final = re.compile(r" (?:por|de|en) la mañana\b", re.IGNORECASE)
_IN_MONTH: Final = re.compile(
    rf"\b(?:(?P<part>early|mid|end of|late|beginning of|anfang|mitte|ende|debut|mi|fin|finales de|principios de|mediados de|courant)[- ]|(?:in|im|ab|from|until|bis|en|a partir de|from|before|until|jusqu'en|hasta|next|para|not before|in the|since) )(?P<m>{'|'.join(_MONTHS)})\b(?! \d)"
)


def due_day(
    sentence: str, language: str, now: datetime, *, any_day: bool = False, alone: bool = False, said: bool = False
) -> date | None:
    """Return the day by which; with `any_day` also one that is only named ("I'll call on Monday"), with `alone` also "the 31st"."""
    sentence = _MORNING.sub("", sentence[:_READ]) if language == "es" else sentence[:_READ]
    found = deadline_of(sentence, language, now)
    folded = fold(sentence)
    vague = _WEEKEND.search(folded) is not None
    if found is not None and (found.said or any_day) and not found.hour and not (vague and not found.said):
        return found.day
    if (by := _BY_NUMBER.search(folded)) is not None:
        return _next_of_month(int(next(filter(None, by.groups()))), now.date())
    if said:
        return None
    loose = _loose(folded, now.date(), weekend=any_day)
    if loose is not None:
        return loose
    if found is not None and (any_day or found.day > now.date()):
        return found.day
    if not any_day:
        return None
    return _first(folded, language, now) or (_alone(folded, now.date()) if alone else None)


def _alone(folded: str, today: date) -> date | None:
    found = _DAY_ALONE.search(folded)
    return _next_of_month(int(next(filter(None, found.groups()))), today) if found is not None else None


def _first(folded: str, language: str, now: datetime) -> date | None:
    tag = language if language in CALENDARS else "en"
    if not names_a_day(folded, tag):
        return None
    return next((named.day for named in days_in(folded, tag, now) if named.day >= now.date()), None)


def day_in(sentence: str, language: str, now: datetime, *, alone: bool = False) -> date | None:
    """Return the last day that a sentence names from `now` on, a month without a day as its first; with `alone` also "the 31st"."""
    folded = fold(sentence[:_READ])
    tag = language if language in CALENDARS else "en"
    named = (
        [item.day for item in days_in(folded, tag, now) if item.day >= now.date()] if names_a_day(folded, tag) else []
    )
    month = month_in(folded, now.date())
    found = max([*named, *([month] if month else [])], default=None) or _loose(folded, now.date())
    return found or (_alone(folded, now.date()) if alone else None)


def month_in(folded: str, today: date) -> date | None:
    """Return the first day that "in June", "mid May" or "end of March" means."""
    found = _IN_MONTH.search(folded)
    if found is None:
        return None
    month = _MONTHS[found["m"]]
    year = today.year + (month < today.month)
    part = (found["part"] or "").split(" ")[0]
    if part in ("mid", "mitte", "mi", "mediados"):
        return date(year, month, 15)
    if part in ("end", "ende", "late", "fin", "finales"):
        return date(year, month, monthrange(year, month)[1])
    return date(year, month, 1)


def _loose(folded: str, today: date, *, weekend: bool = True) -> date | None:
    """Return the day of a time that no date says: a week ends on Friday."""
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    if counted := _COUNTED.search(folded):
        number = int(counted["n"]) if counted["n"].isdigit() else _NUMBERS[counted["n"]]
        unit = counted["u"]
        return today + timedelta(days=number * (7 if unit[0] in "ws" else 30 if unit[0] == "m" else 1))
    if weekend and _WEEKEND.search(folded):
        return friday + timedelta(days=2)
    if _END_OF_NEXT_WEEK.search(folded) or _NEXT_WEEK.search(folded):
        monday = today + timedelta(days=7 - today.weekday())
        return monday + timedelta(days=4)
    if _END_OF_WEEK.search(folded):
        return friday
    if _END_OF_MONTH.search(folded):
        return today.replace(day=monthrange(today.year, today.month)[1])
    return None


def _next_of_month(number: int, today: date) -> date | None:
    """Return the next day with this number, None where the month that comes has none."""
    first = today.replace(day=1) if number >= today.day else (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=number) if 0 < number <= monthrange(first.year, first.month)[1] else None
