"""Addresses of crypto-currencies, by their checksum where they have one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from stdnum import bitcoin

from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import words_for
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_wallets"]

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#: Version bytes of Bitcoin (0, 5), Dogecoin (30, 22), Litecoin (48, 50) and Tron (65).
_VERSIONS = frozenset({0, 5, 22, 30, 48, 50, 65})
_BASE58 = re.compile(r"[139ADLMT](?<![A-Za-z0-9][139ADLMT])[1-9A-HJ-NP-Za-km-z]{25,33}(?![A-Za-z0-9])")
_BECH32 = re.compile(r"(?<![A-Za-z0-9])(?:bc1|BC1)[A-Za-z0-9]{11,71}(?![A-Za-z0-9])")
_ETHEREUM = re.compile(r"(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])")
_ETHEREUM_WORDS = words_for("ethereum")


def _base58check(text: str) -> bool:
    number = 0
    for char in text:
        number = number * 58 + _ALPHABET.index(char)
    if number >= 1 << 200:
        return False
    raw = number.to_bytes(25, "big")
    return raw[0] in _VERSIONS and sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def find_wallets(view: TextView) -> Iterator[Candidate]:
    """Find crypto-currency addresses. They are low risk: made to be shown, yet they tell who owns what."""
    for match in _BASE58.finditer(view.text):
        if _base58check(match.group()):
            yield Candidate(type="crypto_address", start=match.start(), end=match.end(), risk="low", rank=8)
    if "bc1" in view.lower:
        for match in _BECH32.finditer(view.text):
            if bitcoin.is_valid(match.group()):
                yield Candidate(type="crypto_address", start=match.start(), end=match.end(), risk="low", rank=8)
    if "0x" in view.text and _ETHEREUM_WORDS.hits(view):
        for match in _ETHEREUM.finditer(view.text):
            yield Candidate(type="crypto_address", start=match.start(), end=match.end(), risk="low", rank=8)
