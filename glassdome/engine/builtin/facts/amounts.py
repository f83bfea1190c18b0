"""Amounts of money in a text: the total, by the words next to it, as `842.50 EUR`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from glassdome.engine.builtin.dates import DIGIT
from glassdome.values.fact import Fact

__all__ = ["amount_facts", "normal_amount"]

_CODES: Final = "EUR|USD|GBP|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|BRL|MXN|ARS|CLP|COP|JPY|CNY|INR|TRY|UAH|ILS|ZAR|SGD|HKD|KRW|THB|RUB"
_SIGNS: Final = {
    "€": "EUR", "$": "USD", "US$": "USD", "C$": "CAD", "A$": "AUD", "£": "GBP", "¥": "JPY", "￥": "JPY", "R$": "BRL", "₹": "INR",
    "₺": "TRY", "₴": "UAH", "₽": "RUB", "₩": "KRW", "₪": "ILS", "฿": "THB", "zł": "PLN", "kč": "CZK", "ft": "HUF", "fr.": "CHF",
    "円": "JPY", "元": "CNY", "원": "KRW",
}  # fmt: skip
_WORDS: Final = {
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pound": "GBP", "pounds": "GBP", "franken": "CHF", "francs": "CHF",
    "złotych": "PLN", "reais": "BRL", "kronor": "SEK", "lei": "RON",
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
#: Words of a total, strongest first, then those of its parts.
_DUE: Final = re.compile(
    r"amount due|total due|balance due|amount payable|grand total|total to pay|net pay|take.home|amount paid|total paid|order total|zahlbetrag|zu zahlen|"
    r"gesamtbetrag|rechnungsbetrag|endbetrag|gesamtsumme|gesamtpreis|auszahlungsbetrag|auszahlung|net à payer|net a payer|total ttc|montant total|montant dû|"
    r"à régler|importe total|total a pagar|total factura|líquido a|neto a|totale da pagare|totale fattura|totale documento|netto in busta|netto a pagare|"
    r"te betalen|totaalbedrag|factuurbedrag|netto loon|valor total|valor a pagar|total geral|do zapłaty|razem do|celkem k|att betala|at betale|å betale|"
    r"maksettava|fizetendő|total de plată|ödenecek|к оплате|合計|ご請求金額|请付|总计|합계|청구",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(
    r"\btotal|\bsumme\b|\bgesamt|\bbetrag\b|\bpreis\b|\bamount\b|\bprice\b|\bcharged\b|\bpaid\b|\brent\b|\bfee\b|\bfare\b|\bprix\b|\bmontant\b|\btarif\b|"
    r"\bimporte\b|\bprecio\b|\btotale\b|\bimporto\b|\bprezzo\b|\btotaal\b|\bbedrag\b|\bprijs\b|\bvalor\b|\bpreço\b|\bbeitrag\b|\bbruttobetrag\b|\bsuma\b|"
    r"\bkwota\b|\bcelkem\b|\bsumma\b|\bsum\b|\bbeløp\b|\bbeløb\b|\byhteensä\b|\bösszesen\b|\btoplam\b|\bитого\b|\bсумма\b|金額|金额|금액",
    re.IGNORECASE,
)
_PART: Final = re.compile(
    r"sub-?total|zwischensumme|sous-total|subtotaal|subtotale|\bnetto(?:betrag|summe)|\bmwst|\bust\b|umsatzsteuer|\bvat\b|\btax\b|\btva\b|\biva\b|\bbtw\b|"
    r"\bgross pay|\bbrutto(?:lohn|gehalt)|\bsalaire brut|\bdeduct|\babzug|\bshipping\b|\bversand|\brabatt\b|\bdiscount\b|\bremise\b|total ht\b|imponibile",
    re.IGNORECASE,
)
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
    found = [item for number in range(len(lines)) for item in _of_line(lines, number)]
    best = max((item.weight for item in found), default=0)
    chosen = [item for item in found if item.weight == best]
    chosen = chosen[-1:] if best >= 2 else chosen[:_MOST]
    for value, evidence in dict(reversed([(item.value, item.evidence) for item in chosen])).items():
        yield Fact(type="amount", value=value, where=where, evidence=evidence)


def _of_line(lines: Sequence[str], number: int) -> Iterator[_Found]:
    line = lines[number][:_LINE_CHARS]
    digits = [match.start() for match in DIGIT.finditer(line)]
    if not digits or not _HINT.search(line, max(0, digits[0] - _REACH), digits[-1] + _REACH):
        return
    named = _amounts_in(line)
    for match in named[-1:] if _DUE.search(line) or _TOTAL.search(line) else named:
        if value := _value(match.groupdict()):
            before = lines[number - 1] if number and not any(map(str.isalpha, _AMOUNT.sub("", line))) else ""
            yield _Found(value, f"{before} {line}".strip(), _weight(f"{before} {line}"))


def _amounts_in(line: str) -> list[re.Match[str]]:
    """Return the amounts of a line; where currencies stand in front, a number before one is a quantity."""
    named = list(_AMOUNT.finditer(line))
    behind = [match for match in named if match["b"]]
    if behind and not re.search(r"[.,]\d\d$", behind[0]["m"]) and _CENTS.match(line, named[-1].end()):
        return list(_SIGN_FIRST.finditer(line)) or named
    return named


def _weight(line: str) -> int:
    if _PART.search(line) and not _DUE.search(line):
        return 0
    return 3 if _DUE.search(line) else 2 if _TOTAL.search(line) else 1


def _value(match: Mapping[str, str | None]) -> str:
    sign = (match["a"] or match.get("b") or "").lower()
    known = {name.lower(): code for name, code in _SIGNS.items()} | _WORDS
    return normal_amount(match["n"] or match.get("m") or "", known.get(sign, sign.upper()))


def normal_amount(number: str, currency: str) -> str:
    """Return an amount in its normal form: `1.487,50` and `EUR` are `1487.50 EUR`."""
    plain = re.sub(r"[\s'’\u00a0\u202f\u2009-]", "", number).rstrip(".,")
    cents = re.search(r"[.,](\d{1,2})$", plain)
    whole = re.sub(r"[.,]", "", plain[: cents.start()] if cents else plain)
    if not whole.isdigit():
        return ""
    return f"{int(whole)}.{cents[1].ljust(2, '0') if cents else '00'} {currency}"
