"""A summary made of the mail's own sentences: the few that say most of what the others say."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from glassdome.core import limits
from glassdome.engine.builtin.sentences import Sentence
from glassdome.engine.builtin.words import fold, words_of

__all__ = ["summarize"]

#: Sentences in a summary, and the characters from which on one is enough.
_SENTENCES: Final = 2
_LONG_SENTENCE: Final = 320
#: Sentences compared; what a mail says stands in its first ones.
_CANDIDATES: Final = 30
#: A footer says so in its first words.
_TELLING_CHARS: Final = 120
#: How much each place further back in the mail counts less.
_FADE: Final = 0.6
#: How much long sentences are held back, and what sharing words with the subject is worth; fitted on BC3 with the above.
_LENGTH_POWER: Final = 1.1
_SUBJECT_WORTH: Final = 0.3
_ADDRESS: Final = ("://", "www.", "@")
_MARKUP = re.compile(r"<[^<>]{0,200}>|[*_=#~|>\[\]{}-]{2,}|^[>|*#\s-]+|!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_GREETING = re.compile(
    r"^(?:hi|hello|dear|hey|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|liebe[rs]?"
    r"|moin|bonjour|bonsoir|cher|chere|salut|madame|hola|buenos|buenas|estimad[oa]s?|querid[oa]s?|ciao|buongiorno|gentile"
    r"|egregio|caro|cara|beste|geachte|dag|ola|prezad[oa]s?|caro|bom dia|boa tarde)\b[^.!?,]{0,40}[,!.:]?$"
)
_BOILERPLATE = re.compile(
    r"unsubscribe|abmeld|abbestell|desinscri|desabonn|darse de baja|disiscri|uitschrij|view (?:it |this |online )?(?:\w+ )?in (?:your )?browser"
    r"|im browser|webversion|version en ligne|navegador|copyright|all rights reserved|alle rechte vorbehalten|privacy policy"
    r"|datenschutz|do not reply|nicht auf diese|ne pas repondre|no responda|intended recipient|confidential"
    r"|you are receiving this|sie erhalten diese|vous recevez|sent from my|gesendet von|envoye de mon|enviado desde"
    r"|^(?:best|kind|warm)? ?regards|^thanks|^thank you|^cheers|mit freundlichen|viele gruesse|viele grusse|cordialement|saludos|^best$"
)


def summarize(sentences: Sequence[Sentence], subject: str = "") -> str:
    """Return one or two sentences of the mail, in its order, at most `limits.MAX_SUMMARY_CHARS` characters.

    A sentence scores by the words it shares with the rest of the mail (Luhn 1958, SumBasic's frequency average), by the
    words it shares with the subject, and by standing early; greetings, footers and closings do not count. Where the
    text gives nothing, the subject is the summary.
    """
    candidates = _candidates(sentences[:_CANDIDATES])
    if not candidates:
        return _clipped(_cleaned(subject))
    if len(candidates) <= _SENTENCES:
        return _joined(candidates)
    scores = _scores(candidates, subject)
    best = max(range(len(candidates)), key=scores.__getitem__)
    chosen = [best]
    if len(candidates[best]) < _LONG_SENTENCE:
        taken = set(_content(candidates[best]))
        chosen.append(
            max((i for i in range(len(candidates)) if i != best), key=lambda i: _new(candidates[i], scores[i], taken))
        )
    return _joined([candidates[i] for i in sorted(chosen)])


def _candidates(sentences: Sequence[Sentence]) -> list[str]:
    kept: dict[str, None] = {}
    for sentence in sentences:
        text = _cleaned(sentence.text)
        folded = fold(text)
        if len(text) >= 12 and not _GREETING.match(folded) and not _BOILERPLATE.search(folded[:_TELLING_CHARS]):
            kept.setdefault(text, None)
    return list(kept)


def _scores(candidates: Sequence[str], subject: str) -> list[float]:
    bags = [_content(text) for text in candidates]
    counts = Counter(word for bag in bags for word in set(bag))
    about = set(_content(subject))
    scores = []
    for place, bag in enumerate(bags):
        shared = sum(math.log1p(counts[word]) for word in set(bag)) / (len(bag) + 4) ** _LENGTH_POWER
        named = len(about.intersection(bag)) / (len(about) or 1)
        scores.append((shared + _SUBJECT_WORTH * named) / (1 + _FADE * place))
    return scores


def _new(text: str, score: float, taken: set[str]) -> float:
    bag = set(_content(text))
    return score * (1 - len(bag & taken) / (len(bag) or 1))


def _content(text: str) -> list[str]:
    return [word for word in words_of(text) if len(word) > 3]


def _cleaned(text: str) -> str:
    """Return `text` without markup, and without links and addresses, which may carry tokens."""
    words = _MARKUP.sub(r"\1 ", text).split()
    return " ".join(word for word in words if not any(mark in word for mark in _ADDRESS)).strip(" -*|>:")


def _joined(sentences: Sequence[str]) -> str:
    return _clipped(" ".join(s if s[-1] in ".!?…。！？:" else f"{s}." for s in sentences))


def _clipped(text: str) -> str:
    if len(text) <= limits.MAX_SUMMARY_CHARS:
        return text
    return text[: limits.MAX_SUMMARY_CHARS - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"
