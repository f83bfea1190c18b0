"""Summarize service mail by its facts: a receipt, bill, order, parcel, booking, code or invitation in one line.

The line says what stands in the mail, in the mail's language: "Receipt: EUR 12.99, Example Music, monthly".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from glassdome.core.shipped import loads_shipped
from glassdome.engine.builtin.dates import days_in, read_lexicon
from glassdome.engine.builtin.facts.amounts import amounts_in
from glassdome.engine.builtin.words import fold
from glassdome.values.message import Message

__all__ = ["RecordFacts", "record_line"]

#: Characters of a mail in which its facts are looked for; the words that say what it is stand earlier.
_READ: Final = 4_000
_TELLING: Final = 1_500
_MOST_SAID: Final = 60
_LINE: Final = 400
#: Days ahead that a parcel or a bill may name.
_FURTHEST: Final = 120
_WEEK: Final = 7
#: The forms of parcel numbers: of UPS, of the Universal Postal Union (S10), and long runs of digits.
_TRACKING: Final = re.compile(
    r"\b(?:1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2}|[A-Z]{0,4}\d{10,26}|(?:\d{4} ){2,5}\d{2,4}|[A-Z]{2}\d[A-Z]{2}\d{9,16})\b"
)
_CARRIER: Final = re.compile(
    r"\b(?:DHL|UPS|FedEx|DPD|GLS|Hermes|Evri|USPS|Royal Mail|Parcelforce|Yodel|PostNL|bpost|Correos|SEUR|MRW|Nacex|CTT|Colissimo"
    r"|Chronopost|Mondial Relay|La Poste|Poste Italiane|BRT|InPost|Deutsche Post|Österreichische Post|Swiss Post|Jadlog|Loggi|TNT"
    r"|Poczta Polska|Packeta|Zásilkovna|PPL|Česká pošta|Yurtiçi Kargo|Aras Kargo|MNG Kargo|Sürat Kargo|PTT|СДЭК|CDEK|Почта России|Boxberry|Нова [Пп]ошта|Укрпошта)\b"
    r"|ヤマト運輸|佐川急便|日本郵便|顺丰|圆通|中通|申通|韵达|京东物流"
)
_MINUTES: Final = re.compile(r"(?<!\d)(\d{1,3})[\s-]?(?:min|мин|хв|dakika|dk\b|分)", re.IGNORECASE)
_DIGITS: Final = re.compile(r"(?<!\d)\d{4,8}(?!\d)")
#: Title and beginning of an event (RFC 5545); an hour in UTC is not the reader's.
_TITLE: Final = re.compile(r"^SUMMARY(?:;[^:\n]{0,200})?:([^\n]{1,200})", re.MULTILINE)
_BEGINS: Final = re.compile(
    r"^DTSTART(?:;[^:\n]{0,200})?:(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(?!\d|Z))?", re.MULTILINE
)
_NO_REQUEST: Final = re.compile(r"^METHOD:(?!REQUEST|PUBLISH)", re.MULTILINE)
_CALENDAR: Final = ("text/calendar", "application/ics")
#: Names that say nothing about whose mail it is.
_NAMELESS: Final = re.compile(
    r"(?i)^(?:no.?reply|info|service|support|team|billing|notifications?|mail|kundenservice)?$"
)
_VIA: Final = re.compile(r"(?<!\s)\s+(?:via|über)\s.*|[\"<>|]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts:
    """The findings of other readers: `named` are the concepts of subject and text, `titled` of the subject alone, `due` the day by which to act."""

    language: str
    categories: Sequence[str]
    named: frozenset[str]
    titled: frozenset[str]
    written: datetime
    code: bool = False
    due: date | None = None


def record_line(message: Message, text: str, facts: RecordFacts) -> str:
    """Return the line, or an empty string where the mail is of no such kind or its facts are not told."""
    words = _lexicon().get(facts.language)
    if words is None or message.in_reply_to or message.lists.list_post:
        return ""
    for make in (_invitation, _code, _parcel, _booking, _receipt, _bill, _order):
        kind, told = make(_Mail(message, text[:_READ], facts, words))
        if told:
            return f"{words['labels'][kind]}{words.get('colon', ': ')}{words.get('comma', ', ').join(told)}"
    return ""


@loads_shipped()
@cache
def _lexicon() -> dict[str, dict[str, Any]]:
    """Return the words by language, folded where they are looked for."""
    return {
        language: {name: _folded(name, value) for name, value in words.items()}
        for language, words in read_lexicon("records.toml").items()
    }


def _folded(name: str, value: Any) -> Any:
    return list(map(fold, value)) if isinstance(value, list) and name not in ("months", "weekdays") else value


class _Mail:
    """One mail as its kinds see it."""

    def __init__(self, message: Message, text: str, facts: RecordFacts, words: Mapping[str, Any]) -> None:
        """Nothing is searched before a kind asks."""
        self.message, self.text, self.facts, self.words = message, text, facts, words
        self.subject = fold(message.subject)
        self.begins = fold(f"{message.subject}\n{text[:_TELLING]}")

    @property
    def sender(self) -> str:
        """The sender of the mail: the name next to the address, else the domain."""
        name = _VIA.sub("", self.message.author.name).strip()[:_MOST_SAID]
        return self.message.author.domain if "@" in name or _NAMELESS.match(name) else name

    def says(self, kind: str, *, subject: bool = False) -> bool:
        """Return whether one of the words of that kind stands in the first part of the mail, or in its subject."""
        return any(map((self.subject if subject else self.begins).__contains__, self.words.get(kind, ())))

    def is_a(self, category: str, kind: str) -> bool:
        """Return whether it is of that category; in a language whose categories no model learned, by its subject."""
        return self.facts.categories[:1] == (category,) or self.says(f"titled_{kind}", subject=True)

    def amount(self) -> str:
        """Return the amount next to the strongest word for a total, else the only one that is named."""
        lines = self.text.splitlines()
        folded = [fold(line) for line in lines]
        for word in self.words["total"]:
            for number in range(len(lines) - 1, -1, -1):
                if word in folded[number] and (found := _last_amount(lines[number : number + 2])):
                    return found
        amounts = dict.fromkeys(
            found.group() for line in (self.message.subject, *lines) for found in amounts_in(line[:_LINE])
        )
        return _tidy(next(iter(amounts))) if len(amounts) == 1 else ""

    def days(self) -> Iterator[date]:
        """Yield the days ahead that the mail names, those of its subject first."""
        written = self.facts.written
        for part in (self.subject, self.begins):
            for named in days_in(part, self.facts.language, written):
                if 0 <= (named.day - written.date()).days <= _FURTHEST:
                    yield named.day

    def day(self, day: date) -> str:
        """Write a day as a person says it on the day of the mail."""
        ahead = (day - self.facts.written.date()).days
        if ahead in (0, 1):
            return str(self.words["say"][("today", "tomorrow")[ahead]])
        if 1 < ahead < _WEEK:
            return str(self.words["weekdays"][day.weekday()])
        return str(self.words["date"]).format(day=day.day, month=self.words["months"][day.month - 1])

    def say(self, name: str, *values: str) -> str:
        """Return the words of that name with the values in them."""
        return str(self.words["say"][name]).format(*values)

    def period(self) -> tuple[str, ...]:
        """Return how often the amount comes, where the mail says so."""
        return tuple(self.say(name) for name in ("month", "year") if self.says(name))[:1]


_Told = tuple[str, tuple[str, ...]]


def _invitation(mail: _Mail) -> _Told:
    parts = (item.text for item in mail.message.attachments if item.declared_type in _CALENDAR)
    calendar = next((text for text in parts if text and not _NO_REQUEST.search(text)), "")
    event = calendar.partition("BEGIN:VEVENT")[2]
    title, begins = _TITLE.search(event), _BEGINS.search(event)
    if title is None or begins is None:
        return "invitation", ()
    shown = " ".join(title[1].replace("\\", "").split())[:_MOST_SAID]
    with suppress(ValueError):  # a date that no calendar has
        day = mail.day(date(*map(int, begins.group(1, 2, 3))))
        return "invitation", (shown, f"{day} {begins[4]}:{begins[5]}" if begins[4] else day, mail.sender)
    return "invitation", ()


def _code(mail: _Mail) -> _Told:
    titled = mail.says("code", subject=True)
    known = mail.facts.code or ("titled_bill" in mail.words and titled and _DIGITS.search(mail.text) is not None)
    if not known or "meeting" in mail.facts.named or not ("one_time_code" in mail.facts.named or titled):
        return "code", ()
    minutes = _MINUTES.search(mail.text)
    return "code", (mail.sender, mail.say("valid", minutes[1])) if minutes else (mail.sender,)


def _parcel(mail: _Mail) -> _Told:
    delivery = mail.facts.categories[:1] == ("delivery",) or "titled_order" in mail.words
    if not delivery or mail.says("undone", subject=True) or not mail.says("parcel"):
        return "parcel", ()
    whole = f"{mail.message.subject}\n{mail.text}"
    state = next((name for name in ("waiting", "delivered", "coming") if mail.says(name)), "")
    if not state:
        return "parcel", ()
    day = next(mail.days(), None) if state == "coming" else None
    told = mail.say("arrives", mail.day(day)) if day is not None else mail.say(state)
    number = _TRACKING.search(whole)
    carrier = _CARRIER.search(f"{mail.message.author.name}\n{whole}")
    head = f"{number.group().replace(' ', '')[:4]}… {told}" if number else told
    return "parcel", (head, carrier.group() if carrier else mail.sender)


def _booking(mail: _Mail) -> _Told:
    if not mail.says("booking", subject=True) or mail.says("undone"):
        return "booking", ()
    day = next(mail.days(), None)
    amount = mail.amount()
    if day is None:
        return "booking", ()
    return "booking", tuple(filter(None, (mail.sender, mail.day(day), amount)))


def _receipt(mail: _Mail) -> _Told:
    titled = "receipt" in mail.facts.titled or mail.says("titled_receipt", subject=True)
    told = titled or ("receipt" in mail.facts.named and "bill" not in mail.facts.named)
    if not told or mail.says("undone", subject=titled):
        return "receipt", ()
    amount = mail.amount()
    return "receipt", (amount, mail.sender, *mail.period()) if amount else ()


def _bill(mail: _Mail) -> _Told:
    if not mail.is_a("invoice", "bill") or mail.says("undone"):
        return "bill", ()
    amount, due = mail.amount(), mail.facts.due
    day = (mail.say("due", mail.day(due)),) if due is not None else ()
    return "bill", (amount, *day, mail.sender) if amount else ()


def _order(mail: _Mail) -> _Told:
    amount = mail.amount() if mail.is_a("order", "order") and not mail.says("undone") else ""
    return "order", (amount, mail.sender) if amount else ()


def _last_amount(lines: Sequence[str]) -> str:
    """Return the last amount of the first line, else the first of the next one."""
    for place, line in zip((-1, 0), lines, strict=False):
        if found := [match.group() for match in amounts_in(line[:_LINE])]:
            return _tidy(found[place])
    return ""


def _tidy(amount: str) -> str:
    return " ".join(amount.split())
