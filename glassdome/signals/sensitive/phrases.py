"""Words that say what a number is, in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from glassdome.signals.sensitive.view import TextView

__all__ = ["CONTRARY", "Phrases"]

#: The scripts written without spaces between words.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def _pattern(phrase: str) -> str:
    body = re.escape(phrase).replace(r"\ ", r"[\s.\-]{1,2}")
    return body if _UNSPACED.search(phrase) else rf"(?<!\w){body}(?!\w)"


class Phrases:
    """A set of phrases, given in lower case, that can be asked for cheaply."""

    def __init__(self, *phrases: str) -> None:
        """`phrases` are whole words, or sequences of words parted by one space."""
        self.phrases = phrases
        unspaced = [phrase for phrase in phrases if _UNSPACED.search(phrase)]
        self._unspaced = tuple(unspaced)
        self._keys = frozenset(max(re.findall(r"[^\W\d_]+", p), key=len) for p in phrases if p not in unspaced)

    def __or__(self, other: Phrases) -> Phrases:
        """Return both together."""
        return Phrases(*self.phrases, *other.phrases)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any of the phrases, in lower-case text."""
        return re.compile("|".join(map(_pattern, sorted(self.phrases, key=len, reverse=True))))

    def possible(self, view: TextView) -> bool:
        """Say cheaply whether the text may hold one of them: its longest word occurs."""
        return not self._keys.isdisjoint(view.words) or any(phrase in view.lower for phrase in self._unspaced)

    def last_in(self, text: str) -> int:
        """Return where the last phrase in lower-case `text` ends, or -1."""
        return max((match.end() for match in self.pattern.finditer(text)), default=-1)

    def near(self, view: TextView, start: int, end: int) -> bool:
        """Say whether a phrase stands close before the span, or closely after it."""
        return bool(
            self.possible(view) and (self.pattern.search(view.before(start)) or self.pattern.search(view.after(end)))
        )


def contrary(phrases: Iterable[str]) -> Phrases:
    """Build the phrases that name a number which is no secret."""
    return Phrases(*phrases)


#: What stands before a number that is only somebody's reference.
CONTRARY = contrary(
    (
        "order", "order number", "order no", "tracking", "tracking number", "tracking id", "shipment", "parcel", "package",
        "invoice", "invoice number", "ticket", "case", "case id", "reference", "ref", "confirmation", "confirmation number",
        "booking", "reservation", "transaction", "transaction id", "message id", "isbn", "issn", "ean", "upc", "gtin", "sku",
        "imei", "serial", "serial number", "article", "item", "part number", "model", "version", "build", "meeting id", "conference id",
        "awb", "waybill", "usps", "ups", "fedex", "dhl", "bestellung", "bestellnummer", "auftrag", "auftragsnummer", "sendung",
        "sendungsnummer", "rechnung", "rechnungsnummer", "vorgang", "vorgangsnummer", "aktenzeichen", "buchung", "buchungsnummer",
        "kundennummer", "artikelnummer", "seriennummer", "paket", "commande", "numéro de commande", "colis", "suivi", "facture",
        "référence", "réservation", "dossier", "pedido", "número de pedido", "envío", "seguimiento", "factura", "referencia", "reserva",
        "ordine", "numero ordine", "spedizione", "fattura", "riferimento", "prenotazione", "encomenda", "rastreamento", "fatura",
        "bestelling", "bestelnummer", "zending", "factuur", "zamówienie", "zamówienia", "przesyłka", "faktura", "objednávka", "заказ",
        "order id", "customer number", "订单", "运单", "快递", "注文番号", "伝票番号", "주문번호",
    )
)  # fmt: skip
