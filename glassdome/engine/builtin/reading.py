"""Read a mail once for all readers: its text, sentences, language and author, the concepts it names, the owner's rules for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from glassdome.engine.builtin import categories
from glassdome.engine.builtin.answering import speaks_to_many
from glassdome.engine.builtin.author import Author, author_kind
from glassdome.engine.builtin.language import told_of
from glassdome.engine.builtin.rules import matches, ruled_categories
from glassdome.engine.builtin.sentences import MAX_READ_CHARS, Sentence, sentences_of
from glassdome.engine.builtin.words import load_concepts, words_of
from glassdome.values.context import Context
from glassdome.values.file_places import joined_with_letter
from glassdome.values.message import Message
from glassdome.values.rules import Rule

__all__ = ["MailRead", "is_copied", "is_to_many", "kinds_of", "read_mail", "read_text"]

#: More recipients than this are many.
_FEW: Final = 6
_GROUP: Final = re.compile(
    r"(?:all|alle|office|team|everyone|staff|members|mitglieder|eltern|parents|leden|soci|todos|tous|tutti)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRead:
    """A mail as the readers share it. `mail` is as it came, `message` joined with the letter it brings, `reader` the words that name the owner.

    `covered` is false where no pack has words of the language. `in_subject` and `in_text` are the concepts that are named there, with their phrases.
    """

    mail: Message
    message: Message
    context: Context
    text: str
    sentences: Sequence[Sentence]
    in_subject: dict[str, list[str]]
    in_text: dict[str, list[str]]
    language: str
    covered: bool
    author: Author
    relation: str
    written: datetime
    reader: frozenset[str]
    ruled: Sequence[Rule]

    @property
    def named(self) -> Mapping[str, Sequence[str]]:
        """The concepts of subject and text."""
        return {**self.in_subject, **self.in_text}

    @property
    def by_machine(self) -> bool:
        """True where a program wrote it."""
        return self.author is Author.MACHINE


def read_mail(mail: Message, context: Context) -> MailRead:
    """Return the mail, read."""
    message = joined_with_letter(mail)
    text = read_text(message)
    told = told_of(message.subject, text)
    standing = context.asked.standing if context.asked is not None else None
    return MailRead(
        mail=mail, message=message, context=context, text=text, sentences=sentences_of(text),
        in_subject=_concepts(message.subject), in_text=_concepts(text[:MAX_READ_CHARS]),
        language=told.tag, covered=told.covered, author=author_kind(message, standing),
        relation=standing.relation if standing is not None else "", written=message.date or context.now,
        reader=_reader(message, context),
        ruled=[rule for rule in context.rules if matches(rule, message, context.mailbox)],
    )  # fmt: skip


def read_text(message: Message) -> str:
    """Return the text that is judged: what the sender newly wrote, else all that is visible."""
    return next((text for text in (message.new_text, message.text, message.other_text) if text.strip()), "")


def kinds_of(read: MailRead) -> tuple[str, ...]:
    """Return the categories by the owner's rules, else by ours."""
    return ruled_categories(read.ruled) or categories.categorize(
        read.message, author=read.author, public=read.relation == "public", free=read.relation == "free",
        subject=read.in_subject, text=read.in_text,
    )  # fmt: skip


def _concepts(text: str) -> dict[str, list[str]]:
    """Return the concepts and kinds of service mail that the text names, with their phrases."""
    words = words_of(text)
    return load_concepts().find(words) | load_concepts("kinds.toml").find(words)


def _reader(message: Message, context: Context) -> frozenset[str]:
    """Return the words that name the reader: of the To field and of the mailbox that the mail came to."""
    boxes = [address.partition("@")[0] for address in (context.mailbox, message.header("Delivered-To"))]
    named = [f"{address.name} {address.local_part}" for address in message.to[:2]]
    words = (word for name in (*boxes, *named) for word in words_of(name))
    return frozenset(word for word in words if len(word) > 2 and not _GROUP.match(word))


def is_copied(message: Message, context: Context) -> bool:
    """Return whether the owner is only in copy."""
    mine = context.mailbox.lower()
    return mine not in {to.addr.lower() for to in message.to} and mine in {to.addr.lower() for to in message.cc}


def is_to_many(read: MailRead) -> bool:
    """Return whether the mail names no reader or speaks to several."""
    return _names_no_reader(read.message) or speaks_to_many(read.text)


def _names_no_reader(message: Message) -> bool:
    """Return whether no reader is named: hidden recipients, or the address of a group."""
    to = message.recipients
    return not to or len(to) > _FEW or all(not address.name and _GROUP.match(address.local_part) for address in to)
