"""Say our own sentences about a mail in a reader's language: reasons, requests, the attention and its reason, names.

What is stored is English and stays so. Each sentence is found again among the ones that the program can say
(`sentences.txt`, one a line, `{names}` for what the mail gives), and the values go into the translation as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from glassdome.core.shipped import loads_shipped, shipped_text
from glassdome.core.translate import ENGLISH, LANGUAGES, catalogue

__all__ = ["AREA", "is_spoken", "read_sentences", "said", "said_analysis", "said_word", "sentences", "written"]

AREA: Final = "reasons"
_NAMED: Final = re.compile(r"\{([a-z]{1,20})\}")
#: A sentence joined of several: what is found, then where; what is asked, then who asks.
_MOST_PARTS: Final = 8
#: Sentences kept translated; a page shows some twenty.
_KEPT: Final = 4_000
_LABELS: Final = {"ham": "harmless", "spam": "spam", "phish": "phishing", "unknown": "not judged"}


class _Template(NamedTuple):
    """A sentence with gaps: its text, what stands around the gaps, and their names."""

    text: str
    around: tuple[str, ...]
    names: tuple[str, ...]

    def values(self, sentence: str) -> dict[str, str] | None:
        """Return what fills the gaps, None where it is another sentence."""
        first, *middle, last = self.around
        if not (sentence.startswith(first) and sentence.endswith(last) and len(sentence) >= len(first) + len(last)):
            return None
        rest, found = sentence[len(first) : len(sentence) - len(last)], []
        for part in middle:
            value, sign, rest = rest.partition(part)
            if not sign:
                return None
            found.append(value)
        return dict(zip(self.names, (*found, rest), strict=True))


@loads_shipped()
@cache
def sentences() -> tuple[str, ...]:
    """Return all that the program can say of a mail, in English."""
    return tuple(shipped_text("shapes/sentences.txt").splitlines())


@loads_shipped()
@cache
def _table() -> tuple[frozenset[str], tuple[_Template, ...]]:
    """Return the sentences without gaps, and those with, which say most first."""
    parts = [(text, _NAMED.split(text)) for text in sentences()]
    gaps = [_Template(text, tuple(found[::2]), tuple(found[1::2])) for text, found in parts if len(found) > 1]
    gaps.sort(key=lambda item: -sum(map(len, item.around)))
    return frozenset(text for text, found in parts if len(found) == 1), tuple(gaps)


def read_sentences() -> None:
    """Read the sentences in all languages, so that no request does."""
    _table()
    for language in LANGUAGES:
        catalogue(language, AREA)


@lru_cache(maxsize=_KEPT)
def said(sentence: str, language: str) -> str:
    """Return a sentence of ours in a language (BCP 47); as it is where it is none of ours, a model's for instance."""
    if not is_spoken(language):
        return sentence
    return _said(sentence, catalogue(_code(language), AREA).gettext) or sentence


def written(template: str, language: str, **values: object) -> str:
    """Return one of the sentences with gaps in a language, filled."""
    return catalogue(_code(language), AREA).gettext(template).format(**values)


def is_spoken(language: str) -> bool:
    """Return whether sentences are said in that language (BCP 47), and it is not the English of what is stored."""
    return _code(language) != ENGLISH and _code(language) in LANGUAGES


def _code(language: str) -> str:
    return language.partition("-")[0].lower()


def said_word(word: str, language: str) -> str:
    """Return the name of a category, a tag or a label in `language`; an own category keeps its name."""
    known = _LABELS.get(word, word)
    return said(known, language) if known in _table()[0] else known


def _said(sentence: str, translate: Callable[[str], str]) -> str:
    whole, gaps = _table()
    if sentence in whole:
        return translate(sentence)
    if (head := _begins(sentence, whole)) is not None:
        return _joined(head, sentence[len(head) :], translate)
    for gap in gaps:
        if (values := gap.values(sentence)) is not None:
            return translate(gap.text).format(**{name: _value(name, values[name], translate) for name in values})
    return ""


def _begins(sentence: str, whole: frozenset[str]) -> str | None:
    """Return the longest sentence with which this one begins, in front of a colon or a semicolon."""
    places = [found.start() for found in re.finditer("[:;] ", sentence)][:_MOST_PARTS]
    return next((sentence[:at] for at in reversed(places) if sentence[:at] in whole), None)


def _joined(head: str, rest: str, translate: Callable[[str], str]) -> str:
    sign, told = rest[:2], rest[2:]
    if sign == "; ":
        return f"{translate(head)}; {_said(told, translate) or told}"
    where, colon, cause = told.rpartition(": ")
    shown = f"{where}{colon}{translate(cause)}" if cause in _table()[0] else told
    return f"{translate(head)}: {shown}"


def _value(name: str, value: str, translate: Callable[[str], str]) -> str:
    return translate(value) if name == "kind" and value in _table()[0] else value


def said_analysis(analysis: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the JSON object of an analysis with our sentences in `language`, and `names` for its label, categories and tags.

    Codes, the mail's own words and what a model wrote stay.
    """
    words = (analysis["label"], *analysis["categories"], *analysis["tags"])
    return {
        **analysis,
        "phishing_reasons": [{**item, "why": said(item["why"], language)} for item in analysis["phishing_reasons"]],
        "asks": [{**item, "why": said(item["why"], language)} for item in analysis["asks"]],
        "attention_reason": said(analysis["attention_reason"], language),
        "signals": [{**item, "detail": said(item["detail"], language)} for item in analysis["signals"]],
        "names": {word: said_word(word, language) for word in words},
    }
