"""Choose, of the sentences that ask, those that leave their reader something to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from glassdome.engine.builtin.author import Author
from glassdome.engine.builtin.intent import ASKS, Request
from glassdome.engine.builtin.steps import is_condition
from glassdome.engine.builtin.words import fold, load_concepts, words_of, words_of_each

__all__ = ["is_settled", "wanted"]

#: Questions that want to know something: they are answered, and nothing is left to do.
_INFORMS: Final = frozenset(
    ("do you have", "do you know", "do you want", "do you think", "have you", "are you available", "what do you think",
     "how about", "when can", "when are you", "haben sie", "hast du", "sind sie", "bist du", "wann koennen", "wann konnen",
     "avez vous", "as tu", "etes vous", "es tu")
)  # fmt: skip
#: Verbs that ask in a question and in a statement only say what somebody may do.
_MODALS: Final = frozenset(
    ("puede", "puedes", "podria", "podrias", "pueden", "podrian", "me puede", "me puedes", "puoi", "puo", "potresti",
     "potrebbe", "potete", "potreste", "pode", "poderia", "poderias", "poderiam", "voce pode", "podes", "podem", "podia",
     "podias", "podiam", "deve", "debe", "debes", "devi")
)  # fmt: skip
#: A condition that is a polite request: "If you could send it today".
_KIND_CONDITION: Final = re.compile(
    r"(?:if you (?:could|can(?! ?n.?t| not))|if possible|wenn (?:sie|du|ihr) .{0,40}(?:konnte|wurde)\w*|falls moglich"
    r"|si (?:vous|tu) (?:pouviez|pouvais|pourriez)|si possible|si (?:puede|puedes|pudiera|pudieras|fuera posible)|se (?:puoi|potesse|potessi|possibile)"
    r"|als (?:je|u|jullie) .{0,20}(?:kunt|kan|zou)|indien mogelijk|se (?:puder|possivel|pudesse))\b"
)
#: Where to go for something else that is asked: no task of its own.
_WAY: Final = re.compile(
    r"(?:go to|log ?in to|sign in to|visit|rendez-vous (?:sur|dans)|connectez-vous|allez sur|besuchen sie|gehen sie (?:auf|zu)|melden sie sich (?:in|auf|bei) "
    r"|accede a|acceda a|entra en|inicia sesion|inicie sesion|vai su|accedi a|acceda a|vada su|ga naar|log in op|aceda a|acesse|va a|entre em)\b"
)
#: What a person owes by a day, though nothing asks for it.
_OWED: Final = re.compile(
    r"\b(?:due|payable|deadline|overdue|outstanding|fallig|zahlbar|frist|zahlungsziel|echeance|a regler|a payer|vence|vencimiento|plazo|scadenza|scade|da pagare|termine"
    r"|vervaldatum|te betalen|uiterlijk|vencimento|prazo|a pagar)\b"
)
#: How far above the line a sentence has to stand in which no phrase asks.
_CLEARLY: Final = 1.2


def wanted(
    requests: Sequence[Request], text: str, *, author: Author, urgent: bool, reader: frozenset[str] = frozenset()
) -> list[Request]:
    """Return the requests that are tasks for the reader of a mail of this `author`.

    In an `urgent` mail a question is one too. What a program settles by itself ("you need do nothing") leaves none, and what a
    person says with a date is none unless it asks or names the `reader` (folded words); the date goes to what does.
    """
    if not requests or (author is not Author.PERSON and is_settled(text)):
        return []
    kept = [request for request in requests if _is_task(request, author, urgent=urgent)]
    clear = [request for request in kept if request.clear or reader.intersection(words_of(request.sentence.text))]
    if not clear:
        return [request for request in kept if author is Author.MACHINE or _OWED.search(fold(request.sentence.text))]
    clear = [request for request in clear if not _WAY.match(fold(request.sentence.text))] or clear
    dated = max((r.due_at for r in requests if r not in clear and r.due_at is not None), default=None)
    if dated is not None and all(request.due_at is None for request in clear):
        clear[0] = replace(clear[0], due_at=dated)
    return clear


def _is_task(request: Request, author: Author, *, urgent: bool) -> bool:
    """Return whether a sentence is more than a question, an offer, a condition or a guess."""
    if not request.clear or request.step:
        return True
    found, text = request.found, request.sentence.text
    folded = fold(text)
    if is_condition(folded):
        return _KIND_CONDITION.match(folded) is not None
    asks, words = {*found.get("ask", ())}, " ".join(words_of(text)) + " "
    opens = any(words.startswith(f"{verb} ") for verb in found.get("imperative", ()))
    named = bool(
        asks - _INFORMS or found.get("politely") or opens or found.get("task") or _KIND_CONDITION.search(folded)
    )
    if "?" in text[-4:]:
        return urgent or named
    if asks and asks <= _MODALS and not opens and author is not Author.MACHINE:
        return False
    dated = author is Author.MACHINE and request.due_at is not None
    return named or dated or request.score >= ASKS + _CLEARLY


def is_settled(text: str) -> bool:
    """Return whether the mail says that its reader need not do anything."""
    found = load_concepts("optional.toml").find_each(words_of_each([" ".join(text.split())]))
    return any("settled" in concepts for concepts in found)
