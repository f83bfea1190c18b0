"""Labelled samples, as the readers find them: frozen, and small enough to send to another process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassdome_lab.evaluation.archives import read_member

__all__ = [
    "CategorySample",
    "Corpus",
    "InjectionSample",
    "IntentSample",
    "LanguageSample",
    "MailPlace",
    "MailSample",
    "SensitiveSample",
    "SummarySample",
    "ThreadSample",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlace:
    """The place of a raw message: a file, a member of a zip, a stretch of an mbox (`size` > 0), or here (`inline`)."""

    path: Path | None = None
    member: str = ""
    offset: int = 0
    size: int = 0
    inline: bytes = b""

    def read(self) -> bytes:
        """Return the message's bytes; raises OSError or KeyError where it is gone."""
        if self.path is None:
            return self.inline
        if self.member:
            return read_member(self.path, self.member)
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size or -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSample:
    """One labelled mail. `cluster` groups near-duplicates; `core` marks what headline figures are made of.

    `theme` is the kind of legitimate mail, `language` its base tag, both empty where no label says so; `proven` says that a
    brand wrote it whose links are its own and which the mail server vouches for.
    """

    id: str
    place: MailPlace
    label: str
    source: str = ""
    cluster: str = ""
    core: bool = True
    year: int = 0
    theme: str = ""
    language: str = ""
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CategorySample:
    """One mail and the names of our categories that an annotator's class allows."""

    id: str
    place: MailPlace
    accepted: frozenset[str]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentSample:
    """One sentence, and whether it asks its reader for something."""

    id: str
    text: str
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveSample:
    """One text with the spans of sensitive data in it: (type, start, end)."""

    id: str
    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySample:
    """A text, what people wrote as its summary, and words that a summary must hold."""

    id: str
    subject: str
    text: str
    references: tuple[str, ...]
    must_include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSample:
    """A text and its language as a BCP 47 tag."""

    id: str
    text: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionSample:
    """A mail that tries to steer the model (`attack`: the words that do) or, without those, a clean carrier."""

    id: str
    subject: str
    sender: str
    text: str
    attack: str
    technique: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSample:
    """A conversation: the folder of its mails, its label, and the owner of the mailbox, both as their files have them."""

    folder: Path
    label: dict[str, Any]
    owner: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Everything found under one path."""

    mail: tuple[MailSample, ...] = ()
    categories: tuple[CategorySample, ...] = ()
    intent: tuple[IntentSample, ...] = ()
    sensitive: tuple[SensitiveSample, ...] = ()
    summaries: tuple[SummarySample, ...] = ()
    languages: tuple[LanguageSample, ...] = ()
    injection: tuple[InjectionSample, ...] = ()
    threads: tuple[ThreadSample, ...] = ()

    def __add__(self, other: Corpus) -> Corpus:
        """Put two together."""
        return Corpus(
            mail=self.mail + other.mail,
            categories=self.categories + other.categories,
            intent=self.intent + other.intent,
            sensitive=self.sensitive + other.sensitive,
            summaries=self.summaries + other.summaries,
            languages=self.languages + other.languages,
            injection=self.injection + other.injection,
            threads=self.threads + other.threads,
        )

    @property
    def counts(self) -> dict[str, int]:
        """Count the samples of each kind."""
        return {name: len(getattr(self, name)) for name in self.__slots__}
