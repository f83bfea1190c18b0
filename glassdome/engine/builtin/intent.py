"""Sentences that ask their reader for something, with the words of when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from itertools import chain
from typing import Final

from glassdome.core import limits
from glassdome.core.words import words_by_line
from glassdome.engine.builtin.dates import days_in
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.due import due_words
from glassdome.engine.builtin.request_classifier import load_request_classifier
from glassdome.engine.builtin.sentences import Sentence
from glassdome.engine.builtin.steps import is_choice, is_condition, is_furniture, is_order, is_step, only_answers
from glassdome.engine.builtin.words import fold, load_concepts, words_of
from glassdome.values.opinion import ActionItem
from glassdome.values.signal import Evidence

__all__ = ["Looked", "Request", "action_items", "look", "requests_in", "rule_score", "with_subject"]

#: A sentence from here on asks for something.
ASKS: Final = 0.7
#: What a step in a program's mail counts.
_STEP: Final = 1.5
_LONGEST_WORDS: Final = 60
#: A word that joins two requests, with the words that open the second; the words that are left over at a cut.
_JOINED: Final = re.compile(r"(?:[,;]\s|\s)(?:and|und|et|y|e|en)(?:\s(?:then|also|dann))?\s(?P<verb>\w+(?:\s\w+)?)", re.IGNORECASE)  # fmt: skip
_LOOSE_END: Final = re.compile(r"[,;]?\s(?:and|und|et|y|e|en)(?:\s(?:then|also|dann))?\s?$|[;,]\s?$", re.IGNORECASE)
_FEWEST_WORDS: Final = 3
#: A line of a list, a line that begins with whom it is for, and the words of short and of long sentences.
_BULLETED: Final = re.compile(r"(?:[-*•·–]|\(?\w{1,2}[.)])\s")
_NAMED_FIRST: Final = re.compile(r"(?:[-*•·–]\s)?[^\W\d_]{2,20}(?:\s[^\W\d_]{2,20})?:\s")
_SHORT: Final = 4
_LONG: Final = 25
#: Sentences searched for the one day of a mail.
_SENTENCES_FOR_DAYS: Final = 40


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
    """A sentence that was looked at: as a request (`asks`: the phrases make it one), its words, its facts."""

    request: Request
    asks: bool
    words: Sequence[str]
    facts: Mapping[str, float]


def requests_in(
    sentences: Sequence[Sentence], language: str = "", now: datetime | None = None, *, machine: bool = False
) -> list[Request]:
    """Return the requests among `sentences`, in their order: by phrases, and in English by a trained model over them.

    With `now`, when the mail was written, each that names a day gets its date, and a sentence with a date by which
    something ends or must be done is a request too: an invoice that is due asks to be paid. A `machine` offers help and
    further reading in the words of a request; it means neither.
    """
    return [one.request for one in look(sentences, language, now, machine=machine) if one.asks]


def look(
    sentences: Sequence[Sentence], language: str = "", now: datetime | None = None, *, machine: bool = False
) -> list[Looked]:
    """Look at each sentence: the phrases it holds, the day it names, and whether these make it a request."""
    folded = fold("\n".join([sentence.text for sentence in sentences]))
    lines = [words[:_LONGEST_WORDS] for words in words_by_line(folded)]
    asked = load_concepts("requests.toml").find_each(lines)
    empty = load_concepts("optional.toml").find_each(lines)
    asking = load_request_classifier()
    model = asking if language == asking.language else None
    seen: list[Looked] = []
    elsewhere = cache(lambda: _only_day(sentences, language, now) if now is not None else None)
    forms = folded.split("\n")
    for before, sentence, form, words, found, none in zip(
        ["", *forms], sentences, forms, lines, asked, empty, strict=False
    ):
        offered = machine and "offered" in none
        ruled = score = rule_score(sentence.text, words, found)
        odds = model.log_odds(words, question="?" in sentence.text[-4:], rule=score) if model is not None else None
        if odds is not None:
            score = ASKS + odds
        furniture, choice = is_furniture(sentence.text), machine and is_choice(before)
        order = "bulk_talk" not in found and is_order(form, language)
        if order and (not machine or language == "en"):
            score, found = max(score, ASKS + 0.1), {**found, "task": [words[0]]}
        step, condition = is_step(form), is_condition(form)
        if step:
            score, offered = max(score, _STEP), False
        elif machine and (condition or ("?" in sentence.text[-4:] and "ask" not in found)):
            score = 0.0
        deadline = deadline_of(sentence.text, language, now, folded=form) if now is not None else None
        day = deadline.day if deadline is not None else None
        if deadline is not None and deadline.hour:
            day = elsewhere() or day
        asks = score >= ASKS and not offered
        due = due_words(sentence.text, found.get("due", ())) if asks else ""
        dated = not asks and day is not None and deadline is not None and deadline.said and "bulk_talk" not in found
        shut = "nothing" in none or furniture or choice or (
            deadline is not None and (deadline.lasts or (machine and deadline.hour))
        )  # fmt: skip
        held = {
            "step": step, "order": order, "condition": condition, "furniture": furniture, "choice": choice, "dated": dated,
            "asks": asks, "shut": shut, "question": "?" in sentence.text[-4:], "day": day is not None,
            "said": deadline is not None and deadline.said, "lasts": deadline is not None and deadline.lasts, "near": deadline is not None and deadline.near,
            "hour": deadline is not None and deadline.hour, "heading": sentence.text.endswith(":"), "led": before.endswith(":"),
            "bullet": _BULLETED.match(form) is not None, "named first": _NAMED_FIRST.match(sentence.text) is not None,
            "first": not seen, "short": len(words) <= _SHORT, "long": len(words) >= _LONG,
        }  # fmt: skip
        facts = {name: 1.0 for name, holds in held.items() if holds}
        facts |= dict.fromkeys((*(f"said:{name}" for name in found), *(f"empty:{name}" for name in none)), 1.0)
        facts["rule"] = ruled
        if odds is not None:
            facts["odds"] = max(min(odds, 4.0), -4.0)
        request = Request(
            sentence=sentence, score=score if asks else ASKS, due=due, due_at=day, step=step and asks, found=found
        )
        seen.append(Looked(request=request, asks=(asks or dated) and not shut, words=words, facts=facts))
    return seen


def _only_day(sentences: Sequence[Sentence], language: str, now: datetime) -> date | None:
    """Return the one day ahead that the mail names, if there is one."""
    days = {
        named.day
        for sentence in sentences[:_SENTENCES_FOR_DAYS]
        if any(map(str.isdigit, sentence.text))
        for named in days_in(fold(sentence.text), language, now)
        if named.kind == "absolute" and named.day >= now.date()
    }
    return days.pop() if len(days) == 1 else None


def with_subject(requests: Sequence[Request], subject: str, language: str, now: datetime) -> list[Request]:
    """Return the requests, the first clear one with the day of the subject where no sentence names one."""
    if not requests or any(request.due_at is not None for request in requests):
        return list(requests)
    deadline = deadline_of(subject, language, now)
    if deadline is None or deadline.lasts:
        return list(requests)
    first = next((i for i, request in enumerate(requests) if request.clear), 0)
    dated = replace(requests[first], due_at=deadline.day)
    return [*requests[:first], dated, *requests[first + 1 :]]


def action_items(requests: Sequence[Request], text: str) -> tuple[ActionItem, ...]:
    """Return the clearest requests as action items, each quoting `text` exactly; what cannot be quoted is left out."""
    items: dict[str, tuple[Request, ActionItem]] = {}
    asked = any(request.sentence.text.endswith("?") for request in requests)
    for request in chain.from_iterable(map(_parts, requests)):
        if asked and only_answers(fold(request.sentence.text)):
            continue
        quote = _quote(request.sentence, text)
        if quote:
            said = request.sentence.text[: limits.MAX_PHRASE_CHARS]
            day = request.due_at.isoformat() if request.due_at is not None else None
            evidence = Evidence(where="text", quote=quote)
            item = ActionItem(text=said, evidence=evidence, due=request.due, due_at=day)
            items.setdefault(said, (request, item))
    clearest = sorted(items.values(), key=lambda pair: -pair[0].score)[: limits.MAX_ACTION_ITEMS]
    return tuple(item for _, item in sorted(clearest, key=lambda pair: pair[0].sentence.start))


def _parts(request: Request) -> list[Request]:
    """Return a request, or each of several that one sentence joins: "Sign the form and send me a copy by Friday"."""
    sentence = request.sentence
    cuts = [0, *(match.start("verb") for match in _JOINED.finditer(sentence.raw) if _opens_request(match["verb"]))]
    pieces = [sentence.raw[a:b] for a, b in zip(cuts, [*cuts[1:], len(sentence.raw)], strict=True)]
    if len(pieces) == 1 or any(len(piece.split()) < _FEWEST_WORDS for piece in pieces):
        return [request]
    parts = []
    for start, piece in zip(cuts, pieces, strict=True):
        kept = _LOOSE_END.sub("", piece).strip()
        part = Sentence(text=" ".join(kept.split()), raw=kept, start=sentence.start + start)
        parts.append(replace(request, sentence=part))
    return parts


def _opens_request(words: str) -> bool:
    folded = words_of(words)
    found = load_concepts("requests.toml").find(folded)
    return any(_opens(folded, verb) for verb in found.get("imperative", ())) or bool(found.get("politely"))


def rule_score(text: str, words: list[str], found: dict[str, list[str]]) -> float:
    """Return how clearly a sentence asks, by the phrases `found` in it: about -1.5 to 4, ASKS being the line."""
    question = "?" in text[-4:] or "¿" in text
    short_or_long = 0.6 * (len(words) < 3) + 0.3 * (len(words) > 40)
    if not found:
        return 0.7 * question - short_or_long
    opens = any(_opens(words, verb) for verb in found.get("imperative", ()))
    score = 1.2 * bool(found.get("ask")) + 0.9 * bool(found.get("politely")) + 0.8 * opens
    score += question * (0.7 + 0.5 * bool(found.get("you")))
    score += 0.2 * bool(found.get("due"))
    return score - 1.5 * bool(found.get("bulk_talk")) - short_or_long


def _opens(words: list[str], verb: str) -> bool:
    return words[: verb.count(" ") + 1] == verb.split()


def _quote(sentence: Sentence, text: str) -> str:
    for candidate in (sentence.raw, sentence.text, sentence.raw.partition("\n")[0]):
        quote = candidate[: limits.MAX_PHRASE_CHARS].rstrip()
        if quote and quote in text:
            return quote
    return ""
