"""Amounts of money in a text: the total, by the words next to it, as `842.50 EUR`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from glassdome.engine.builtin.dates import DIGIT
from glassdome.engine.builtin.facts.said import said_in
from glassdome.values.fact import Fact

__all__ = ["CURRENCIES", "amount_facts", "amounts_in", "normal_amount"]

_CODES: Final = "EUR|USD|GBP|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|BRL|MXN|ARS|CLP|COP|JPY|CNY|INR|TRY|UAH|ILS|ZAR|SGD|HKD|KRW|THB|RUB"
#: Codes of currencies (ISO 4217).
CURRENCIES: Final = frozenset(_CODES.split("|"))
_SIGNS: Final = {
    "€": "EUR", "$": "USD", "US$": "USD", "C$": "CAD", "A$": "AUD", "£": "GBP", "¥": "JPY", "￥": "JPY", "R$": "BRL", "₹": "INR",
    "₺": "TRY", "₴": "UAH", "₽": "RUB", "₩": "KRW", "₪": "ILS", "฿": "THB", "zł": "PLN", "kč": "CZK", "ft": "HUF", "fr.": "CHF",
    "円": "JPY", "元": "CNY", "원": "KRW",
}  # fmt: skip
_WORDS: Final = {
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pound": "GBP", "pounds": "GBP", "franken": "CHF", "francs": "CHF",
    "złotych": "PLN", "tl": "TRY", "руб": "RUB", "рублей": "RUB", "грн": "UAH", "гривень": "UAH", "reais": "BRL", "kronor": "SEK", "lei": "RON",
}  # fmt: skip
_BLANK: Final = "[ \u00a0\u202f\u2009]"
_NUMBER: Final = r"\d{1,3}(?:[.,'’\u00a0\u202f\u2009 ]\d{3}){1,3}(?:[.,]\d{1,2})?(?![\d%])|\d{1,9}(?:[.,]\d{1,2})?(?:,--|,-)?(?![\d%])"
_BEFORE: Final = rf"(?:{_CODES})\b|US\$|C\$|A\$|R\$|Fr\.|[€$£¥￥₹₺₴₽₩₪฿]"
_BEHIND: Final = rf"(?:{_CODES})\b|(?:{'|'.join(_WORDS)})\b(?!-\w)|zł|Kč|Ft\b|[€$£¥￥₹₺₴₽₩₪฿円元원]"
_AMOUNT: Final = re.compile(
    rf"(?<![\w.,])(?P<a>{_BEFORE}){_BLANK}{{0,2}}(?P<n>{_NUMBER})|(?<![\w.,/-])(?P<m>{_NUMBER}){_BLANK}{{0,2}}(?P<b>{_BEHIND})",
    re.IGNORECASE,
)
#: A price with cents that ends its cell, behind the currency of what seemed to be another: in `12 € 4,00` 12 is a quantity.
_CENTS: Final = re.compile(rf"{_BLANK}{{0,2}}\d[\d.,'’ \u00a0\u202f]{{0,12}}[.,]\d\d(?=\s{{0,4}}(?:$|[|;\d]))")
_SIGN_FIRST: Final = re.compile(rf"(?<![A-Za-z_.,])(?P<a>{_BEFORE}){_BLANK}{{0,2}}(?P<n>{_NUMBER})", re.IGNORECASE)
#: One of them stands in whatever `_AMOUNT` finds.
_HINT: Final = re.compile(rf"[€$£¥￥₹₺₴₽₩₪฿円元원]|zł|Kč|\b(?:{_CODES}|Fr|{'|'.join(_WORDS)}|Ft)\b", re.IGNORECASE)
#: Words of a total in scripts without blanks between words.
_EAST: Final = re.compile("合計|ご請求金額|请付|总计|합계|청구")
_EAST_SUM: Final = re.compile("金額|金额|금액")
#: The words of a line say of its amount that it is left to pay, a total, a sum, a part of one.
_REST, _TOTAL, _SUM, _SOME, _PART = 4, 3, 2, 1, 0
#: A number with cents at the end of its line, without a currency, which stands at the head of the column or nowhere.
_BARE: Final = re.compile(rf"(?<![\w.,/-])(?P<n>{_NUMBER})\s{{0,3}}$")
_WITH_CENTS: Final = re.compile(r"[.,]\d\d$")
#: Behind an amount, before one that is a part of it: `£27.00 incl. £2.00 booking fee`.
_HOLDS: Final = re.compile(
    r"\d[^\d\n]{0,6}\b(?:incl|including|inkl|inklusive|davon|darin|dont|inclus|incluye|incluido|di cui|incluso|waarvan|inclusief|dos quais|w tym|z toho|vcetne|včetně|of which|thereof)\b",
    re.IGNORECASE,
)
#: A sign between two numbers belongs to the one that it is written next to.
_BETWEEN: Final = re.compile(rf"\d(?P<l>{_BLANK}{{0,2}})(?:{_BEFORE})(?P<r>{_BLANK}{{0,2}})\d")
#: Lines read, amounts given where no word says which is the total.
_MOST_LINES: Final = 400
_MOST: Final = 3
_LINE_CHARS: Final = 300
#: Characters around digits in which their currency stands.
_REACH: Final = 12


class _Found(NamedTuple):
    value: str
    evidence: str
    weight: int


def amount_facts(text: str, where: str) -> Iterator[Fact]:
    """Yield the total that a text names, else the few amounts in it."""
    lines = [line.strip() for line in text.splitlines()[:_MOST_LINES] if line.strip()]
    home = _only_currency(lines)
    found = [item for number in range(len(lines)) for item in _of_line(lines, number, home)]
    best = max((item.weight for item in found), default=0)
    chosen = [item for item in found if item.weight == best]
    if best >= _SUM:
        # A sum left to pay stands beside the total that it is left of.
        whole = [item for item in found if item.weight == _TOTAL]
        chosen = [*whole[-1:], *chosen[-_MOST:]] if best == _REST else chosen[-1:]
    for value, evidence in dict(
        reversed([(item.value, item.evidence) for item in (chosen if best >= _SUM else chosen[:_MOST])])
    ).items():
        yield Fact(type="amount", value=value, where=where, evidence=evidence)


def _of_line(lines: Sequence[str], number: int, home: str) -> Iterator[_Found]:
    line = lines[number][:_LINE_CHARS]
    digits = [match.start() for match in DIGIT.finditer(line)]
    if not digits:
        return
    hinted = _HINT.search(line, max(0, digits[0] - _REACH), digits[-1] + _REACH)
    values = _named_values(line) if hinted else []
    alone = values and not any(map(str.isalpha, _AMOUNT.sub("", line)))
    before = lines[number - 1][:_LINE_CHARS] if number and alone else ""
    weight = _weight(before, line)
    if not values and home and weight >= _TOTAL:
        values = _bare_values(line, home)
    for value in _whole(values, line) if weight >= _SUM else values:
        if not (weight == _REST and value.startswith("0.00 ")):
            yield _Found(value, f"{before} {line}".strip(), weight)


def _named_values(line: str) -> list[str]:
    return [value for match in amounts_in(line) if (value := _value(match.groupdict()))]


def _whole(values: Sequence[str], line: str) -> Sequence[str]:
    """Return the amount that a line is about: the last one, or the first where the others are said to be in it."""
    return values[:1] if len(values) > 1 and _HOLDS.search(line) else values[-1:]


def _bare_values(line: str, currency: str) -> list[str]:
    found = _BARE.search(line)
    value = normal_amount(found["n"], currency) if found and _WITH_CENTS.search(found["n"]) else ""
    return [value] if value else []


def _only_currency(lines: Sequence[str]) -> str:
    """Return the currency of a text that names one."""
    named = {_code(match.group()) for line in lines for match in _HINT.finditer(line[:_LINE_CHARS])}
    return named.pop() if len(named) == 1 else ""


def amounts_in(line: str) -> list[re.Match[str]]:
    """Return the amounts of a line; where currencies stand in front, a number before one is a quantity."""
    named = list(_AMOUNT.finditer(line))
    if any(match["b"] for match in named) and _leads(line, named[-1].end()):
        return list(_SIGN_FIRST.finditer(line)) or named
    return named


def _leads(line: str, end: int) -> bool:
    """Return whether currencies stand before their numbers, by the blanks around them, else by how the line ends."""
    for match in _BETWEEN.finditer(line):
        if bool(match["l"]) != bool(match["r"]):
            return bool(match["l"])
    return bool(_CENTS.match(line, end))


def _weight(before: str, line: str) -> int:
    """Return what a line says of its amount, where it names none itself the line before it."""
    said = {concept for part in (before, line) for word in said_in(part) for concept in word.concepts}
    if "rest" in said or {"sum", "pay"} <= said:
        return _REST
    if "total" in said or {"sum", "with_tax"} <= said or _EAST.search(before + line):
        return _TOTAL
    if "part" in said:
        return _PART
    return _SUM if "sum" in said or _EAST_SUM.search(before + line) else _SOME


def _value(match: Mapping[str, str | None]) -> str:
    return normal_amount(match["n"] or match.get("m") or "", _code(match["a"] or match.get("b") or ""))


def _code(sign: str) -> str:
    """Return the code of a currency by its sign, its code or its name."""
    known = {name.lower(): code for name, code in _SIGNS.items()} | _WORDS
    return known.get(sign.lower(), "CHF" if sign.lower() == "fr" else sign.upper())


def normal_amount(number: str, currency: str) -> str:
    """Return an amount in its normal form: `1.487,50` and `EUR` are `1487.50 EUR`."""
    plain = re.sub(r"[\s'’\u00a0\u202f\u2009-]", "", number).rstrip(".,")
    cents = re.search(r"[.,](\d{1,2})$", plain)
    whole = re.sub(r"[.,]", "", plain[: cents.start()] if cents else plain)
    if not whole.isdigit():
        return ""
    return f"{int(whole)}.{cents[1].ljust(2, '0') if cents else '00'} {currency}"
