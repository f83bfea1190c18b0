"""Writes TNEF streams (MS-OXTNEF) for tests."""

from __future__ import annotations

import struct


def _attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def tnef(subject: str, body: str, files: dict[str, bytes]) -> bytes:
    """Write a stream of a message with these files."""
    out = b"\x78\x9f\x3e\x22\x01\x00"
    out += _attribute(1, 0x00018004, subject.encode() + b"\0") + _attribute(1, 0x0002800C, body.encode() + b"\0")
    for name, content in files.items():
        out += _attribute(2, 0x00069002, struct.pack("<HIIII", 1, 0xFFFFFFFF, 0, 0, 0)[:14])
        out += _attribute(2, 0x00018010, name.encode() + b"\0") + _attribute(2, 0x0006800F, content)
    return out
