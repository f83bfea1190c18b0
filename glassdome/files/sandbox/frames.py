"""The pipe between parent and child: each message is its length and its bytes, a request its head and its file."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["LENGTH", "FileRequest", "frame", "read_request"]

#: The length that stands in front.
LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """One file to read, with the arguments of `FileReader.read`."""

    data: bytes
    name: str
    kind: str
    passwords: tuple[str, ...] = ()
    ocr: bool = False

    def frames(self) -> bytes:
        """Return the head and the file, as `read_request` takes them."""
        head = {"name": self.name, "kind": self.kind, "passwords": self.passwords, "ocr": self.ocr}
        return frame(json.dumps(head).encode()) + frame(self.data)


def frame(data: bytes) -> bytes:
    """Return the bytes with their length in front."""
    return LENGTH.pack(len(data)) + data


def read_request(take: Callable[[int], bytes]) -> FileRequest | None:
    """Read a request, with `take` for so many bytes; None where the parent has hung up."""
    head, data = _read(take), _read(take)
    if head is None or data is None:
        return None
    told: dict[str, Any] = json.loads(head)
    passwords = tuple(told["passwords"])
    return FileRequest(data=data, name=told["name"], kind=told["kind"], passwords=passwords, ocr=told["ocr"])


def _read(take: Callable[[int], bytes]) -> bytes | None:
    head = take(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = take(length)
    return data if len(data) == length else None
