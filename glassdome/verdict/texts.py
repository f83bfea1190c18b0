"""Acceptance of a model's texts: the summary or draft that nobody would write is refused, with the reason."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Final

from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.verdict import Label

__all__ = ["accepted", "draft_fault", "prose_fault", "summary_fault"]

_WORDS: Final = re.compile(r"\w+")
_NUMBERS: Final = re.compile(r"\d{1,12}(?:[.,:' ]\d{1,12}){0,8}")
_CENTS: Final = re.compile(r"[.,]0{1,2}$")
_THOUSANDS: Final = re.compile(r"[.,' ]\d{3}\b")
#: Runs of so many words are compared with the mail's; a summary below so many words may be one sentence of it.
_RUN: Final = 6
_FEW_WORDS: Final = 25
#: A text of which more than this share stands in the mail is a copy.
_COPIED: Final = 0.8
#: A run of so many words that comes so often; and the share of different words below which a text goes round in circles.
_PHRASE, _TIMES = 4, 3
_DIFFERENT: Final = 0.4
_ENOUGH: Final = 12
#: Characters of the mail that are compared; a model sees fewer.
_READ_CHARS: Final = 50_000
_APOSTROPHE: Final = "['\u2019]"
#: How models decline, at the beginning of a text.
_REFUSAL: Final = re.compile(
    rf"^\W{{0,5}}(?:i{_APOSTROPHE}?m (?:very )?sorry|i am sorry|sorry,|i apologi[sz]e|unfortunately, i|i can(?:no|{_APOSTROPHE})t|i{_APOSTROPHE}m unable|"
    r"i am unable|as an? (?:ai|language model)|es tut mir leid|leider kann ich|als ki|je suis désolée?|désolée?,|lo siento|"
    r"mi dispiace|het spijt me|sinto muito|desculpe)",
    re.IGNORECASE,
)
_FRAUD: Final = re.compile(
    r"\b(?:fraud(?:ulent)?|phishing|scam|spam|betrug|betrügerisch|fraude|frauduleux|estafa|fraudulento|truffa|oplichting|golpe)\b",
    re.IGNORECASE,
)
_FINE: Final = re.compile(
    r"\b(?:legitimate|harmless|genuine|trustworthy|is safe|not (?:a )?(?:fraud|phishing|scam|spam)|legitim|harmlos|seriös|"
    r"légitime|legítimo|legittimo|betrouwbaar)\b",
    re.IGNORECASE,
)
_UNSUBSCRIBE: Final = re.compile(
    r"\b(?:unsubscri|newsletter abbestell|abbestellen|désabonn|desabonn|darse de baja|cancelar (?:la |a )?(?:suscrip|subscri)|"
    r"disiscri|annulla l.iscrizione|uitschrijv)",
    re.IGNORECASE,
)
_GREETING: Final = re.compile(
    r"^\W{0,3}(?:dear|hi|hello|hey|hallo|liebe[rs]?|sehr geehrte[r]?|guten tag|bonjour|ch(?:er|ère)|hola|estimad[oa]|ciao|"
    r"gentile|beste|geachte|ol[áa]|car[oa])\b(?P<names>[^\n,!:]{1,80})",
    re.IGNORECASE,
)
_SHORTEST_NAME: Final = 3


def accepted(
    told: Opinion | None, builtin: Opinion, message: Message, label: Label
) -> tuple[Opinion | None, tuple[str, ...]]:
    """Return the opinion, without its summary where that is refused, and the reasons."""
    if told is None or not told.summary or told.summary == builtin.summary:
        return told, ()
    fault = summary_fault(told.summary, message, label)
    return (replace(told, summary=""), (fault,)) if fault else (told, ())


def summary_fault(text: str, message: Message, label: Label) -> str:
    """Return why a summary is refused, one word of a closed set; an empty string where it may be shown."""
    mail = _mail(message)
    if fault := _any_fault(text, mail):
        return fault
    if _UNSUBSCRIBE.search(text) and not _UNSUBSCRIBE.search(message.subject):
        return "unsubscribe"
    said = {Label.HAM: _FRAUD, Label.PHISH: _FINE}.get(label)
    return "contradicts" if said is not None and said.search(text) and not said.search(mail) else ""


def draft_fault(text: str, message: Message, mailbox: str) -> str:
    """Return why a reply draft is refused; as `summary_fault`."""
    if fault := _any_fault(text, _mail(message), mailbox):
        return fault
    return "addressee" if _greets_owner(text, message, mailbox) else ""


def prose_fault(text: str, notes: Message, before: str) -> str:
    """Return why a thread's summary is refused; as `summary_fault`.

    `notes` are on the mails that are new in it. What it keeps of `before`, the one so far, is no copy and not invented.
    """
    if fault := _any_fault(text, _mail(notes), before):
        return fault
    known = f"{before}\n{_mail(notes)}"
    return "contradicts" if _FRAUD.search(text) and not _FRAUD.search(known) else ""


def _any_fault(text: str, mail: str, *more: str) -> str:
    words = _WORDS.findall(text.lower())
    if _REFUSAL.search(text) and not _REFUSAL.search(mail.partition("\n")[2].lstrip()):
        return "refusal"
    if _repeats(words):
        return "repeats"
    if len(words) >= _FEW_WORDS and _copied(words, mail) > _COPIED:
        return "copied"
    return "invented" if _invented(text, "\n".join((mail, *more))) else ""


def _mail(message: Message) -> str:
    """Return the mail's subject, then all its words."""
    people = (*message.header_from, *message.reply_to, *message.to, *message.cc)
    attached = (f"{item.filename}\n{item.text}" for item in message.attachments)
    dated = message.date.isoformat() if message.date else ""
    parts = (message.subject, message.text[:_READ_CHARS], message.other_text[:_READ_CHARS], *map(str, people), dated)
    return "\n".join((*parts, *attached))


def _runs(words: list[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + length]) for at in range(len(words) - length + 1)]


def _repeats(words: list[str]) -> bool:
    if len(words) < _ENOUGH:
        return False
    most = Counter(_runs(words, _PHRASE)).most_common(1)[0][1]
    return most >= _TIMES or len(set(words)) < _DIFFERENT * len(words)


def _copied(words: list[str], mail: str) -> float:
    there = set(_runs(_WORDS.findall(mail.lower()), _RUN))
    runs = _runs(words, _RUN)
    return sum(run in there for run in runs) / max(len(runs), 1)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _invented(text: str, mail: str) -> bool:
    """Return whether the text has a number of two digits or more that the mail does not have; 1,200.00 is 1200."""
    found = _NUMBERS.findall(mail)
    known = {form for number in found for form in (*_wholes(number), *_parts(number))}
    numbers = [number for number in _NUMBERS.findall(text) if len(_digits(number)) > 1]
    return any(known.isdisjoint(_wholes(n)) and not (_parts(n) and known.issuperset(_parts(n))) for n in numbers)


def _wholes(number: str) -> tuple[str, str]:
    return _digits(number).lstrip("0"), _digits(_CENTS.sub("", number)).lstrip("0")


def _parts(number: str) -> tuple[str, ...]:
    """Return the parts of a date or a time; none of an amount with thousands, whose groups mean nothing alone."""
    return () if _THOUSANDS.search(number) else tuple(part.lstrip("0") for part in re.split(r"\D", number))


def _greets_owner(text: str, message: Message, mailbox: str) -> bool:
    """Return whether the draft greets its own writer."""
    greeting = _GREETING.search(text)
    if greeting is None:
        return False
    greeted = _names(greeting["names"])
    owner = _names(mailbox.partition("@")[0])
    owner |= {name for person in message.recipients if person.addr.lower() == mailbox for name in _names(person.name)}
    writer = {
        name for person in message.header_from for name in _names(f"{person.name} {person.addr.partition('@')[0]}")
    }
    return bool(greeted & (owner - writer)) and greeted.isdisjoint(writer)


def _names(text: str) -> set[str]:
    return {word for word in _WORDS.findall(text.lower().replace("_", " ")) if len(word) >= _SHORTEST_NAME}
