"""Facts of what QR codes say: a transfer (EPC069-12, GiroCode), a Swiss bill (SPC), a second factor (otpauth), a boarding pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from glassdome.engine.builtin.facts.amounts import normal_amount
from glassdome.values.fact import Fact, FactType

__all__ = ["code_facts", "without_secret"]

_MOST_CHARS: Final = 2_000
_EPC_AMOUNT: Final = re.compile(r"([A-Z]{3})(\d{1,9}(?:\.\d{1,2})?)")
#: IATA resolution 792, format M with one leg: name, booking, from, to, carrier, flight, day, cabin and seat.
_PASS: Final = re.compile(
    r"M1(?P<name>.{20})E(?P<pnr>[A-Z0-9]{5,7})\s{0,2}(?P<a>[A-Z]{3})(?P<b>[A-Z]{3}).{12}(?P<seat>\d{3}[A-Z])"
)


def code_facts(text: str, where: str) -> Iterator[Fact]:
    """Yield what the code says, and first the code itself; the secret of a second factor is left out."""
    text = text[:_MOST_CHARS]
    yield Fact(type="qr", value=without_secret(text), where=where)
    lines = [line.strip() for line in text.splitlines()]
    if text.startswith(("BCD\n", "BCD\r")):
        yield from _transfer(lines, where)
    elif text.startswith(("SPC\n", "SPC\r")):
        yield from _swiss(lines, where)
    elif text.startswith("otpauth://"):
        yield from _factor(text, where)
    elif found := _PASS.match(text):
        yield from _pass(found, where)


def without_secret(text: str) -> str:
    """Return a code without the secret of a second factor, which alone makes the numbers that sign a person in."""
    return re.sub(r"(?i)([?&]secret=)[^&\s]+", r"\1****", text) if text.startswith("otpauth") else text


def _told(kind: FactType, value: str, where: str) -> Iterator[Fact]:
    if value:
        yield Fact(type=kind, value=value, where=where, evidence=value)


def _transfer(lines: list[str], where: str) -> Iterator[Fact]:
    fields = [*lines, *[""] * 12][:12]
    yield from _told("payee", fields[5], where)
    yield from _told("iban", fields[6].replace(" ", ""), where)
    if amount := _EPC_AMOUNT.fullmatch(fields[7]):
        yield from _told("amount", normal_amount(amount[2], amount[1]), where)
    yield from _told("reference", fields[9] or fields[10], where)


def _swiss(lines: list[str], where: str) -> Iterator[Fact]:
    fields = [*lines, *[""] * 32][:32]
    yield from _told("iban", fields[3].replace(" ", ""), where)
    yield from _told("payee", fields[5], where)
    if fields[18] and fields[19]:
        yield from _told("amount", normal_amount(fields[18], fields[19]), where)
    yield from _told("reference", fields[28], where)


def _factor(text: str, where: str) -> Iterator[Fact]:
    parts = urlsplit(text)
    issuer = parse_qs(parts.query).get("issuer", [""])[0] or unquote(parts.path).strip("/").partition(":")[0]
    yield from _told("issuer", issuer, where)


def _pass(found: re.Match[str], where: str) -> Iterator[Fact]:
    yield from _told("name", found["name"].strip(), where)
    yield from _told("reference", found["pnr"], where)
    yield from _told("place", f"{found['a']} → {found['b']}", where)
    yield from _told("seat", found["seat"].lstrip("0"), where)
