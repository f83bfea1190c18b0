"""The roles of a sentence by both sources: the phrases of the tables, and the trained model that reads the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glassdome.engine.builtin.acts import ACTS, act_features, load_act_model
from glassdome.threads.lexicon import ThreadWords, words_for

__all__ = ["POLITE", "Acts", "acts_of", "is_question", "peaks", "without_asides"]

#: Chances from which on the model adds an act to what phrases tell; a request without a question mark takes more,
#: with "please" less.
_ADDED: Final = {
    "request": 0.5, "promise": 0.5, "withdraw": 0.45, "decline": 0.5, "defer": 0.6, "no_reply": 0.6, "empty": 0.6,
    "ack": 0.5, "plan": 0.6,
}  # fmt: skip
_STATED: Final = 0.65
_POLITE: Final = 0.35
#: Chances below which the model takes an act away that a phrase tells.
_DROPPED: Final = {"request": 0.2, "promise": 0.45, "withdraw": 0.15}
#: The same for a request where phrases also tell of something done, without a question or a word such as "please".
_UNASKED: Final = 0.4
#: A chance of courtesy from which on a question asks nothing, and of a promise that names a day.
_COURTESY: Final = 0.6
_DATED: Final = 0.4
#: Chances between which a sentence with a day ahead puts something off.
_DEFERS: Final = 0.25
_PROMISES: Final = 0.65
_CLEAR: Final = 0.45
#: A chance from which on a sentence with a phrase of refusal refuses, and its share of that of putting off.
_REFUSES: Final = 0.3
_RATHER: Final = 0.8
#: A chance from which on a phrase of a promise is one, in a sentence or in a clause alone.
_VOWED: Final = 0.5
#: The same where a phrase tells of a plan.
_SURE: Final = 0.75
#: A chance below which a request without a question mark or a word such as "please" is none where the model reads a
#: formula rather.
_FORMAL: Final = 0.45
#: A chance from which on a clause with a phrase of withdrawal withdraws.
_RETRACTS: Final = 0.5
#: Acts that one clause of a long sentence can do, and the clauses that are read.
_HIDDEN: Final = ("request", "promise", "withdraw", "defer")
#: What stands in brackets, beside the sentence.
_ASIDE: Final = re.compile(r" ?\([^()]{1,80}\)")
_CLAUSE: Final = re.compile(r"[,;:–—] | (?:and|but|und|aber|et|mais|y|pero) ", re.IGNORECASE)
_FEWEST: Final = 2
_MOST_CLAUSES: Final = 5
_READ: Final = 400
#: Words that ask, whatever else a sentence promises; folded.
POLITE: Final = frozenset(("please", "bitte", "veuillez", "plait", "svp", "favor"))
_ASKING: Final = ("request", "ask", "order", "hope")


@dataclass(frozen=True, slots=True)
class Acts:
    """The roles that phrases tell, corrected by the model, and the model's chance of each act.

    `vows` is True where phrase and model agree on a promise, of the sentence or of one of its clauses, `retracts` where they
    agree on a withdrawal.
    """

    roles: set[str]
    chances: Mapping[str, float]
    vows: bool = False
    retracts: bool = False

    @property
    def may_defer(self) -> bool:
        """True where a sentence puts off, if it names a day."""
        said = "defer" in self.roles or self.chances["defer"] >= _DEFERS
        return said and (self.chances["promise"] < _PROMISES or self.chances["defer"] > _CLEAR)

    @property
    def refuses(self) -> bool:
        """True where a sentence says no, whatever day it names ("Sadly no, I'm booked until October")."""
        return "decline" in self.roles and self.chances["decline"] >= max(_REFUSES, self.chances["defer"] * _RATHER)

    @property
    def may_promise(self) -> bool:
        """True where a sentence promises, if it names a day."""
        return self.chances["promise"] >= _DATED and not self.roles & {"plan", "condition"}


def acts_of(text: str, words: Sequence[str], table: ThreadWords, language: str) -> Acts:
    """Return what a sentence does."""
    roles = table.roles(words)
    chances = _chances(text, language, roles)
    vows, retracts = _vows(roles, chances), _retracts(roles, chances)
    parts = _CLAUSE.split(text[:_READ])
    short = parts[0].count(" ") < _FEWEST and "withdraw" in table.roles(words_for(parts[0], language))
    retracts = retracts or (short and not is_question(text))
    clauses = [clause for clause in parts if clause.count(" ") >= _FEWEST][:_MOST_CLAUSES]
    if len(clauses) > 1:
        phrases = [table.roles(words_for(clause, language)) for clause in clauses]
        told = [_chances(clause, language, said) for clause, said in zip(clauses, phrases, strict=True)]
        for act in _HIDDEN:
            chances[act] = max(chances[act], (chances[act] + max(chance[act] for chance in told)) / 2)
        vows = vows or any(map(_vows, phrases, told))
        retracts = retracts or any(map(_retracts, phrases, told))
    polite = not POLITE.isdisjoint(words)
    vows = vows and not polite and "condition" not in roles
    found = _corrected(roles, chances, asks=is_question(text), polite=polite)
    return Acts(found | {"promise"} if vows else found, chances, vows=vows, retracts=retracts)


def peaks(chances: Sequence[Mapping[str, float]]) -> tuple[float, ...]:
    """Return the highest chance of each act among sentences, in hundredths; empty without sentences."""
    return tuple(round(max(told[act] for told in chances), 2) for act in ACTS) if chances else ()


def without_asides(text: str) -> str:
    """Return a sentence without what stands in brackets, where words are left."""
    bare = _ASIDE.sub("", text)
    return bare if any(map(str.isalpha, bare)) else text


def _vows(roles: set[str], chances: Mapping[str, float]) -> bool:
    if "plan" in roles:
        return chances["promise"] >= _SURE and "condition" not in roles
    return "promise" in roles and "condition" not in roles and chances["promise"] >= _VOWED


def _retracts(roles: set[str], chances: Mapping[str, float]) -> bool:
    return "withdraw" in roles and chances["withdraw"] >= _RETRACTS


def _chances(text: str, language: str, roles: set[str]) -> dict[str, float]:
    return load_act_model().chances(act_features(text, language, roles))


def is_question(text: str) -> bool:
    """Return whether a sentence ends, or in Spanish begins, as a question; what begins in brackets asks nothing."""
    if text.startswith("("):
        return False
    return text.rstrip("\"'”»)").endswith("?") or "¿" in text


def _corrected(roles: set[str], chances: Mapping[str, float], *, asks: bool, polite: bool) -> set[str]:
    found = set(roles)
    least = _ADDED if asks else {**_ADDED, "request": _POLITE if polite else _STATED}
    found.update(act for act, chance in chances.items() if chance >= least.get(act, 2.0))
    if "thanks" in roles and "ack" not in roles:
        found.discard("ack")
    if asks and chances["empty"] >= max(_COURTESY, chances["request"]):
        found.add("empty")
    awaits = {"ask", "condition", "promise"} <= roles  # "I'll order it as soon as you tell me which"
    if not asks and not polite and not awaits and chances["request"] < min(_FORMAL, chances["empty"]):
        found -= set(_ASKING)
    for act, most in _DROPPED.items():
        if chances[act] < (_UNASKED if act == "request" and "done" in roles and not asks and not polite else most):
            found -= {act} if act != "request" else set() if awaits else set(_ASKING)
    return found
