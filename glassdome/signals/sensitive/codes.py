"""One-time codes in the wordings of 37 languages: a word for a code and a number, in a mail about signing in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from glassdome.core.limits import MAX_SENSITIVE_CANDIDATES
from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import words_for
from glassdome.signals.sensitive.view import UNSPACED, TextView

__all__ = ["find_plain_codes"]

_CODE: Final = words_for("plain_code")
#: A mail that hands out such a code says one of these.
_ABOUT: Final = words_for("signing_in")
#: Words that make another kind of code: listed, and in seven languages in their forms before and behind the word.
_OTHER: Final = words_for("other_code")
_OTHER_BEFORE: Final = re.compile(
    r"(?:promo(?:tion(?:al)?)?|discount|voucher|gift(?: card)?|coupon|offer|gutschein|rabatt|aktions|angebots|post|postal|zip|area|country|bar|qr|source|error|exit|status|dress|tracking|booking"
    r"|reservation|reference|order|product|item|invite|invitation|referral|sort|bank|swift|tax|customer|pick-?up|abhol|collection|locker|return|kortings|actie|ophaal|boekings|meeting|conference|airline|coverage)[\s-]{0,2}$"
)
_OTHER_BEHIND: Final = re.compile(
    r"\s(?:postal|promo\w*|de (?:r[ée]duction|descuento|desconto|retrait|recogida|pedido|barras?|reserva|cliente|suivi|commande)|fiscale|sconto|cliente|cliente|prenotazione|di sconto|di prenotazione|di ritiro|avantage|of conduct|review|below the)\b"
)
_VALUE: Final = r"(?:\d{4,8}|\d{3}[ \-\u00a0]\d{3}|(?:\d[ \u00a0]){5}\d|[A-Z]{1,3}-?\d{4,7}|(?=[A-Z0-9]{6,8}(?![\w\-]))(?=[A-Z]{0,7}\d)[A-Z0-9]{6,8}|\d{2}[\-]\d{2}[\-]\d{2}|(?=[A-Z0-9]{3,4}-[A-Z0-9]{3,4}(?![\w\-]))(?=[A-Z\-]{0,5}\d)[A-Z0-9]{3,4}-[A-Z0-9]{3,4})"
#: A letter or digit of a script that parts its words: in the others a number stands directly at a word.
_GLUED: Final = rf"[^\W{UNSPACED}]"
_EDGED: Final = rf"(?<!{_GLUED})(?<![\-.,/=+#$€£])({_VALUE})(?!{_GLUED}|[\-/=]|[.,]\d| ?[%€$£]| (?:eur|usd|gbp|min|minut|hours|stunden|heures|horas|ore|uur)\w*| \d)"
#: Up to a few words without digits stand between, and the number may be on the next line that is not empty.
_BEHIND: Final = re.compile(
    rf"(?:[^\d\n.!?]|(?<=dvs)\.){{0,60}}?(?:[:.]?[ \t]*\n\s{{0,8}})?[*\"'“«„<\[ \t]{{0,4}}{_EDGED}"
)
_BARE: Final = re.compile(_EDGED)
#: Verbs directly before a number, and what follows a number that comes first.
_VERB: Final = re.compile(
    r"(?<!\w)(?:use|enter|type|type in|geben sie|gib|benutze|verwende(?:n sie)?|nutzen sie|utilisez|saisissez|entrez|tapez|usa|utiliza|introduce|introduzca|ingresa|inserisci|utilizza|digita|gebruik|voer|vul|insira|utilize|digite|introduza)"
    r"[ \t]{1,2}(?:den code |code |le code |el código |il codice |de code |o código )?[*\"'“«„]?$",
    re.IGNORECASE,
)
_IS: Final = re.compile(
    r"[*\"'”»“]?[ \t]{0,2}(?:[-–—:][ \t])?(?:is|ist|est|es|è|é|is)[ \t]{1,2}(?:your|the|ihr|dein|der|votre|ton|le|tu|su|el|il tuo|il suo|il|je|uw|jouw|de|o seu|o teu|seu|o)\b[^\n]{0,60}",
    re.IGNORECASE,
)
#: Words that ask to enter a number, in the other languages, and how closely they stand before it.
_ENTER: Final = words_for("enter_code")
_AT_ONCE: Final = 4
#: Between a number that begins its line, or is alone on it, and the word that calls it a code.
_UNTIL_NAMED: Final = re.compile(r"[^\d\n.!?%€$£]{1,30}|[ \t]{0,8}\n\s{0,8}[^\d\n.!?]{1,60}")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_NUMBER_AT: Final = 80


def find_plain_codes(view: TextView) -> Iterator[Candidate]:
    """Find a code next to a word for it, or behind "enter" and "use", in a mail that is about signing in or confirming."""
    if not view.has_digits or not _CODE.hits(view) or not _ABOUT.hits(view):
        return
    for match in islice(_matches(view), MAX_SENSITIVE_CANDIDATES):
        start, end = match
        value = view.text[start:end]
        if not _YEAR.fullmatch(value) and not view.in_address(start):
            yield Candidate(type="one_time_code", start=start, end=end, risk="low", rank=5)


def _matches(view: TextView) -> Iterator[tuple[int, int]]:
    for begin, end in _CODE.hits(view):
        if _is_other(view, begin, end):
            continue
        if (found := _BEHIND.match(view.text, end, end + _NUMBER_AT + 24)) and found.end() < end + _NUMBER_AT + 24:
            yield found.span(1)
    for found in _BARE.finditer(view.text):
        start, end = found.span(1)
        if _is_asked_for(view, start) or _is_called_code(view, start, end):
            yield start, end


def _is_other(view: TextView, begin: int, end: int) -> bool:
    """Return whether the word for a code there is part of a name for a code of another kind."""
    if _OTHER_BEFORE.search(view.lower, max(0, begin - 24), begin) or _OTHER_BEHIND.match(view.lower, end):
        return True
    return any(begin - 2 <= hit[1] <= begin or end <= hit[0] <= end + 1 for hit in _OTHER.hits(view))


def _is_asked_for(view: TextView, start: int) -> bool:
    """Return whether a verb such as "enter" stands directly before the number."""
    before = view.text[max(0, start - 40) : start].rpartition("\n")[2]
    return bool(_VERB.search(before)) or _ENTER.last_before(view, start, min(_AT_ONCE, len(before) + 1)) >= 0


def _is_called_code(view: TextView, start: int, end: int) -> bool:
    """Return whether a word for a code follows a number: behind "is your", or where the number begins its line."""
    if (told := _IS.match(view.text, end)) and any(end <= hit[0] <= told.end() for hit in _CODE.hits(view)):
        return True
    if view.text[:start].rpartition("\n")[2].strip(" \t*\"'“«„<[…"):
        return False
    named = _UNTIL_NAMED.match(view.text, end)
    limit = named.end() if named else end
    return any(end < hit[0] <= limit and not _is_other(view, *hit) for hit in _CODE.hits(view))
