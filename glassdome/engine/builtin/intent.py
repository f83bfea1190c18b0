"""Sentences that ask their reader for something, with the words of when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Final

from glassdome.core import limits
from glassdome.core.words import words_by_line
from glassdome.engine.builtin.dates import days_in
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.looked import ASKS, Around, Looked, Request, Spot, look_at, rule_score
from glassdome.engine.builtin.request_classifier import load_request_classifier
from glassdome.engine.builtin.sentences import Sentence
from glassdome.engine.builtin.steps import only_answers
from glassdome.engine.builtin.words import fold, load_concepts
from glassdome.values.opinion import ActionItem
from glassdome.values.signal import Evidence

__all__ = ["ASKS", "Looked", "Request", "action_items", "look", "requests_in", "rule_score", "with_subject"]

_LONGEST_WORDS: Final = 60
#: Sentences searched for the one day of a mail.
_SENTENCES_FOR_DAYS: Final = 40


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
    """Examine each sentence: the phrases it holds, the day it names, and whether these make it a request."""
    model = load_request_classifier()
    around = Around(
        language=language, now=now, machine=machine, model=model if language == model.language else None,
        only_day=cache(lambda: _only_day(sentences, language, now) if now is not None else None),
    )  # fmt: skip
    return [look_at(spot, around) for spot in _spots(sentences)]


def _spots(sentences: Sequence[Sentence]) -> Iterator[Spot]:
    """Yield the sentences, each with its words and phrases, searched for in all of them at once."""
    folded = fold("\n".join([sentence.text for sentence in sentences]))
    lines = [words[:_LONGEST_WORDS] for words in words_by_line(folded)]
    asked = load_concepts("requests.toml").find_each(lines)
    empty = load_concepts("optional.toml").find_each(lines)
    forms = folded.split("\n")
    places = zip(["", *forms], sentences, forms, lines, asked, empty, strict=False)
    for number, (before, sentence, form, words, found, none) in enumerate(places):
        yield Spot(sentence=sentence, form=form, before=before, first=number == 0, words=words, found=found, empty=none)


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
    for request in requests:
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


def _quote(sentence: Sentence, text: str) -> str:
    for candidate in (sentence.raw, sentence.text, sentence.raw.partition("\n")[0]):
        quote = candidate[: limits.MAX_PHRASE_CHARS].rstrip()
        if quote and quote in text:
            return quote
    return ""
