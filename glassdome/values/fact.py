"""One fact of a mail or of a file attached to it: a value in its normal form, with the words it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["FACT_TYPES", "Fact", "FactType"]

FactType = Literal[
    "title", "date", "datetime", "recurrence", "status", "place", "link", "name", "email", "phone", "number", "amount",
    "iban", "reference", "payee", "issuer", "seat", "qr", "file", "sheet", "cell",
]  # fmt: skip
FACT_TYPES: Final[tuple[FactType, ...]] = FactType.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A typed value: ISO 8601 dates, amounts as `842.50 EUR`, IBANs without spaces, phone numbers in E.164.

    `where` is its place: `body`, `invoice.pdf, page 2`, `QR in image 1`; inside a file's own facts it is the place in
    that file (`page 2`). `evidence` is the text it was read from.
    """

    type: FactType
    value: str
    where: str = ""
    evidence: str = ""
