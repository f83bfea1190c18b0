"""Gathers what a reader of structured data finds: lines of text, links and facts, each once and bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from glassdome.core.limits import MAX_LINKS, MAX_PHRASE_CHARS
from glassdome.files.source import Budget
from glassdome.parse.plain import clean, one_line
from glassdome.parse.url import find_urls, normal_url
from glassdome.values.document import FileLink, Passage
from glassdome.values.fact import Fact, FactType

__all__ = ["MOST_FACTS", "Found"]

#: Facts kept of one file; a calendar of a year or a book of addresses says no more with its next hundred.
MOST_FACTS: Final = 200
#: Characters of one value; a bar code holds up to 4,296.
_LONGEST: Final = 4_300


@dataclass(slots=True, kw_only=True)
class Found:
    """The finds of one file. `where` is the place of what is added next."""

    budget: Budget
    where: str = ""
    facts: dict[Fact, None] = field(default_factory=dict)
    links: dict[FileLink, None] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)

    def say(self, text: str, label: str = "") -> None:
        """Add words of this place; nothing where there are none."""
        text = clean(text).strip()
        if text:
            self._lines.append(f"{label}: {text}" if label else text)

    def fact(self, kind: FactType, value: str, evidence: str = "") -> None:
        """Add one fact, unless its value is empty."""
        value = value.strip() if kind == "qr" else one_line(" ".join(value.split()))
        if value and len(self.facts) < MOST_FACTS:
            words = one_line(evidence or value)[:MAX_PHRASE_CHARS]
            self.facts[Fact(type=kind, value=value[:_LONGEST], where=self.where, evidence=words)] = None

    def link(self, url: str, shown: str = "", *, is_fact: bool = True) -> None:
        """Add one link, as a fact as well."""
        url = normal_url(url)
        if url and len(self.links) < MAX_LINKS:
            self.links[FileLink(url=url, shown=one_line(shown), where=self.where)] = None
            if is_fact and url.startswith(("http://", "https://")):
                self.fact("link", url)

    def links_in(self, text: str) -> None:
        """Add the links that stand in words."""
        for url in find_urls(text, naked=False):
            self.link(url)

    def end_place(self) -> None:
        """End a place: its words become one passage."""
        text = self.budget.take_text("\n".join(self._lines))
        self._lines = []
        if text:
            self.passages.append(Passage(text=text, where=self.where))
