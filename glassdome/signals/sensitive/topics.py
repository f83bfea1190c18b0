"""Sentences about somebody's health or pay: no form gives them away, only their words together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassdome.core.limits import MAX_PHRASE_CHARS
from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import Phrases, words_for
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_topics"]

_HEALTH = words_for("health")
#: Words for a person of whom the sentence speaks.
_PERSON = re.compile(
    r"(?<!\w)(?:my|your|i['’]?m|i am|i was|i have|you have|patient|employee|(?:my |your )?(?:son|daughter|wife|husband|mother|father)|mein|meine|meiner|"
    r"ich bin|ihre|ihr|seine|patientin|j['’]ai|je suis|mon|ma|mes|votre|vos|sa|ses|mi|mis|su|sus|tu|paciente|estoy|mio|mia|suo|sua|sono|paziente|meu|minha|seu|estou|mijn|haar|"
    r"zijn|uw|patiënt|mój|moja|moje|pani|pana|pacjent|pacjentka|мой|моя|мои|ваш|у меня|у него|у неё)(?!\w)|我|您|患者|私"
)
#: How near the person must stand to the word for the illness or the pay.
_NEAR = 40
_PAY = words_for("pay")
_AMOUNT = re.compile(
    r"(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|pln|sek|inr))[ \u00a0]?\d[\d.,' \u00a0]{1,14}k?|\b\d[\d.,']{2,14}[ \u00a0]?k?[ \u00a0]?(?:[$€£¥₹]|(?:usd|eur|euros?|gbp|chf|dollars|pounds|zł|kr|"
    r"k|lpa|per (?:year|annum|month|hour)|pro jahr|brutto|par an|al año|all'anno)\b)",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?](?=\s|$)|\n\s*\n|[。！？]")


def _sentence(view: TextView, at: int) -> tuple[int, int]:
    """Return the sentence around `at`, at most MAX_PHRASE_CHARS to either side."""
    low, high = max(0, at - MAX_PHRASE_CHARS), min(len(view.text), at + MAX_PHRASE_CHARS)
    start = max((match.end() for match in _STOP.finditer(view.text, low, at)), default=low)
    stop = _STOP.search(view.text, at, high)
    end = stop.start() if stop else high
    piece = view.text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _sentences(view: TextView, kind: str, phrases: Phrases, needed: re.Pattern[str]) -> Iterator[Candidate]:
    done = -1
    for low, high in phrases.hits(view):
        if low <= done:
            continue
        start, end = _sentence(view, low)
        if needed.search(view.lower, max(start, low - _NEAR), min(end, high + _NEAR)):
            yield Candidate(type=kind, start=start, end=end, risk="low", rank=1)
            done = end


def find_topics(view: TextView) -> Iterator[Candidate]:
    """Find sentences on a person's health, and on pay with an amount. Low risk, and the span is the sentence."""
    yield from _sentences(view, "health", _HEALTH, _PERSON)
    if view.has_digits:
        yield from _sentences(view, "salary", _PAY, _AMOUNT)
