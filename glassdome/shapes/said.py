"""Say our own sentences about a mail in a reader's language: reasons, requests, the attention and its reason, names.

Stored sentences are English and stay so; they are translated when they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from glassdome.core.phrasebook import Phrasebook, is_spoken
from glassdome.core.shipped import loads_shipped

__all__ = ["AREA", "is_spoken", "read_sentences", "said", "said_analysis", "said_word", "sentences", "written"]

AREA: Final = "reasons"
_BOOK: Final = Phrasebook(AREA, "shapes/sentences.txt")
_LABELS: Final = {"ham": "harmless", "spam": "spam", "phish": "phishing", "unknown": "not judged"}
said = _BOOK.said
written = _BOOK.filled


def sentences() -> tuple[str, ...]:
    """Return all that the program can say of a mail, in English."""
    return _BOOK.sentences


@loads_shipped()
def read_sentences() -> None:
    """Read the sentences in all languages, so that no request does."""
    _BOOK.read()


def said_word(word: str, language: str) -> str:
    """Return the name of a category, a tag or a label in `language`; an own category keeps its name."""
    known = _LABELS.get(word, word)
    return said(known, language) if known in _BOOK.whole else known


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
