"""One attached file as its reader found it: words with their places, links, codes, facts, and the files inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glassdome.values.fact import Fact
from glassdome.values.reading import Read

__all__ = ["Code", "Document", "FileLink", "InnerFile", "Passage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words at one place of a file: `page 2`, `sheet Orders`, `slide 3`; empty where the file has one place only.

    `seen` is false for text that its reader does not see, such as white words on a page.
    """

    text: str
    where: str = ""
    seen: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A link in a file, with the words it is shown as."""

    url: str
    shown: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR or bar code with its content; `kind` as the field names it: `QR`, `EAN-13`, `Aztec`."""

    kind: str
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of one file, bounded; `kind` is the media type it turned out to be.

    `read` says how far it could be read, and `problem` why not further (`time`, `memory`, `crash`, `damaged`, `bounds`).
    `is_active`: opening it runs code (macros, script, a launch action). `asks_password`: it has a form with a password
    field. `files` are the files inside, which were read as well; `members` names all of them.
    """

    kind: str = ""
    read: Read = "yes"
    problem: str = ""
    title: str = ""
    pages: int = 0
    passages: tuple[Passage, ...] = ()
    links: tuple[FileLink, ...] = ()
    codes: tuple[Code, ...] = ()
    facts: tuple[Fact, ...] = ()
    members: tuple[str, ...] = ()
    files: tuple[InnerFile, ...] = ()
    encrypted: bool = False
    is_active: bool = False
    asks_password: bool = False

    @property
    def text(self) -> str:
        """The words that a reader of the file sees, place by place."""
        return "\n".join(passage.text for passage in self.passages if passage.seen)

    def within(self, name: str) -> Iterator[tuple[str, Document]]:
        """Yield this file and every file inside, outermost first, each with its path: `scan.zip: bill.pdf`."""
        yield name, self
        for inner in self.files:
            yield from inner.document.within(f"{name}: {inner.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerFile:
    """A file inside another: an archive's member, a file attached to a PDF, a picture of a document."""

    name: str
    document: Document
    size: int = 0
    sha256: str = ""
