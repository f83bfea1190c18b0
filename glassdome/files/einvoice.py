"""Reads invoices for programs: UBL and CII (XRechnung, ZUGFeRD, Factur-X, Peppol), FatturaPA; other XML by its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from glassdome.files import page
from glassdome.files.found import Found
from glassdome.files.source import Source
from glassdome.files.xml import Sink, TooMuch, read_xml
from glassdome.parse.moments import moment_of
from glassdome.values.document import Document
from glassdome.values.fact import FactType

__all__ = ["read"]

#: Root elements of invoices.
_ROOTS: Final = frozenset(
    {
        "Invoice",
        "CreditNote",
        "CrossIndustryInvoice",
        "CrossIndustryDocument",
        "FatturaElettronica",
        "FatturaElettronicaSemplificata",
    }
)
#: The last elements of a path, and what they say; of several for one thing the first that is there counts.
_PATHS: Final[dict[FactType | str, tuple[tuple[str, ...], ...]]] = {
    "reference": (
        ("Invoice", "ID"), ("CreditNote", "ID"), ("ExchangedDocument", "ID"), ("HeaderExchangedDocument", "ID"),
        ("DatiGeneraliDocumento", "Numero"),
    ),
    "amount": (
        ("LegalMonetaryTotal", "PayableAmount"), ("SpecifiedTradeSettlementHeaderMonetarySummation", "DuePayableAmount"),
        ("SpecifiedTradeSettlementMonetarySummation", "DuePayableAmount"), ("DettaglioPagamento", "ImportoPagamento"),
        ("LegalMonetaryTotal", "TaxInclusiveAmount"), ("SpecifiedTradeSettlementHeaderMonetarySummation", "GrandTotalAmount"),
        ("SpecifiedTradeSettlementMonetarySummation", "GrandTotalAmount"), ("DatiGeneraliDocumento", "ImportoTotaleDocumento"),
    ),
    "due": (
        ("Invoice", "DueDate"), ("CreditNote", "DueDate"), ("PaymentMeans", "PaymentDueDate"), ("PaymentTerms", "PaymentDueDate"),
        ("DueDateDateTime", "DateTimeString"), ("DettaglioPagamento", "DataScadenzaPagamento"),
    ),
    "issued": (
        ("Invoice", "IssueDate"), ("CreditNote", "IssueDate"), ("IssueDateTime", "DateTimeString"),
        ("DatiGeneraliDocumento", "Data"),
    ),
    "payee": (
        ("PayeeParty", "PartyName", "Name"), ("PayeeTradeParty", "Name"),
        ("PayeeFinancialAccount", "Name"), ("PayeePartyCreditorFinancialAccount", "AccountName"),
        ("AccountingSupplierParty", "Party", "PartyLegalEntity", "RegistrationName"),
        ("AccountingSupplierParty", "Party", "PartyName", "Name"), ("SellerTradeParty", "Name"),
        ("CedentePrestatore", "DatiAnagrafici", "Anagrafica", "Denominazione"),
    ),
    "issuer": (
        ("AccountingSupplierParty", "Party", "PartyLegalEntity", "RegistrationName"),
        ("AccountingSupplierParty", "Party", "PartyName", "Name"), ("SellerTradeParty", "Name"),
        ("CedentePrestatore", "DatiAnagrafici", "Anagrafica", "Denominazione"),
    ),
    "iban": (
        ("PayeeFinancialAccount", "ID"), ("PayeePartyCreditorFinancialAccount", "IBANID"),
        ("PayeeSpecifiedCreditorFinancialAccount", "IBANID"), ("DettaglioPagamento", "IBAN"),
    ),
    "currency": (
        ("Invoice", "DocumentCurrencyCode"), ("CreditNote", "DocumentCurrencyCode"),
        ("ApplicableHeaderTradeSettlement", "InvoiceCurrencyCode"), ("ApplicableSupplyChainTradeSettlement", "InvoiceCurrencyCode"),
        ("DatiGeneraliDocumento", "Divisa"),
    ),
}  # fmt: skip
_DEEPEST_PATH: Final = 6
_MOST_LEAVES: Final = 5_000
_LONGEST: Final = 4_000
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")


@dataclass(slots=True, kw_only=True)
class _Leaf:
    path: tuple[str, ...]
    text: str
    currency: str = ""


@dataclass(slots=True)
class _Leaves(Sink):
    """The elements that hold text, with the last names of their path."""

    found: list[_Leaf] = field(default_factory=list)
    root: str = ""
    _path: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _currency: str = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element; text before it is none of a leaf."""
        self.root = self.root or tag
        self._keep()
        self._path.append(tag)
        self._currency = attributes.get("currencyID", "")

    def end(self, tag: str) -> None:
        """End an element."""
        self._keep()
        del self._path[-1:]

    def text(self, text: str) -> None:
        """Take words."""
        self._text.append(text)

    def _keep(self) -> None:
        words = " ".join("".join(self._text).split())[:_LONGEST]
        self._text = []
        if words:
            self.found.append(_Leaf(path=tuple(self._path[-_DEEPEST_PATH:]), text=words, currency=self._currency))
        if len(self.found) > _MOST_LEAVES:
            raise TooMuch

    def values(self, what: str) -> list[_Leaf]:
        """Return the leaves at the first of the paths that are there."""
        for path in _PATHS[what]:
            leaves = [leaf for leaf in self.found if leaf.path[-len(path) :] == path]
            if leaves:
                return leaves
        return []


def read(source: Source) -> Document:
    """Read an XML file."""
    leaves = _Leaves()
    whole = read_xml(source.data, leaves)
    if leaves.root not in _ROOTS:
        return page.read(replace(source, kind="text/xml"))
    found = Found(budget=source.budget)
    _read_invoice(leaves, found)
    for leaf in leaves.found:
        found.say(leaf.text, leaf.path[-1] if leaf.path else "")
        found.links_in(leaf.text)
    found.end_place()
    return Document(
        kind="text/xml",
        read="yes" if whole else "damaged",
        problem="" if whole else "damaged",
        title=_title(found),
        passages=tuple(found.passages),
        links=tuple(found.links),
        facts=tuple(found.facts),
    )


def _read_invoice(leaves: _Leaves, found: Found) -> None:
    currency = next((leaf.text for leaf in leaves.values("currency")), "")
    for leaf in leaves.values("reference")[:1]:
        found.fact("reference", leaf.text)
    for leaf in leaves.values("amount"):
        found.fact("amount", _amount(leaf.text, leaf.currency or currency), f"{leaf.path[-1]} {leaf.text}")
    for leaf in leaves.values("iban"):
        account = "".join(leaf.text.split()).upper()
        found.fact("iban", account if _IBAN.fullmatch(account) else "", leaf.text)
    for what in ("due", "issued"):
        _read_dates(leaves.values(what), found)
    for leaf in leaves.values("payee")[:1]:
        found.fact("payee", leaf.text)
    for leaf in leaves.values("issuer")[:1]:
        found.fact("issuer", leaf.text)


def _read_dates(leaves: Sequence[_Leaf], found: Found) -> None:
    for leaf in leaves[:5]:
        moment = moment_of(leaf.text)
        if moment is not None:
            found.fact("date", moment.value[:10], f"{leaf.path[-1]} {leaf.text}")


def _amount(written: str, currency: str) -> str:
    """Return `2380.00 EUR`: with a point and at least two places, as the amount is written."""
    try:
        amount = Decimal(written.strip()[:30])
    except InvalidOperation:
        return ""
    if not amount.is_finite() or abs(amount) >= 10**15:
        return ""
    places = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:.{min(places, 6)}f} {currency.upper()[:3]}".strip()


def _title(found: Found) -> str:
    words = {fact.type: fact.value for fact in reversed(found.facts)}
    return " ".join(filter(None, ("Invoice", words.get("reference", ""))))
