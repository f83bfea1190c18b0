"""Say what a command prints for people in the language of their locale; JSON, options and commands stay English."""

from __future__ import annotations

from typing import Final

from glassdome.cli.console import out
from glassdome.core.config.terminal import terminal_language
from glassdome.core.phrasebook import Phrasebook
from glassdome.core.translate import ENGLISH
from glassdome.shapes.said import said, said_word

__all__ = ["AREA", "BOOK", "of_mail", "tell", "tell_word"]

AREA: Final = "cli"
BOOK: Final = Phrasebook(AREA, "cli/sentences.txt")


def tell(sentence: str) -> str:
    """Return a sentence or heading of the command line in the person's language."""
    return BOOK.said(sentence, _language())


def of_mail(sentence: str) -> str:
    """Return a sentence about a mail in the person's language."""
    return said(sentence, _language())


def tell_word(word: str) -> str:
    """Return the name of a category in the person's language; an own one, and any in English, is its code."""
    language = _language()
    return word if language == ENGLISH else said_word(word, language)


def _language() -> str:
    """Return the language; a terminal that cannot show other letters gets English."""
    return terminal_language() if out.encoding.lower().startswith("utf") else ENGLISH
