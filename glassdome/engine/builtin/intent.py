"""Sentences that ask their reader for something, with the words of when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from glassdome.core import limits
from glassdome.engine.builtin.asking import load_asking
from glassdome.engine.builtin.due import due_words
from glassdome.engine.builtin.sentences import Sentence
from glassdome.engine.builtin.words import load_concepts, words_of_each
from glassdome.values.opinion import ActionItem
from glassdome.values.signal import Evidence

__all__ = ["Request", "action_items", "requests_in", "rule_score"]

#: A sentence from here on asks for something.
ASKS: Final = 0.7
_LONGEST_WORDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A sentence that asks, how clearly (`score`, at least ASKS), and its words of a time, as the mail writes them."""

    sentence: Sentence
    score: float
    due: str


def requests_in(sentences: Sequence[Sentence], language: str = "") -> list[Request]:
    """Return the requests among `sentences`, in their order: by phrases, and in English by a trained model over them."""
    lines = [words[:_LONGEST_WORDS] for words in words_of_each(sentence.text for sentence in sentences)]
    asked = load_concepts("requests.toml").find_each(lines)
    asking = load_asking()
    model = asking if language == asking.language else None
    requests = []
    for sentence, words, found in zip(sentences, lines, asked, strict=False):
        score = rule_score(sentence.text, words, found)
        if model is not None:
            score = ASKS + model.log_odds(words, question="?" in sentence.text[-4:], rule=score)
        if score >= ASKS:
            due = due_words(sentence.text, found.get("due", ()))
            requests.append(Request(sentence=sentence, score=score, due=due))
    return requests


def action_items(requests: Sequence[Request], text: str) -> tuple[ActionItem, ...]:
    """Return the clearest requests as action items, each quoting `text` exactly; what cannot be quoted is left out."""
    items: dict[str, tuple[Request, ActionItem]] = {}
    for request in requests:
        quote = _quote(request.sentence, text)
        if quote:
            said = request.sentence.text[: limits.MAX_PHRASE_CHARS]
            item = ActionItem(text=said, evidence=Evidence(where="text", quote=quote), due=request.due)
            items.setdefault(said, (request, item))
    clearest = sorted(items.values(), key=lambda pair: -pair[0].score)[: limits.MAX_ACTION_ITEMS]
    return tuple(item for _, item in sorted(clearest, key=lambda pair: pair[0].sentence.start))


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
