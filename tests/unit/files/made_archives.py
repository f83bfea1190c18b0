"""Makes archives of kinds whose programs are not at hand, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

__all__ = ["CARD", "bomb", "lha", "nested", "overlapping", "rar4", "rar5", "zipped"]

#: The planted words: a contact whose number a reader must find.
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Planted Person\r\nTEL;TYPE=CELL:+44 7700 900417\r\nEND:VCARD\r\n"


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def nested(depth: int, innermost: bytes = CARD) -> bytes:
    """Return a card in a zip in a zip."""
    data = zipped({"card.vcf": innermost})
    for level in range(depth - 1):
        data = zipped({f"level{level}.zip": data})
    return data


def bomb(megabytes: int, name: str = "zeros.txt") -> bytes:
    """Return a zip of one file of zeros."""
    return zipped({name: bytes(megabytes * 1024 * 1024)})


def overlapping(count: int, megabytes: int) -> bytes:
    """Return a zip whose directory names one member many times, as David Fifield's bombs do."""
    single = bomb(megabytes)
    start = single.index(b"PK\x01\x02")
    entry, end = single[start : single.index(b"PK\x05\x06")], single[single.index(b"PK\x05\x06") :]
    name = b"zeros.txt"
    entries = b"".join(entry.replace(name, f"{number:05}.txt".encode()) for number in range(count))
    tail = end[:8] + struct.pack("<HHII", count, count, len(entries), start) + end[20:]
    return single[:start] + entries + tail


def rar4(files: dict[str, bytes], *, encrypted: bool = False) -> bytes:
    """Return a RAR 4 archive of stored files."""
    out = [b"Rar!\x1a\x07\x00", _block4(0x73, 0, bytes(6))]
    for name, content in files.items():
        raw = name.encode()
        fields = struct.pack(
            "<IIBIIBBHI", len(content), len(content), 2, zlib.crc32(content), 0x5A21_0000, 29, 0x30, len(raw), 0x20
        )
        out.append(_block4(0x74, 0x8000 | (4 if encrypted else 0), fields + raw) + content)
    return b"".join([*out, _block4(0x7B, 0x4000, b"")])


def _block4(kind: int, flags: int, rest: bytes) -> bytes:
    body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body


def rar5(files: dict[str, bytes]) -> bytes:
    """Return a RAR 5 archive of stored files."""
    out = [b"Rar!\x1a\x07\x01\x00", _block5(b"\x01\x00\x00")]
    for name, content in files.items():
        raw, size = name.encode(), _number(len(content))
        head = b"\x02\x02" + size + b"\x04" + size + b"\x20" + struct.pack("<I", zlib.crc32(content)) + b"\x00\x01"
        out.append(_block5(head + _number(len(raw)) + raw) + content)
    return b"".join([*out, _block5(b"\x05\x00\x00")])


def _block5(body: bytes) -> bytes:
    head = _number(len(body)) + body
    return struct.pack("<I", zlib.crc32(head)) + head


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def lha(name: str, content: bytes) -> bytes:
    """Return an LHA archive of one stored file (level 0)."""
    raw = name.encode()
    checksum = 0
    for byte in content:
        checksum ^= byte
        for _ in range(8):
            checksum = checksum >> 1 ^ 0xA001 if checksum & 1 else checksum >> 1
    body = b"-lh0-" + struct.pack("<III", len(content), len(content), 0x5A21_0000) + b"\x20\x00"
    body += bytes([len(raw)]) + raw + struct.pack("<H", checksum)
    return bytes([len(body), sum(body) & 0xFF]) + body + content + b"\0"
