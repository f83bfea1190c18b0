"""Facts that structured codes hold: bank transfers, boarding passes, accounts to enrol, contacts, events, networks.

Each kind is read as its publication says: EPC069-12 (GiroCode), the Swiss Implementation Guidelines QR-bill 2.x with
Swico's S1 syntax, EMVCo's Merchant-Presented Mode, NPCI's UPI links, IATA Resolution 792 (BCBP), the Key URI format of
authenticators, RFC 6068 (mailto), RFC 3966 (tel), RFC 6350 (vCard), RFC 5545 (iCalendar).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from glassdome.core.limits import MAX_PHRASE_CHARS, MAX_URL_CHARS
from glassdome.values.document import Code
from glassdome.values.fact import Fact, FactType

__all__ = ["facts_of"]

_Pairs = Iterator[tuple[FactType, str]]
#: Kinds that people call QR code; a bar code's digits are no fact by themselves.
_MATRIX = frozenset({"QR", "Micro QR", "rMQR", "Aztec", "Data Matrix", "PDF417"})
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_AMOUNT = re.compile(r"\d{1,12}(?:[.,]\d{1,2})?")
#: Numeric codes of currencies (ISO 4217) in which such codes are paid.
_CURRENCIES: Final = {
    "036": "AUD", "124": "CAD", "156": "CNY", "344": "HKD", "356": "INR", "360": "IDR", "392": "JPY", "410": "KRW",
    "458": "MYR", "608": "PHP", "702": "SGD", "704": "VND", "756": "CHF", "764": "THB", "784": "AED", "826": "GBP",
    "840": "USD", "901": "TWD", "978": "EUR", "986": "BRL",
}  # fmt: skip


def facts_of(code: Code) -> tuple[Fact, ...]:
    """Return the content of a code as facts, the whole first."""
    if code.kind not in _MATRIX:
        return ()
    text = code.text.strip()
    pairs = [("qr", code.text), *_pairs(text)] if text else []
    whole = Fact(type="qr", value="", where=code.where, evidence=code.text[:MAX_PHRASE_CHARS])
    found = (replace(whole, type=kind, value=value.strip(" ")) for kind, value in pairs if value.strip())
    return tuple(dict.fromkeys(found))


def _pairs(text: str) -> _Pairs:
    for beginning, reader in _READERS.items():
        if text[: len(beginning)].upper() == beginning:
            yield from reader(text)
            return
    if _WEB.match(text):
        yield "link", text.split()[0][:MAX_URL_CHARS]
    elif re.match(r"M[1-4]", text) and len(text) >= _PASS_CHARS:
        yield from _boarding_pass(text)


def _epc(text: str) -> _Pairs:
    """EPC069-12: version 002 may leave out the bank; amount and remittance are optional."""
    lines = _lines(text, 12)
    yield "payee", lines[5]
    yield from _account(lines[6])
    yield from _amount(lines[7][3:], lines[7][:3])
    yield "reference", lines[9] or lines[10]


def _swiss_bill(text: str) -> _Pairs:
    """Swiss QR-bill, data structure 0200: creditor, amount, reference, and the biller's own data."""
    lines = _lines(text, 32)
    yield from _account(lines[3])
    yield "payee", lines[5]
    yield from _amount(lines[18], lines[19])
    yield "reference", lines[28] or lines[29]
    if lines[31].startswith("//S1"):
        yield from _swico(lines[31])


def _swico(text: str) -> _Pairs:
    """Swico S1: `/10/` the invoice's number, `/11/` its date as YYMMDD."""
    fields = dict(re.findall(r"/(\d\d)/((?:[^/\\]|\\.)*)", text))
    yield "reference", fields.get("10", "")
    if re.fullmatch(r"\d{6}", fields.get("11", "")):
        yield from _date("20" + fields["11"])


def _emv(text: str) -> _Pairs:
    """EMVCo Merchant-Presented Mode (Pix, PromptPay, PayNow ...): fields of two digits, two of length, value."""
    fields = _tlv(text)
    yield "payee", fields.get("59", "")
    yield from _amount(fields.get("54", ""), _CURRENCIES.get(fields.get("53", ""), ""))
    reference = _tlv(fields.get("62", "")).get("05", "")
    yield "reference", reference.strip("*")


def _tlv(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    at = 0
    while at + 4 <= len(text) and text[at : at + 4].isdecimal():
        length = int(text[at + 2 : at + 4])
        fields.setdefault(text[at : at + 2], text[at + 4 : at + 4 + length])
        at += 4 + length
    return fields


def _upi(text: str) -> _Pairs:
    query = _query(text)
    yield "payee", query.get("pn", "") or query.get("pa", "")
    yield from _amount(query.get("am", ""), query.get("cu", "INR"))
    yield "reference", query.get("tr", "") or query.get("tn", "")


def _enrolment(text: str) -> _Pairs:
    """The Key URI format: `otpauth://totp/Issuer:account?secret=...&issuer=Issuer`."""
    label = unquote(text.partition("://")[2].partition("?")[0].partition("/")[2])
    issuer, colon, account = label.rpartition(":")
    yield "issuer", _query(text).get("issuer", "") or (issuer if colon else "")
    yield ("email" if "@" in account else "name"), account


#: Characters of a pass with one leg without its optional part, and of each leg from the booking's reference on.
_PASS_CHARS = 60
_LEG_CHARS = 37


def _boarding_pass(text: str) -> _Pairs:
    """IATA Resolution 792: name of 20 characters, then per leg booking, route, flight, day, cabin, seat."""
    last, _, first = text[2:22].strip().partition("/")
    yield "name", f"{first} {last}".strip().title()
    at = 23
    for _ in range(int(text[1])):
        leg = text[at : at + _LEG_CHARS]
        if not re.fullmatch(r"[A-Z]{6}", leg[7:13]):
            return
        yield "reference", leg[:7]
        yield "place", f"{leg[7:10]} → {leg[10:13]}"
        yield "number", f"{leg[13:16].strip()} {leg[16:21].strip().lstrip('0')}"
        yield "seat", leg[25:29].strip().lstrip("0")
        at += _LEG_CHARS + (int(leg[35:37], 16) if re.fullmatch(r"[0-9A-Fa-f]{2}", leg[35:37]) else 0)


def _mailto(text: str) -> _Pairs:
    address, _, _ = text.partition(":")[2].partition("?")
    yield from (("email", unquote(one)) for one in address.split(",")[:5])
    yield "title", _query(text).get("subject", "")


def _message(text: str) -> _Pairs:
    fields = _semicolons(text.partition(":")[2])
    yield "email", fields.get("TO", "")
    yield "title", fields.get("SUB", "")


def _phone(text: str) -> _Pairs:
    number = re.split(r"[;?:,]", text.partition(":")[2].removeprefix("//"), maxsplit=1)[0]
    yield "phone", re.sub(r"[\s().-]", "", unquote(number))


def _network(text: str) -> _Pairs:
    yield "name", _semicolons(text.partition(":")[2]).get("S", "")


def _contact(text: str) -> _Pairs:
    fields = _semicolons(text.partition(":")[2])
    last, comma, first = fields.get("N", "").partition(",")
    yield "name", f"{first.strip()} {last.strip()}" if comma else last
    yield "phone", re.sub(r"[\s().-]", "", fields.get("TEL", ""))
    yield "email", fields.get("EMAIL", "")
    yield "link", fields.get("URL", "")


def _vcard(text: str) -> _Pairs:
    for name, value in _properties(text):
        if name == "FN":
            yield "name", value
        elif name == "TEL":
            yield "phone", re.sub(r"[\s().-]", "", value.removeprefix("tel:"))
        elif name in ("EMAIL", "URL"):
            yield ("email" if name == "EMAIL" else "link"), value


def _event(text: str) -> _Pairs:
    for name, value in _properties(text):
        if name == "SUMMARY":
            yield "title", value
        elif name == "LOCATION":
            yield "place", value
        elif name == "DTSTART":
            yield from _moment(value)


def _moment(value: str) -> _Pairs:
    found = re.fullmatch(r"(\d{8})(?:T(\d\d)(\d\d)(\d\d)(Z?))?", value)
    days = [day for _, day in _date(found[1])] if found else []
    if not found or not days:
        return
    zone = "+00:00" if found[5] else ""
    if found[2]:
        yield "datetime", f"{days[0]}T{found[2]}:{found[3]}:{found[4]}{zone}"
    else:
        yield "date", days[0]


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """Read the lines of a vCard or calendar: names without parameters, values without escapes."""
    for line in re.sub(r"\n[ \t]", "", text).split("\n"):
        name, _, value = line.partition(":")
        yield re.split(r"[;]", name, maxsplit=1)[0].strip().rpartition(".")[2].upper(), _unescaped(value.strip())


def _semicolons(text: str) -> dict[str, str]:
    """Read `KEY:value;KEY:value;` with backslash escapes."""
    parts = re.findall(r"([A-Z]{1,10}):((?:[^;\\]|\\.){0,1000})(?:;|$)", text)
    fields: dict[str, str] = {}
    for key, value in parts:
        fields.setdefault(key, _unescaped(value))
    return fields


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def _query(text: str) -> dict[str, str]:
    try:
        fields = parse_qs(urlsplit(text).query, max_num_fields=50)
    except ValueError:
        return {}
    return {key.lower(): values[0] for key, values in fields.items()}


def _account(raw: str) -> _Pairs:
    """The field says that it is an IBAN: one with a wrong check digit is what its reader would pay to all the same."""
    number = re.sub(r"\s", "", raw).upper()
    if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", number):
        yield "iban", number


def _amount(number: str, currency: str) -> _Pairs:
    if not _AMOUNT.fullmatch(number.strip()) or not re.fullmatch(r"[A-Z]{3}", currency.strip()):
        return
    try:
        value = Decimal(number.strip().replace(",", "."))
    except InvalidOperation:
        return
    if value:
        yield "amount", f"{value:.2f} {currency.strip()}"


def _date(digits: str) -> _Pairs:
    try:
        yield "date", date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return


def _lines(text: str, count: int) -> list[str]:
    """Return at least `count` lines."""
    lines = [line.strip() for line in text.split("\n")]
    return lines + [""] * max(0, count - len(lines))


#: Beginnings, in capitals, and what reads them.
_READERS: Final[dict[str, Callable[[str], _Pairs]]] = {
    "BCD\n": _epc,
    "SPC\n": _swiss_bill,
    "000201": _emv,
    "UPI://PAY": _upi,
    "OTPAUTH://": _enrolment,
    "MAILTO:": _mailto,
    "MATMSG:": _message,
    "TEL:": _phone,
    "SMSTO:": _phone,
    "SMS:": _phone,
    "WIFI:": _network,
    "MECARD:": _contact,
    "BEGIN:VCARD": _vcard,
    "BEGIN:VEVENT": _event,
    "BEGIN:VCALENDAR": _event,
}
