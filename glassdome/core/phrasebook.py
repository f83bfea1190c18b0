"""Sentences of one area that are composed in English and said in another language when they are shown.

A book is a file with one sentence a line, `{names}` for the values in it. A composed sentence is found again among them,
and its values go into the translation as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from glassdome.core.shipped import shipped_text
from glassdome.core.translate import ENGLISH, LANGUAGES, catalogue

__all__ = ["Phrasebook", "is_spoken", "language_code"]

_NAMED: Final = re.compile(r"\{([a-z]{1,20})\}")
#: Values that are sentences or words of the book themselves.
_OURS: Final = frozenset(("kind", "detail"))
#: Parts of a sentence joined of several: the finding, then its place; the request, then who asks.
_MOST_PARTS: Final = 8
#: Sentences kept translated; a page shows some twenty.
_KEPT: Final = 4_000


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


def language_code(language: str) -> str:
    """Return the code of a BCP 47 tag: `pt` of `pt-BR`."""
    return language.partition("-")[0].lower()


def is_spoken(language: str) -> bool:
    """Return whether sentences are said in that language (BCP 47), and it is not the English in which they are composed."""
    code = language_code(language)
    return code != ENGLISH and code in LANGUAGES


class Phrasebook:
    """The sentences of one area."""

    def __init__(self, area: str, path: str) -> None:
        """`path` is that of the book in the package, `area` that of its catalogues."""
        self.area, self._path = area, path
        self.said = lru_cache(maxsize=_KEPT)(self._said_in)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """All sentences, in English."""
        return tuple(shipped_text(self._path).splitlines())

    @cached_property
    def whole(self) -> frozenset[str]:
        """The sentences without gaps."""
        return frozenset(text for text in self.sentences if not _NAMED.search(text))

    @cached_property
    def _templates(self) -> tuple[_Template, ...]:
        """Return the sentences with gaps; those that say most come first."""
        parts = [(text, _NAMED.split(text)) for text in self.sentences if text not in self.whole]
        made = [_Template(text, tuple(found[::2]), tuple(found[1::2])) for text, found in parts]
        return tuple(sorted(made, key=lambda item: -sum(map(len, item.around))))

    def read(self) -> None:
        """Read the book in all languages, so that nothing is read later."""
        self._templates  # noqa: B018 - it is kept
        for language in LANGUAGES:
            catalogue(language, self.area)

    def filled(self, template: str, language: str, **values: object) -> str:
        """Return one of the sentences with gaps in a language, filled."""
        return catalogue(language_code(language), self.area).gettext(template).format(**values)

    def _said_in(self, sentence: str, language: str) -> str:
        """Return a sentence in a language (BCP 47); as it is where it is none of the book, a model's for instance."""
        if not is_spoken(language):
            return sentence
        return self._said(sentence, catalogue(language_code(language), self.area).gettext) or sentence

    def _said(self, sentence: str, translate: Callable[[str], str]) -> str:
        if sentence in self.whole:
            return translate(sentence)
        if (head := self._begins(sentence)) is not None:
            return self._joined(head, sentence[len(head) :], translate)
        for template in self._templates:
            if (values := template.values(sentence)) is not None:
                told = {name: self._value(name, value, translate) for name, value in values.items()}
                return translate(template.text).format(**told)
        return ""

    def _begins(self, sentence: str) -> str | None:
        """Return the longest sentence with which this one begins, in front of a colon or a semicolon."""
        places = [found.start() for found in re.finditer("[:;] ", sentence)][:_MOST_PARTS]
        # A single word is a heading and begins no sentence.
        heads = (sentence[:at] for at in reversed(places))
        return next((head for head in heads if " " in head and head in self.whole), None)

    def _joined(self, head: str, rest: str, translate: Callable[[str], str]) -> str:
        sign, told = rest[:2], rest[2:]
        if sign == "; ":
            return f"{translate(head)}; {self._said(told, translate) or told}"
        where, colon, cause = told.rpartition(": ")
        shown = f"{where}{colon}{translate(cause)}" if cause in self.whole else told
        return f"{translate(head)}: {shown}"

    def _value(self, name: str, value: str, translate: Callable[[str], str]) -> str:
        return self._said(value, translate) or value if name in _OURS else value
