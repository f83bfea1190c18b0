"""The body of a letter: its words without greeting line, closing and signature, and the people that it speaks to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from glassdome.engine.builtin.language import language_of
from glassdome.engine.builtin.words import words_of
from glassdome.threads.lexicon import LANGUAGES, ThreadWords, read_words
from glassdome.values.message import Address, Message

__all__ = ["People", "body_of", "language_of_letter", "people_of"]

#: Characters of a mail that are read; what it wants stands at its beginning.
_READ: Final = 4_000
#: Characters by which the language is told.
_TELLING: Final = 600
#: ThreadWords of a closing line, with the name behind it.
_CLOSING_WORDS: Final = 7
_NAME_WORDS: Final = 4
#: Own words of a language by which it is known without asking the trained guess.
_SURE: Final = 2
_SHORTEST_NAME: Final = 3
#: Lines that begin a patch or a part of one.
_PATCH: Final = re.compile(r"(?:diff --git |index [0-9a-f]{7}|--- \S+/\S|\+\+\+ \S+/\S|@@ -\d)")
_CUTS: Final = re.compile(r"[,;:.!?¿¡–—]| - ")
#: ThreadWords of a greeting that stand beside a name; folded.
_BESIDE: Final = frozenset(
    ["hi", "hello", "hey", "dear", "good", "morning", "afternoon", "evening", "mr", "mrs", "ms", "dr", "prof", "and", "you",
     "hallo", "liebe", "lieber", "liebes", "guten", "tag", "morgen", "abend", "moin", "servus", "sehr", "geehrte", "geehrter", "frau", "herr",
     "herrn", "und", "gruss", "bonjour", "bonsoir", "salut", "cher", "chere", "chers", "madame", "monsieur", "mme", "m", "et", "coucou",
     "hola", "buenos", "buenas", "dias", "tardes", "estimado", "estimada", "querido", "querida", "sra", "sr", "senora", "senor", "don", "dona", "y", "e",
     "ciao", "caro", "cara", "gentile", "beste", "hoi", "ola", "caro", "carissima", "drogi", "droga", "czesc", "ja", "yes", "oui", "si", "ok", "ps"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class People:
    """The people of a mail by the words of their names; a word that two of them share names neither."""

    by_word: Mapping[str, str]

    def named_in(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the addresses that words name."""
        return tuple(dict.fromkeys(self.by_word[word] for word in words if word in self.by_word))

    def spoken_to(self, text: str) -> tuple[str, ...] | None:
        """Return the addresses of those that a sentence calls by name ("Piet, can you"), None where it calls no name."""
        found: list[str] = []
        for segment in _CUTS.split(text):
            words = words_of(segment)
            named = self.named_in(words)
            if named and len(words) <= _CLOSING_WORDS and self.are_names(words):
                found += named
        found += self._mentioned(text) if "@" in text else ()
        return tuple(dict.fromkeys(found)) or None

    def are_names(self, words: Iterable[str]) -> bool:
        """Return whether all words are names of theirs or words of a greeting."""
        return all(word in self.by_word or word in _BESIDE for word in words)

    def _mentioned(self, text: str) -> list[str]:
        """Return those that a forge's mention means: `@jbeispiel` holds a part of a name."""
        handles = [word[1:].lower() for word in text.split() if word.startswith("@") and len(word) > _SHORTEST_NAME]
        found = [
            next(
                (address for name, address in self.by_word.items() if len(name) > _SHORTEST_NAME and name in handle), ""
            )
            for handle in handles
        ]
        return [address or "@" for address in found]


def people_of(message: Message, mine: Iterable[str], my_name: str) -> People:
    """Return the people of a mail; the owner is known by name too, where the mail names only the address."""
    own = sorted(mine)
    known = [*message.to, *message.cc, message.author, *(Address(name=my_name, addr=address) for address in own)]
    by_word: dict[str, str] = {}
    shared: set[str] = set()
    for person in known:
        address = person.addr.lower()
        address = own[0] if address in own else address
        for word in _name_words(person):
            if by_word.setdefault(word, address) != address:
                shared.add(word)
    return People({word: address for word, address in by_word.items() if word not in shared})


def _name_words(person: Address) -> list[str]:
    words = words_of(person.name) or words_of(person.local_part)
    return [word for word in words if len(word) >= _SHORTEST_NAME and not word.isdigit() and word not in _BESIDE]


def language_of_letter(message: Message) -> str:
    """Return the language of what its author wrote; of a few words, by the mail it answers."""
    for text in (message.new_text[:_TELLING], f"{message.subject} {message.text[:_TELLING]}"):
        words = words_of(text)
        counts = {tag: sum(map(read_words(tag).common.__contains__, words)) for tag in LANGUAGES}
        best, second = sorted(counts.values(), reverse=True)[:2]
        if best >= _SURE and best > second:
            return max(counts, key=lambda tag: counts[tag])
    return language_of(message.text) or "en"


def body_of(text: str, words: ThreadWords, author: Address) -> str:
    """Return the text above the closing, and a postscript below it."""
    lines = _without_code(text[:_READ].split("\n"))
    names = frozenset(words_of(author.name))
    end = next((n for n, line in enumerate(lines) if n and _closes(line, words, names)), len(lines))
    below = [line for line in lines[end:] if line.lstrip()[:4].upper().startswith(("PS", "P.S", "PD", "P.D"))]
    return "\n".join([*lines[:end], *below]).strip() or lines[0]


def _without_code(lines: Sequence[str]) -> list[str]:
    """Leave a patch out (unified diff): its lines would read as orders ("return week")."""
    kept, inside = [], False
    for line in lines:
        inside = bool(_PATCH.match(line)) or (inside and line[:1] in ("+", "-", " ", "\\", "@") and bool(line.strip()))
        if not inside:
            kept.append(line)
    return kept


def _closes(line: str, table: ThreadWords, names: frozenset[str]) -> bool:
    """Return whether a line is a closing ("Best wishes, Tom") or the author's name alone."""
    words = words_of(line) if 0 < len(line) < 80 else []
    if not words or "?" in line:
        return False
    if len(words) <= _NAME_WORDS and _is_name(words, names):
        return True
    if len(words) > _CLOSING_WORDS:
        return False
    longest = next((n for n in range(len(words), 0, -1) if table.is_listed("closings", words[:n])), 0)
    return longest > 0 and (longest == len(words) or _is_name(words[longest:], names) or line.rstrip().endswith(","))


def _is_name(words: Sequence[str], names: frozenset[str]) -> bool:
    initials = {name[0] for name in names}
    return all(word in names or (len(word) == 1 and word in initials) for word in words)
