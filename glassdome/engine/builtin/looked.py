"""Examine one sentence of a mail: its form, how clearly it asks, the day it names, and whether these make it a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from glassdome.engine.builtin.asking import ASKING, asking_words
from glassdome.engine.builtin.deadlines import Deadline, deadline_of
from glassdome.engine.builtin.due import due_words
from glassdome.engine.builtin.request_classifier import RequestClassifier
from glassdome.engine.builtin.sentences import Sentence
from glassdome.engine.builtin.steps import is_choice, is_condition, is_furniture, is_order, is_step

__all__ = ["ASKS", "Around", "Looked", "Request", "Spot", "look_at", "opens", "rule_score"]

#: A sentence from here on asks for something.
ASKS: Final = 0.7
#: What a step in a program's mail counts, and what an order adds to the line.
_STEP: Final = 1.5
_ORDERED: Final = 0.1
#: The least that a phrase of a request counts in languages whose words are few and long.
_ASKED: Final = 1.2
#: A line of a list, a line that begins with whom it is for, and the words of short and of long sentences.
_BULLETED: Final = re.compile(r"(?:[-*•·–]|\(?\w{1,2}[.)])\s")
_NAMED_FIRST: Final = re.compile(r"(?:[-*•·–]\s)?[^\W\d_]{2,20}(?:\s[^\W\d_]{2,20})?:\s")
_SHORT: Final = 4
_LONG: Final = 25
#: Log-odds beyond these tell a model of tasks nothing more.
_MOST_ODDS: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A sentence that asks, and how clearly (`score`, at least ASKS).

    `due` is its words of a time, as the mail writes them, `due_at` the day they mean, if known. A
    `step` names the act and its place, so it is no advertisement. `found` are the phrases that ask.
    """

    sentence: Sentence
    score: float
    due: str = ""
    due_at: date | None = None
    step: bool = False
    found: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def clear(self) -> bool:
        """True where the words ask, and not only a date."""
        return self.score > ASKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A sentence that was examined: as a request (`asks`: the phrases make it one), its words, its facts."""

    request: Request
    asks: bool
    words: Sequence[str]
    facts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The mail around its sentences: its language, when it was written, whether a program writes; `only_day` is the one day it names."""

    language: str
    now: datetime | None
    machine: bool
    model: RequestClassifier | None
    only_day: Callable[[], date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A sentence in its place: folded (`form`), its words, the phrases that ask (`found`) and that mean nothing (`empty`).

    `before` is the folded sentence before it.
    """

    sentence: Sentence
    form: str
    before: str
    first: bool
    words: list[str]
    found: dict[str, list[str]]
    empty: Mapping[str, Sequence[str]]

    @property
    def question(self) -> bool:
        """True where the sentence ends in a question mark, before brackets and the like."""
        return "?" in self.sentence.text[-4:]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """The forms of a sentence that hold: a step of a procedure, an order, a condition, furniture of a page, a choice."""

    step: bool
    order: bool
    condition: bool
    furniture: bool
    choice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """The clearness with which a sentence asks: by phrases alone (`ruled`), by the model (`odds`), and all told (`score`)."""

    ruled: float
    odds: float | None
    score: float
    found: dict[str, list[str]]
    asks: bool


def look_at(spot: Spot, around: Around) -> Looked:
    """Return the sentence as a request, with its facts."""
    if around.language in ASKING:
        spot = replace(spot, found=spot.found | asking_words(spot.form, around.language))
    form = _form_of(spot, around)
    asking = _asking_of(spot, around, form)
    deadline = _deadline_of(spot, around)
    day = _day_of(deadline, around)
    dated = _is_dated(asking, deadline, day)
    shut = _is_shut(spot, around, form, deadline)
    held = _forms_held(spot, form) | _days_held(deadline, day) | {"dated": dated, "asks": asking.asks, "shut": shut}
    return Looked(
        request=_request_of(spot, form, asking, day), asks=(asking.asks or dated) and not shut,
        words=spot.words, facts=_facts_of(held, spot, asking),
    )  # fmt: skip


def _form_of(spot: Spot, around: Around) -> _Form:
    text = spot.sentence.text
    return _Form(
        step=is_step(spot.form), condition=is_condition(spot.form), furniture=is_furniture(text),
        order="bulk_talk" not in spot.found and is_order(spot.form, around.language),
        choice=around.machine and is_choice(spot.before),
    )  # fmt: skip


def _asking_of(spot: Spot, around: Around, form: _Form) -> _Asking:
    ruled = rule_score(spot.sentence.text, spot.words, spot.found)
    if around.language in ASKING and "ask" in spot.found:
        ruled = max(ruled, _ASKED)
    odds = _odds_of(spot, around, ruled)
    score, found = ruled if odds is None else ASKS + odds, spot.found
    if form.order and (not around.machine or around.language == "en"):
        score, found = max(score, ASKS + _ORDERED), {**found, "task": [spot.words[0]]}
    score = _of_form(score, spot, around, form)
    offered = around.machine and "offered" in spot.empty and not form.step
    return _Asking(ruled=ruled, odds=odds, score=score, found=found, asks=score >= ASKS and not offered)


def _odds_of(spot: Spot, around: Around, ruled: float) -> float | None:
    if around.model is None:
        return None
    return around.model.log_odds(spot.words, question=spot.question, rule=ruled)


def _of_form(score: float, spot: Spot, around: Around, form: _Form) -> float:
    """Return the score, higher for a step; a program's conditions and its questions that ask for nothing count none."""
    if form.step:
        return max(score, _STEP)
    idle = form.condition or (spot.question and "ask" not in spot.found)
    return 0.0 if around.machine and idle else score


def _deadline_of(spot: Spot, around: Around) -> Deadline | None:
    if around.now is None:
        return None
    return deadline_of(spot.sentence.text, around.language, around.now, folded=spot.form)


def _day_of(deadline: Deadline | None, around: Around) -> date | None:
    """Return the day of a deadline; one that names an hour alone is of the one day of the mail."""
    if deadline is None:
        return None
    return (around.only_day() if deadline.hour else None) or deadline.day


def _is_dated(asking: _Asking, deadline: Deadline | None, day: date | None) -> bool:
    """Return whether a day makes a request of a sentence whose words ask for nothing."""
    said = deadline is not None and day is not None and deadline.said
    return said and not asking.asks and "bulk_talk" not in asking.found


def _is_shut(spot: Spot, around: Around, form: _Form, deadline: Deadline | None) -> bool:
    """Return whether a sentence is no request, however it sounds."""
    lasting = deadline is not None and (deadline.lasts or (around.machine and bool(deadline.hour)))
    return "nothing" in spot.empty or form.furniture or form.choice or lasting


def _request_of(spot: Spot, form: _Form, asking: _Asking, day: date | None) -> Request:
    return Request(
        sentence=spot.sentence, score=asking.score if asking.asks else ASKS, due_at=day, step=form.step and asking.asks,
        due=due_words(spot.sentence.text, asking.found.get("due", ())) if asking.asks else "", found=asking.found,
    )  # fmt: skip


def _forms_held(spot: Spot, form: _Form) -> dict[str, bool]:
    text, length = spot.sentence.text, len(spot.words)
    return {
        "step": form.step, "order": form.order, "condition": form.condition, "furniture": form.furniture,
        "choice": form.choice, "question": spot.question, "heading": text.endswith(":"), "led": spot.before.endswith(":"),
        "bullet": _BULLETED.match(spot.form) is not None, "named first": _NAMED_FIRST.match(text) is not None,
        "first": spot.first, "short": length <= _SHORT, "long": length >= _LONG,
    }  # fmt: skip


def _days_held(deadline: Deadline | None, day: date | None) -> dict[str, bool]:
    if deadline is None:
        return {}
    return {
        "day": day is not None, "said": deadline.said, "lasts": deadline.lasts, "near": deadline.near,
        "hour": bool(deadline.hour),
    }  # fmt: skip


def _facts_of(held: Mapping[str, bool], spot: Spot, asking: _Asking) -> dict[str, float]:
    """Return the facts that hold, each with its worth: mostly 1, the scores with theirs."""
    names = (name for name, holds in held.items() if holds)
    said = (*(f"said:{name}" for name in asking.found), *(f"empty:{name}" for name in spot.empty))
    facts = dict.fromkeys((*names, *said), 1.0) | {"rule": asking.ruled}
    if asking.odds is not None:
        facts["odds"] = max(min(asking.odds, _MOST_ODDS), -_MOST_ODDS)
    return facts


def rule_score(text: str, words: list[str], found: dict[str, list[str]]) -> float:
    """Return how clearly a sentence asks, by the phrases `found` in it: about -1.5 to 4, ASKS being the line."""
    question = "?" in text[-4:] or "¿" in text
    short_or_long = 0.6 * (len(words) < 3) + 0.3 * (len(words) > 40)
    if not found:
        return 0.7 * question - short_or_long
    leads = any(opens(words, verb) for verb in found.get("imperative", ()))
    score = 1.2 * bool(found.get("ask")) + 0.9 * bool(found.get("politely")) + 0.8 * leads
    score += question * (0.7 + 0.5 * bool(found.get("you")))
    score += 0.2 * bool(found.get("due"))
    return score - 1.5 * bool(found.get("bulk_talk")) - short_or_long


def opens(words: list[str], verb: str) -> bool:
    return words[: verb.count(" ") + 1] == verb.split()
