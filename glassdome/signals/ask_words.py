"""The words with which a mail asks: which groups of phrases occur, and where, without those that are denied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from glassdome.signals.phrases import SUBJECT_END, ScannedText, load_phrases
from glassdome.values.message import Message
from glassdome.values.signal import Evidence

__all__ = ["Words", "asking_words", "has_phone"]

_BOOK: Final = "asks"
#: "We never ask for your password": a sentence that says so asks for nothing.
_DENIED = re.compile(
    r"\b(?:never|niemals|jamais|jam[aá]s|nunca|nooit|nie|mai)\b|\b(?:will|do|does|need|needn)(?:\s+not|n['’]t)\s+(?:\w+\s+)?(?:ask|need|have|send|request|call)|"
    r"\bno (?:action|need|further)\b|\bnothing (?:you|to do|else)|\bkeine (?:weitere|aktion|links|zugangs)|\bnichts (?:tun|weiter)|"
    r"\b(?:aucune|pas besoin|n['’]avez rien)\b|\b(?:ninguna|no (?:tiene|necesita|hay) (?:que|nada))|\bnon (?:chiede|richiede|deve|occorre|devi)|"
    r"\b(?:geen actie|hoeft (?:u |je )?(?:niets|niet))|\b(?:nenhuma|n[aã]o (?:precisa|[eé] necess[aá]rio))",
    re.IGNORECASE,
)
_ENDS: Final = ".!?\n"
#: Characters behind a match that still belong to its sentence.
_AHEAD: Final = 40
_PHONE = re.compile(r"(?<![\w/=.-])(?:\+|00)?\(?\d{1,4}\)?(?:[ ./-]?\(?\d{2,5}\)?){2,5}(?![\w/=-])")
_MIN_DIGITS, _MAX_DIGITS = 9, 15

Words = Mapping[str, tuple[Evidence, ...]]


def asking_words(message: Message) -> Words:
    """Return what was found by group, each with its places; what is denied in the same sentence is left out."""
    whole = message.subject + SUBJECT_END + (message.new_text or message.text)
    found: dict[str, list[Evidence]] = {}
    for group, start, end in load_phrases(_BOOK).find(ScannedText.of(whole)):
        if group != "never" and not _is_denied(whole, start, end):
            where = "header:Subject" if start < len(message.subject) else "text"
            found.setdefault(group, []).append(Evidence(where=where, quote=whole[start:end]))
    return {group: tuple(places) for group, places in found.items()}


def _is_denied(text: str, start: int, end: int) -> bool:
    begin = max(text.rfind(sign, 0, start) for sign in _ENDS) + 1
    return bool(
        _DENIED.search(text, max(begin, start - 200), end + _AHEAD if text[end : end + 1] not in _ENDS else end)
    )


def has_phone(text: str) -> bool:
    """Say whether a text gives a telephone number to call."""
    return any(
        _MIN_DIGITS <= sum(map(str.isdigit, found.group())) <= _MAX_DIGITS for found in _PHONE.finditer(text[:6_000])
    )
