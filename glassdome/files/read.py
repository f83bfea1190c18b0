"""The way from bytes to a `Document`: the kind, its reader, and what a damaged file comes to."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from glassdome.files.kinds import exact_kind
from glassdome.files.source import Source
from glassdome.files.table import reader_of
from glassdome.parse.magic import true_type
from glassdome.values.document import Document, InnerFile

__all__ = ["read_file", "read_inner"]


def read_file(source: Source) -> Document:
    """Read one file; never raises for what it holds, except MemoryError and what ends the process."""
    kind = exact_kind(source.data, source.kind or true_type(source.data))
    reader = reader_of(kind, source.name)
    if reader is None and (by_bytes := exact_kind(source.data, true_type(source.data))) != kind:
        kind, reader = by_bytes, reader_of(by_bytes, source.name)
    if reader is None:
        return Document(kind=source.kind or kind, read="unsupported")
    try:
        return reader(replace(source, kind=kind))
    except MemoryError:
        raise
    except Exception as exc:  # Foreign formats and their libraries: a reader may fail in any way, and none is lost.
        return Document(kind=kind, read="damaged", problem=f"damaged: {type(exc).__name__}")


def read_inner(source: Source, data: bytes, name: str) -> InnerFile | None:
    """Read a file inside `source`; None where the bounds are reached."""
    if not source.may_go_deeper or not source.budget.take_bytes(len(data)):
        return None
    source.budget.members_left -= 1
    document = read_file(source.inner(data, name))
    return InnerFile(name=name, document=document, size=len(data), sha256=hashlib.sha256(data).hexdigest())
