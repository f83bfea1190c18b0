"""The words with which a mail asks: which groups of phrases occur, and where, without those that are denied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from glassdome.signals.ask_facts import asks_by_facts
from glassdome.signals.inner_files import is_locked, runs_code
from glassdome.signals.phone_numbers import disguised_number
from glassdome.signals.phrases import SUBJECT_END, ScannedText, load_phrases
from glassdome.signals.unchanged import says_unchanged
from glassdome.values.file_places import has_files, place_of, read_files
from glassdome.values.message import Attachment, Message
from glassdome.values.signal import Evidence

__all__ = ["Words", "asking_words"]

_BOOK: Final = "asks"
#: Lures that ask for something, by the ask; the detector of content weighs them for themselves.
_LURES: Final = "phrases.toml"
_OF_LURES: Final = {
    "advance_fee": "personal_data", "lottery": "claim_money", "investment_lure": "move_channel", "extortion": "extortion",
    "gift_cards": "gift_card", "payment_change": "bank_change", "credential_request": "sign_in", "refund_lure": "claim_money",
    "document_lure": "open_file", "mailbox_lure": "sign_in", "executive_request": "opener", "delivery_lure": "payment",
}  # fmt: skip
#: "We never ask for your password": a sentence that says so asks for nothing.
_DENIED = re.compile(
    r"\b(?:never|niemals|jamais|jam[aá]s|nunca|nooit)\b|"
    # The German and the Italian "never" are "not" and "more" in other languages: what follows tells them.
    r"\bnie\s+(?:nach|um|per|via|telefonisch|zur?|auf|ihre?n?|deine?n?|wieder|eine?n?|danach|am|dazu|fragen|bitten|oder|meer|om|uw|je|een)\b|"
    r"\bmai\s+(?:via|per|la|le|il|i|gli|al|tua|tuo|tuoi|sua|suo|suoi|e-?mail|password|dati|codici|\w*(?:chied|inviare|forni|condivi|comuni)\w*)\b|"
    r"\b(?:will|do|does|need|needn)(?:\s+not|n['’]t)\s+(?:\w+\s+)?(?:ask|need|have|send|request|call)|"
    r"\b(?:nobody|no one)\b[^.!?\n]{0,40}\b(?:will|would|ever)\b|\bniemand\b[^.!?\n]{0,40}\b(?:wird|fragt|bittet|zal|vraagt)\b|"
    r"\bpersonne ne (?:vous |te )?(?:demand|appel)\w*|\bnadie (?:le |te )?(?:pedir|pide|solicit)\w*|"
    r"\bnessuno (?:le |ti |vi )?(?:chied)\w*|\bningu[eé]m (?:lhe |te )?(?:pedir|pede|vai)\w*|"
    r"\bno (?:action|need|further)\b|\bnothing (?:you|to do|else)|\bkeine (?:weitere|aktion|links|zugangs)|\bnichts (?:tun|weiter)|"
    r"\b(?:aucune|pas besoin|n['’]avez rien)\b|\b(?:ninguna|no (?:tiene|necesita|hay) (?:que|nada))|\bnon (?:chiede|richiede|deve|occorre|devi)|\bn[eé] (?:chied|richied)\w+|"
    r"\b(?:geen actie|hoeft (?:u |je )?(?:niets|niet))|\b(?:nenhuma|n[aã]o (?:precisa|[eé] necess[aá]rio))",
    re.IGNORECASE,
)
#: Attachments whose words are read, how much of each, and what they ask that matters.
_MOST_FILES: Final = 3
_READ_OF_FILES: Final = 3_000
_IN_FILES: Final = frozenset(
    (
        "password",
        "device_code",
        "call_back",
        "charged",
        "bank_change",
        "card_data",
        "seed_phrase",
        "extortion",
        "sign_in",
    )
)
#: Words of another account than before, without which a bill only names its own.
_CHANGED: Final = re.compile(
    r"\b(?:new|neu|chang|geänder|änder|gewechsel|umgestell|other|ander|different|alternativ|updat|aktuali[sz]|nouve|autre|modif|nuev|otr[ao]|cambi|nuov|altr|"
    r"nieuw|gewijzig|nov|outr|mudan|alter|former|previous|old|alte|bisher|ancien|anterior|vecchi|oud|audit|frozen|clos|block|suspend|gesperr|geprüf|gepfänd|"
    r"ferm|bloqu|bloccat|chius|gelé|geblokk|gesloten|instead|only|nur|from now|zukünftig|künftig|désormais|now|zmian|zmien|inn[eya]|dotychczas|star[eyoi]|"
    r"změn|zmen|jin[ýée]|prom[ij]|drug|nou[ăl]?\b|schimb|vech|új|módos|vált|régi|yeni|değiş|eski|başka|güncel|nytt?\b|nya\b|nye\b|ändr|ændr|endr|annan|anden|annet|gamm|"
    r"uusi|uude|muut|vanh|uus|muud|vana|jaun|main|vecā|nauj|pakeit|sen[oąa]|baru|ubah|ganti|lama\b|mới|thay đổi|cũ\b|нов|измен|смен|друг|стар|преж|зміни|змін|інш|промен|"
    r"νέ|αλλα|αλλά|άλλ|παλ)"
    r"|[新旧舊]|変更|变更|變更|更改|변경|신규|기존|새 ?계좌|جديد|جدید|تغيير|تغییر|تحديث|חדש|שינוי|שונה|नय|नए|बदल|ใหม่|เปลี่ยน|เดิม",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:[$€£]|\b(?:USD|EUR|GBP|AUD|CAD|CHF|BRL)\b|R\$)[ \xa0]?\d[\d.,' ]{0,12}|\d[\d.,']{0,12}[ \xa0]?(?:[$€£]|\b(?:USD|EUR|GBP|CHF|euros?)\b)",
    re.IGNORECASE,
)
#: One of them, without case, stands in whatever `_MONEY` finds.
_MONEY_SIGNS: Final = ("$", "€", "£", "usd", "eur", "gbp", "aud", "cad", "chf", "brl")
_OF_AN_ACCOUNT: Final = frozenset(("bank_change", "new_account", "card_data"))
_ENDS: Final = ".!?\n。！？؟۔।"
#: Characters behind a match that still belong to its sentence.
_AHEAD: Final = 40
#: The group of a language's own words of denial: "nobody from our bank will ask for it".
_DENIAL: Final = "denied"
#: "Tell nobody" denies nothing: it is the demand itself.
_SECRECY: Final = "secrecy"

Words = Mapping[str, tuple[Evidence, ...]]
#: A group of phrases and where one stands.
Place = tuple[str, int, int]


def asking_words(message: Message) -> Words:
    """Return the matches by group, each with its places; an ask denied in the same sentence is left out."""
    whole = message.subject + SUBJECT_END + (message.new_text or message.text)
    found: dict[str, list[Evidence]] = {}
    scanned = ScannedText.of(whole)
    lures = ((_OF_LURES.get(group, ""), start, end) for group, start, end in scanned.told_by(load_phrases(_LURES)))
    for group, start, end in _asked((*load_phrases(_BOOK).find(scanned), *lures, *asks_by_facts(whole)), whole):
        where = "header:Subject" if start < len(message.subject) else "text"
        found.setdefault(group, []).append(Evidence(where=where, quote=whole[start:end]))
    for number, item in enumerate(message.attachments[:_MOST_FILES]):
        if item.document is not None:  # its words stand in the text of the message already
            continue
        told = load_phrases(_BOOK).find(ScannedText.of(item.text[:_READ_OF_FILES])) if item.text else ()
        for group, start, end in _asked(tuple(told), item.text):
            if group in _IN_FILES:
                found.setdefault(group, []).append(Evidence(where=f"attachment:{number}", quote=item.text[start:end]))
    if has_files(message):
        _sort_by_place(message, found)
    _add_disguised(whole, found)
    return {group: tuple(places) for group, places in found.items() if places}


def _add_disguised(whole: str, found: dict[str, list[Evidence]]) -> None:
    """Take a number that is hidden from programs, in a mail about money, for one to call: no other words are needed."""
    # The questions in the order of their cost: few mails have a sign of money and of a number that hides.
    number = disguised_number(whole) if any(map(whole.casefold().__contains__, _MONEY_SIGNS)) else None
    money = _MONEY.search(whole) if number else None
    if money and number:
        found["call_back"] = [
            Evidence(where="text", quote=whole[number.start : number.end]),
            *found.get("call_back", ()),
        ]
        found.setdefault("charged", [Evidence(where="text", quote=money.group())])


def _sort_by_place(message: Message, found: dict[str, list[Evidence]]) -> None:
    """Drop the groups that say something in the mail or in its files only.

    A conversation begins in the mail. Every bill in a file says where to pay: only words of change make another account of
    it. A mail that says to open the file it brings, of which every word was read and which can do no harm, asks for nothing
    that the file does not.
    """
    found["bank_change"] = [
        place
        for place in found.get("bank_change", ())
        if _CHANGED.search(place.quote) or not place_of(message, place.quote)
    ]
    found["opener"] = [place for place in found.get("opener", ()) if not place_of(message, place.quote)]
    linked = any(link.place not in ("attachment", "returned") for link in message.links)
    if not linked and read_files(message) and not any(map(_can_harm, message.attachments)):
        found["open_file"] = [place for place in found.get("open_file", ()) if place_of(message, place.quote)]


def _can_harm(item: Attachment) -> bool:
    return is_locked(item) or runs_code(item) or item.document is None or item.document.kind == "text/html"


def _asked(told: Sequence[Place], text: str) -> Iterator[Place]:
    """Yield the asks that are not denied in the same sentence."""
    denials = [start for group, start, _ in told if group == _DENIAL]
    for group, start, end in told:
        if group not in ("", "never", _DENIAL) and not _is_denied(group, text, start, end, denials):
            yield group, start, end


def _is_denied(group: str, text: str, start: int, end: int, denials: Sequence[int]) -> bool:
    begin = max(text.rfind(sign, 0, start) for sign in _ENDS) + 1
    last = end + _AHEAD if text[end : end + 1] not in _ENDS else end
    if group in _OF_AN_ACCOUNT and says_unchanged(text, start, end):
        return True
    told = group != _SECRECY and any(begin <= place < last and not _ends_between(text, end, place) for place in denials)
    if told:
        return True
    return bool(_DENIED.search(text, max(begin, start - 200), last))


def _ends_between(text: str, end: int, place: int) -> bool:
    return any(sign in text[end:place] for sign in _ENDS)
