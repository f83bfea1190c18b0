"""A `Document` as JSON and back. What a child sends is foreign: every field is checked, and nothing is executed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from glassdome.core.limits import MAX_FILE_DEPTH
from glassdome.values.document import Code, Document, FileLink, InnerFile, Passage
from glassdome.values.fact import FACT_TYPES, Fact
from glassdome.values.reading import READS

__all__ = ["BadDocument", "decode_document", "encode_document"]

T = TypeVar("T")
#: Largest number that JSON keeps everywhere.
_MAX_NUMBER: Final = 2**53


class BadDocument(ValueError):
    """These bytes are no document."""


def encode_document(document: Document) -> bytes:
    """Return the document as JSON; half characters, which no text may have, become question marks."""
    return json.dumps(_plain(document), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def decode_document(data: bytes) -> Document:
    """Return the document; raises BadDocument for anything else."""
    try:
        return _document(json.loads(data), MAX_FILE_DEPTH + 1)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise BadDocument(type(exc).__name__) from exc


def _plain(document: Document) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "read": document.read,
        "problem": document.problem,
        "title": document.title,
        "pages": document.pages,
        "passages": [[passage.text, passage.where, passage.seen] for passage in document.passages],
        "links": [[link.url, link.shown, link.where] for link in document.links],
        "codes": [[code.kind, code.text, code.where] for code in document.codes],
        "facts": [[fact.type, fact.value, fact.where, fact.evidence] for fact in document.facts],
        "members": list(document.members),
        "files": [[file.name, file.size, file.sha256, _plain(file.document)] for file in document.files],
        "encrypted": document.encrypted,
        "is_active": document.is_active,
        "asks_password": document.asks_password,
    }


def _document(raw: dict[str, Any], depth: int) -> Document:
    if depth < 0:
        raise BadDocument("depth")
    return Document(
        kind=_text(raw["kind"]),
        read=_one_of(READS, raw["read"]),
        problem=_text(raw["problem"]),
        title=_text(raw["title"]),
        pages=_number(raw["pages"]),
        passages=_rows(raw["passages"], lambda t, w, s: Passage(text=_text(t), where=_text(w), seen=_flag(s))),
        links=_rows(raw["links"], lambda u, s, w: FileLink(url=_text(u), shown=_text(s), where=_text(w))),
        codes=_rows(raw["codes"], lambda k, t, w: Code(kind=_text(k), text=_text(t), where=_text(w))),
        facts=_rows(raw["facts"], _fact),
        members=tuple(_text(name) for name in raw["members"]),
        files=_rows(raw["files"], lambda *row: _file(*row, depth=depth - 1)),
        encrypted=_flag(raw["encrypted"]),
        is_active=_flag(raw["is_active"]),
        asks_password=_flag(raw["asks_password"]),
    )


def _rows(raw: list[list[Any]], make: Callable[..., T]) -> tuple[T, ...]:
    return tuple(make(*row) for row in raw)


def _fact(kind: Any, value: Any, where: Any, evidence: Any) -> Fact:
    return Fact(type=_one_of(FACT_TYPES, kind), value=_text(value), where=_text(where), evidence=_text(evidence))


def _file(name: Any, size: Any, sha256: Any, document: Any, *, depth: int) -> InnerFile:
    inner = _document(document, depth)
    return InnerFile(name=_text(name), size=_number(size), sha256=_text(sha256), document=inner)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadDocument("text")
    # JSON may spell half a character, which no database and no answer could hold.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MAX_NUMBER:
        raise BadDocument("number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadDocument("flag")
    return value


def _one_of(words: tuple[T, ...], value: Any) -> T:
    return words[words.index(value)]
