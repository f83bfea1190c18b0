"""Words that say what a number is, in many languages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter

from glassdome.core.limits import MAX_SENSITIVE_CANDIDATES
from glassdome.core.shipped import shipped_table
from glassdome.signals.sensitive.view import Span, TextView, has_unspaced

__all__ = ["AFTER", "BEFORE", "CONTRARY", "Phrases", "words_for"]

#: Characters searched before and after a candidate for words that name it.
BEFORE = 64
AFTER = 32

_WORD = re.compile(r"[^\W\d_]+")


def _pattern(phrase: str) -> str:
    body = re.escape(phrase).replace(r"\ ", r"[\s.\-\u200c]{1,2}")
    return body if has_unspaced(phrase) else rf"(?<!\w){body}(?!\w)"


class Phrases:
    """A set of phrases that can be asked for cheaply: where they stand is looked up once per text."""

    def __init__(self, *phrases: str) -> None:
        """`phrases` are in lower case: whole words, or sequences of words parted by one space."""
        self._spaced: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        self._unspaced: list[tuple[str, re.Pattern[str]]] = []
        for phrase in phrases:
            form = (phrase.split(" ")[0], re.compile(_pattern(phrase)))
            if has_unspaced(phrase):
                self._unspaced.append(form)
            else:
                self._spaced.setdefault(max(_WORD.findall(phrase), key=len), []).append(form)
        #: The longest word of each phrase.
        self.keys = frozenset(self._spaced)

    @classmethod
    def listed(cls, text: str) -> Phrases:
        """Read phrases parted by semicolons."""
        return cls(*(" ".join(phrase.split()) for phrase in text.split(";")))

    def hits(self, view: TextView) -> tuple[Span, ...]:
        """Return where the phrases stand, in order of their ends."""
        # All that most mails cost: none of the words is there.
        if self.keys.isdisjoint(view.words) and not (self._unspaced and view.has_unspaced):
            return ()
        found = view.hits.get(self)
        if found is None:
            found = tuple(sorted(islice(self._look(view), MAX_SENSITIVE_CANDIDATES), key=itemgetter(1)))
            view.hits[self] = found
        return found

    def _look(self, view: TextView) -> Iterator[Span]:
        forms = [form for key in self.keys & view.words for form in self._spaced[key]]
        if view.has_unspaced:
            forms += self._unspaced
        for first, pattern in forms:
            at = view.lower.find(first)
            while at >= 0:
                match = pattern.match(view.lower, at)
                if match:
                    yield match.span()
                at = view.lower.find(first, at + 1)

    @property
    def unspaced(self) -> bool:
        """Return whether some phrases are in a script without spaces, so that `keys` cannot rule them out."""
        return bool(self._unspaced)

    def last_before(self, view: TextView, position: int, size: int = BEFORE) -> int:
        """Return where the last phrase that ends in the `size` characters before `position` ends, or -1."""
        hits = self.hits(view)
        index = bisect_right(hits, position, key=itemgetter(1))
        return hits[index - 1][1] if index and hits[index - 1][1] > position - size else -1

    def near(self, view: TextView, start: int, end: int) -> bool:
        """Return whether a phrase ends close before the span or follows it closely."""
        hits = self.hits(view)
        if not hits:
            return False
        index = bisect_right(hits, end, key=itemgetter(1))
        follows = any(end <= hit[0] <= end + AFTER for hit in hits[index : index + 3])
        return follows or self.last_before(view, start) >= 0


_LISTED = shipped_table("signals/data/sensitive_words.toml")


def words_for(name: str) -> Phrases:
    """Return the phrases that the data file lists under a name."""
    return Phrases.listed(_LISTED[name])


#: What stands before a number that is only somebody's reference.
CONTRARY = words_for("reference")
