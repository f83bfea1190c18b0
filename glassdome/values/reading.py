"""The words for how far a message or an attached file could be read."""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["READS", "Read", "Readable"]

#: How far a message could be read: `empty` has no words in subject, body or attachments, and no picture either.
Readable = Literal["yes", "encrypted", "damaged", "empty"]
#: How far an attachment could be read.
Read = Literal["yes", "encrypted", "damaged", "too_large", "unsupported"]
READS: Final[tuple[Read, ...]] = Read.__args__  # type: ignore[attr-defined]
